/**
 * Foresees what will become of signed URLs: some have ended, some will before it is their images' turn. An estimate, from how fast jobs go now or went
 * last; it decides nothing.
 */
import type { UrlEnds } from "../../intake/url-ends.ts";
import type { Warning } from "../../intake/warning.ts";
import { ANY_JOB, type JobFilter, type JobReader } from "../../ledger/port/job-reader.ts";
import type { RateMeter } from "../rate-meter.ts";

const RUNNING_LOOKED_AT = 100;
const ENDED_LOOKED_AT = 20;

/** Whether its images are part of the backlog by now. */
export type Standing = "accepted" | "not yet";

export type Foresee = (
  urls: { readonly images: number; readonly ends: UrlEnds },
  standing: Standing,
) => Promise<readonly Warning[]>;

export function createForesee(deps: {
  readonly ledger: Pick<JobReader, "readBacklog" | "listJobs">;
  readonly rateMeter: RateMeter;
  readonly now: () => number;
}): Foresee {
  const { ledger, rateMeter, now } = deps;

  const rates = async (statuses: JobFilter["statuses"], limit: number) =>
    (await ledger.listJobs({ ...ANY_JOB, tenant: null, statuses }, { before: null, limit })).jobs.map((job) =>
      rateMeter.imagesPerSecond(job),
    );

  /** Images a second: of all that runs, else of the fastest of those that ended last. 0 when nothing ever ran. */
  async function rate(): Promise<number> {
    const running = (await rates(["ongoing"], RUNNING_LOOKED_AT)).reduce((sum, one) => sum + one, 0);
    return running > 0 ? running : Math.max(0, ...(await rates(["completed", "failed"], ENDED_LOOKED_AT)));
  }

  /** When the last of so many images will have had its turn; null when nobody knows. */
  async function lastTurn(images: number, standing: Standing): Promise<number | null> {
    const perSecond = await rate();
    if (perSecond === 0) return null;
    const backlog = await ledger.readBacklog(null);
    const isNew = standing === "not yet";
    const ahead = backlog.images + (isNew ? images : 0);
    // Jobs share what there is: a small one is through long before all of the backlog is.
    const shared = images * (backlog.jobs + (isNew ? 1 : 0));
    return now() + (Math.min(ahead, shared) / perSecond) * 1_000;
  }

  return async ({ images, ends }, standing) => {
    if (ends.first === null) return [];
    const warnings: Warning[] = [];
    const warn = (detail: string) => warnings.push({ pointer: "", code: "url_expired", detail });
    const first = new Date(ends.first).toISOString();
    if (ends.ended > 0) warn(`${counted(ends.ended)} that ran out already, the first at ${first}; get fresh ones`);
    const end = await lastTurn(images, standing);
    const late = end === null ? 0 : ends.countBefore(end);
    if (end !== null && late > 0) {
      warn(
        `${counted(late)} that may run out before their turn${ends.ended > 0 ? "" : `, the first at ${first}`}; ` +
          `the backlog takes until about ${new Date(end).toISOString()}. Sign them for longer, or give fresh ones with a retry`,
      );
    }
    return warnings;
  };
}

const counted = (images: number) => (images === 1 ? "1 image has a signed URL" : `${images} images have signed URLs`);
