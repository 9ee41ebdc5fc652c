/** The ledger's port for the intake: a job being written while its submission is read. What it promises, `contract/` proves. */
import type { JobOptions } from "../../domain/job.ts";
import type { NewVisit } from "../../domain/visit.ts";
import type { FinishedRequest } from "./request-ledger.ts";

export type IntakeLedger = {
  /** Opens a job in preparation, which no reader sees. Its id is greater than every id given before, discarded ones included. */
  openJob(options: JobOptions): Promise<number>;
  /** Appends visits; images are numbered on from the last one. Store ids are checked against the store master as it is now. */
  addVisits(jobId: number, visits: readonly NewVisit[]): Promise<void>;
  /**
   * Plans the chunks and makes the job visible and runnable, all at once. With `request`, also notes the job under its key; false when the
   * request is held by another now: nothing happened then.
   */
  sealJob(jobId: number, request?: FinishedRequest): Promise<boolean>;
  /** Removes a job in preparation with all its rows, in several bounded transactions. */
  discardJob(jobId: number): Promise<void>;
};
