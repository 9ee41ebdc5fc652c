/**
 * What a job's summary says. Measured images come from the ledger's sums, so that a job of a million is summed up as fast as a small one; failed ones, which a retry
 * takes back, from their results, page by page at flat memory. Results of before the sums were kept are read one by one.
 */
import { hostOf } from "../domain/host-of.ts";
import { MEGAPIXEL_LABELS, megapixelClass } from "../domain/megapixels.ts";
import type { JobReader, MeasuredSum, ResultRow } from "../ledger/port/job-reader.ts";
import { createFailureGroups, type FailureGroups } from "./failure-groups.ts";

const ROWS_A_PAGE = 500;
/** Beyond so many hosts those that come late are not timed: nobody reads more than the slowest few. */
const MOST_HOSTS = 10_000;
const SLOWEST_SHOWN = 10;

export type SizeClass = { readonly label: string; readonly count: number };

export type SlowHost = {
  readonly host: string;
  readonly images: number;
  readonly meanMs: number;
  readonly worstMs: number;
};

export type Summary = {
  readonly failures: FailureGroups;
  readonly megapixels: readonly SizeClass[];
  readonly formats: readonly SizeClass[];
  readonly slowestHosts: readonly SlowHost[];
};

type Ledger = Pick<JobReader, "readResults" | "readMeasuredSums">;

export async function readSummary(ledger: Ledger, jobId: number): Promise<Summary> {
  const failures = createFailureGroups();
  const tally = createTally();
  const sums = await ledger.readMeasuredSums(jobId);
  for (const sum of sums ?? []) {
    tally.count(sum.format, sum.size, sum.images);
    tally.time(sum.host, { images: sum.timed, ms: sum.totalMs, worstMs: sum.worstMs });
  }
  for await (const { code, image, imageUrl, storeId, width, height, format, fetchMs } of results(ledger, jobId, sums)) {
    const host = hostOf(imageUrl);
    if (code !== null) failures.add({ code, host, storeId, images: 1, image });
    else tally.count(format, width !== null && height !== null ? megapixelClass({ width, height }) : null, 1);
    if (fetchMs !== null) tally.time(host, { images: 1, ms: fetchMs, worstMs: fetchMs });
  }
  return { failures, ...tally.read() };
}

/** Those that are in no sum. */
async function* results(
  ledger: Ledger,
  jobId: number,
  sums: readonly MeasuredSum[] | null,
): AsyncGenerator<ResultRow, void, undefined> {
  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
      after,
      limit: ROWS_A_PAGE,
      onlyFailed: sums !== null,
    });
    yield* page.rows;
    after = page.next;
  }
}

type Times = { readonly images: number; readonly ms: number; readonly worstMs: number };

function createTally() {
  const sizes = MEGAPIXEL_LABELS.map(() => 0);
  const formats = new Map<string, number>();
  const hosts = new Map<string, Times>();
  return {
    count(format: string | null, size: number | null, images: number): void {
      if (size !== null) sizes[size] = (sizes[size] ?? 0) + images;
      if (format !== null) formats.set(format, (formats.get(format) ?? 0) + images);
    },
    time(host: string, { images, ms, worstMs }: Times): void {
      if (images === 0 || (!hosts.has(host) && hosts.size >= MOST_HOSTS)) return;
      const known = hosts.get(host) ?? { images: 0, ms: 0, worstMs: 0 };
      hosts.set(host, {
        images: known.images + images,
        ms: known.ms + ms,
        worstMs: Math.max(known.worstMs, worstMs),
      });
    },
    read: (): Omit<Summary, "failures"> => ({
      megapixels: sizes.map((count, at) => ({ label: MEGAPIXEL_LABELS[at] ?? "", count })),
      formats: [...formats].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count),
      slowestHosts: [...hosts]
        .map(([host, { images, ms, worstMs }]) => ({ host, images, meanMs: Math.round(ms / images), worstMs }))
        .sort((a, b) => b.meanMs - a.meanMs)
        .slice(0, SLOWEST_SHOWN),
    }),
  };
}
