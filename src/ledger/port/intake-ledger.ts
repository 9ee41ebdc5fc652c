/** The ledger's port for the intake: a job being written while its submission is read. What it promises, `contract/` proves. */
import type { JobOptions } from "../../domain/job.ts";
import type { NewVisit } from "../../domain/visit.ts";
import type { FinishedRequest } from "./request-ledger.ts";
import type { MadeRun } from "./schedule-ledger.ts";

/** What became of a draft's visits. */
export type DraftAdded =
  | {
      readonly kind: "added";
      readonly visits: number;
      readonly images: number;
      /** Visits that were left out: the job has their `externalId` already. */
      readonly known: number;
    }
  /** The job was cancelled, or is not there any more. */
  | { readonly kind: "closed" }
  /** The request is held by another now. */
  | { readonly kind: "superseded" };

export type IntakeLedger = {
  /** Opens a job in preparation, which no reader sees. Its id is greater than every id given before, discarded ones included. */
  openJob(options: JobOptions): Promise<number>;
  /** Appends visits; images are numbered on from the last one. Store ids are checked against the store master as it is now. */
  addVisits(jobId: number, visits: readonly NewVisit[]): Promise<void>;
  /**
   * Plans the chunks and makes the job visible and runnable, all at once. With `request`, also notes the job under its key; with `run`, as what that run
   * of a schedule made, and takes the keys that were noted under it. False when the request or the run is another's now, or the run is over: nothing
   * happened then.
   */
  sealJob(jobId: number, request?: FinishedRequest, run?: MadeRun): Promise<boolean>;
  /** Removes a job in preparation with all its rows, in several bounded transactions. */
  discardJob(jobId: number): Promise<void>;
  /**
   * Opens a draft of what a job is to get, which no reader sees; null when there is no such job. Its number is no job's. One that is left alone is
   * removed as a job in preparation is, by `discardJob` or by the sweeper.
   */
  openDraft(jobId: number): Promise<number | null>;
  /**
   * Adds a draft's visits to its job, all at once and once: a job that is not over goes on with them, one that ended opens again as its next run. Visits whose
   * `externalId` the job has already are left out; with none left nothing happened to the job. The draft stays, to be discarded.
   */
  addDraft(draft: number, jobId: number, request?: FinishedRequest): Promise<DraftAdded>;
};
