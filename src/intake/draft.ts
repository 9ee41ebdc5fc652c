/**
 * A job, or what a job is to get, being written to the ledger in batches while its submission is read. Opened only when there is much of it or all of it,
 * so that a small bad submission never takes a job's number. Must leave nothing behind unless it is sealed.
 */
import type { JobOptions } from "../domain/job.ts";
import type { NewVisit } from "../domain/visit.ts";
import type { DraftAdded, IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { FinishedRequest } from "../ledger/port/request-ledger.ts";
import type { MadeRun } from "../ledger/port/schedule-ledger.ts";

const BATCH_IMAGES = 1_000;

export type Draft = {
  add(visit: NewVisit): void;
  /** Writes full batches; `options` are those known by now. Resolves when there is room for more. */
  writeBatches(options: JobOptions): Promise<void>;
  /** Whether the job's options are fixed, because the job was opened with them. */
  isOpen(): boolean;
  /** Writes the rest and makes it visible; nothing is left unless it was sealed or added. */
  seal(options: JobOptions, request?: FinishedRequest, run?: MadeRun): Promise<Sealed>;
  /** Takes everything back and ignores what is added from now on. */
  discard(): Promise<void>;
  readonly visits: number;
  readonly images: number;
};

export type Sealed =
  | { readonly kind: "sealed"; readonly jobId: number }
  | (Extract<DraftAdded, { readonly kind: "added" }> & { readonly jobId: number })
  | Exclude<DraftAdded, { readonly kind: "added" }>;

/** `addTo` is the job that gets the visits, null for one of their own. */
export function createDraft(ledger: IntakeLedger, addTo: number | null): Draft {
  let jobId: number | null = null;
  let discarded = false;
  let batch: NewVisit[] = [];
  let imagesInBatch = 0;
  let visits = 0;
  let images = 0;

  /** Null when the job that was to get them is not there. */
  async function write(options: JobOptions): Promise<number | null> {
    jobId ??= addTo === null ? await ledger.openJob(options) : await ledger.openDraft(addTo);
    const full = batch;
    batch = [];
    imagesInBatch = 0;
    if (jobId !== null && full.length > 0) await ledger.addVisits(jobId, full);
    return jobId;
  }

  async function end(written: number, request?: FinishedRequest, run?: MadeRun): Promise<Sealed> {
    if (addTo !== null) {
      const added = await ledger.addDraft(written, addTo, request);
      return added.kind === "added" ? { ...added, jobId: addTo } : added;
    }
    const isSealed = await ledger.sealJob(written, request, run);
    return isSealed ? { kind: "sealed", jobId: written } : { kind: "superseded" };
  }

  async function discard(): Promise<void> {
    discarded = true;
    batch = [];
    imagesInBatch = 0;
    const opened = jobId;
    jobId = null;
    if (opened !== null) await ledger.discardJob(opened);
  }

  return {
    add(visit) {
      visits += 1;
      images += visit.images.length;
      if (discarded) return;
      batch.push(visit);
      imagesInBatch += visit.images.length;
    },
    async writeBatches(options) {
      if (!discarded && imagesInBatch >= BATCH_IMAGES) await write(options);
    },
    isOpen: () => jobId !== null,
    async seal(options, request, run) {
      const written = await write(options);
      const sealed: Sealed = written === null ? { kind: "closed" } : await end(written, request, run);
      // What became of the visits stands and must be told; what cannot be removed now is swept later.
      if (sealed.kind !== "sealed") await discard().catch(() => {});
      return sealed;
    },
    discard,
    get visits() {
      return visits;
    },
    get images() {
      return images;
    },
  };
}
