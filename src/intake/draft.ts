/**
 * A job being written to the ledger in batches while its submission is read. Opened only when there is much of it or all of it, so
 * that a small bad submission never takes a job's number. Must leave nothing behind unless it is sealed.
 */
import type { JobOptions } from "../domain/job.ts";
import type { NewVisit } from "../domain/visit.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { FinishedRequest } from "../ledger/port/request-ledger.ts";

const BATCH_IMAGES = 1_000;

export type Draft = {
  add(visit: NewVisit): void;
  /** Writes full batches; `options` are those known by now. Resolves when there is room for more. */
  writeBatches(options: JobOptions): Promise<void>;
  /** Whether the job's options are fixed, because the job was opened with them. */
  isOpen(): boolean;
  /** Writes the rest and makes the job visible; returns its number, or null when the request is held by another: nothing is left then. */
  seal(options: JobOptions, request?: FinishedRequest): Promise<number | null>;
  /** Takes everything back and ignores what is added from now on. */
  discard(): Promise<void>;
  readonly visits: number;
  readonly images: number;
};

export function createDraft(ledger: IntakeLedger): Draft {
  let jobId: number | null = null;
  let discarded = false;
  let batch: NewVisit[] = [];
  let imagesInBatch = 0;
  let visits = 0;
  let images = 0;

  async function write(options: JobOptions): Promise<number> {
    jobId ??= await ledger.openJob(options);
    const full = batch;
    batch = [];
    imagesInBatch = 0;
    if (full.length > 0) await ledger.addVisits(jobId, full);
    return jobId;
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
    async seal(options, request) {
      const written = await write(options);
      if (await ledger.sealJob(written, request)) return written;
      await discard();
      return null;
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
