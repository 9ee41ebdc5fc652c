/** What a job's summary says, gathered from its results page by page at flat memory. */
import { hostOf } from "../domain/host-of.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";
import { createFailureGroups, type FailureGroups } from "./failure-groups.ts";
import { createHistogram, type HistogramClass } from "./histogram.ts";

const ROWS_A_PAGE = 500;
/** Beyond so many hosts those that come late are not timed: nobody reads more than the slowest few. */
const MOST_HOSTS = 10_000;
const SLOWEST_SHOWN = 10;

const MEGAPIXELS = [0.1, 0.5, 1, 2, 5, 10, 20, 50].map((most, at, all) => ({
  most,
  label: at === 0 ? `up to ${most}` : `${all[at - 1]} – ${most}`,
}));

export type SlowHost = {
  readonly host: string;
  readonly images: number;
  readonly meanMs: number;
  readonly worstMs: number;
};

export type Summary = {
  readonly failures: FailureGroups;
  readonly megapixels: readonly HistogramClass[];
  readonly formats: readonly HistogramClass[];
  readonly slowestHosts: readonly SlowHost[];
};

export async function readSummary(ledger: Pick<JobReader, "readResults">, jobId: number): Promise<Summary> {
  const failures = createFailureGroups();
  const megapixels = createHistogram(MEGAPIXELS, "more than 50");
  const formats = new Map<string, number>();
  const hosts = new Map<string, { images: number; ms: number; worstMs: number }>();

  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
      after,
      limit: ROWS_A_PAGE,
      onlyFailed: false,
    });
    for (const { code, imageUrl, storeId, width, height, format, fetchMs } of page.rows) {
      const host = hostOf(imageUrl);
      if (code !== null) failures.add({ code, host, storeId, images: 1 });
      else if (width !== null && height !== null) megapixels.add((width * height) / 1e6);
      if (code === null && format !== null) formats.set(format, (formats.get(format) ?? 0) + 1);
      if (fetchMs === null || (!hosts.has(host) && hosts.size >= MOST_HOSTS)) continue;
      const timed = hosts.get(host) ?? { images: 0, ms: 0, worstMs: 0 };
      hosts.set(host, {
        images: timed.images + 1,
        ms: timed.ms + fetchMs,
        worstMs: Math.max(timed.worstMs, fetchMs),
      });
    }
    after = page.next;
  }
  return {
    failures,
    megapixels: megapixels.classes(),
    formats: [...formats].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count),
    slowestHosts: [...hosts]
      .map(([host, { images, ms, worstMs }]) => ({ host, images, meanMs: Math.round(ms / images), worstMs }))
      .sort((a, b) => b.meanMs - a.meanMs)
      .slice(0, SLOWEST_SHOWN),
  };
}
