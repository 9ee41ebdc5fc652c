/** The ledger's port for whoever dispatches and runs chunks, and for changes of a job's course. What it promises, `contract/` proves. */
import type { CountsByCode } from "../../domain/error-codes.ts";
import type { InspectionLevel } from "../../domain/findings.ts";
import type { Integrity } from "../../domain/image.ts";
import type { ImageResult, ImageTask, JobStatus } from "../../domain/job.ts";
import type { TruthRules } from "../../domain/truth-rules.ts";
import type { SealedAccess } from "./access-ledger.ts";

export type ChunkRef = { readonly jobId: number; readonly chunk: number };

/** Urgent is what must not wait behind chunks in flight: its job has none of them, or goes before one of theirs by its priority. */
export type DispatchedChunk = ChunkRef & { readonly urgent: boolean };

/** The right to write for one chunk. A later claim of the same chunk has a greater token and ends this one. */
export type Lease = ChunkRef & { readonly token: number };

export type Claim = {
  readonly lease: Lease;
  readonly integrity: Integrity;
  readonly inspect: InspectionLevel;
  /** What inspected photos are judged by. */
  readonly rules: TruthRules;
  /** Whose job it is, and what that tenant sends to hosts that ask. */
  readonly tenant: string;
  readonly access: readonly SealedAccess[];
  /** The chunk's images that have no result yet, in order. */
  readonly images: readonly ImageTask[];
  /** The chunk is one image that brought its worker down too often: it must not run again but be recorded as poisoned. */
  readonly poisoned: boolean;
};

export type RecordReply =
  /** `inserted` counts the results that were new, `failures` those of them that failed. `jobStatus` is set by the one call that ended the job. */
  | {
      readonly kind: "recorded";
      readonly inserted: number;
      readonly failures: CountsByCode;
      readonly chunkDone: boolean;
      readonly jobStatus: "completed" | "failed" | null;
    }
  /** The lease is no longer the caller's: nothing was written, the chunk is to be dropped. */
  | { readonly kind: "fenced" };

export type DispatchLimits = {
  /** Images that may be queued or running in all, over every process. */
  readonly windowImages: number;
  /** The same in chunks. */
  readonly windowChunks: number;
  /** Chunks handed out by one call. */
  readonly maxChunks: number;
};

export type SweepLimits = {
  /** A chunk that nobody claimed for so long was lost on its way. */
  readonly queuedMs: number;
  /** A job in preparation to which nothing was added for so long was left by a process that died. */
  readonly preparingMs: number;
};

export type SweepReport = {
  /** Chunks that are pending again because their lease or their place in the queue ran out. */
  readonly rescued: number;
  /** Chunks split into single images because they failed repeatedly without progress. */
  readonly split: number;
  /** Jobs in preparation that were removed. */
  readonly discarded: number;
};

export type WorkLedger = {
  /**
   * Moves pending chunks to the queue, fairly: highest priority first, then the job with the fewest images in flight.
   * Stays within the window, save that a job with nothing in flight may always send one chunk, up to twice the window.
   * Of several processes that call at the same time one may get nothing though there is something: its next call does.
   */
  dispatch(limits: DispatchLimits): Promise<readonly DispatchedChunk[]>;
  /** Takes a queued chunk for `leaseMs`. Nothing when the chunk is not queued: claimed by another, done or cancelled. */
  claim(ref: ChunkRef, leaseMs: number): Promise<Claim | null>;
  /** As `claim`, also of a chunk that runs: its worker is known to be gone, or cut off, and its lease ends here. */
  takeOver(ref: ChunkRef, leaseMs: number): Promise<Claim | null>;
  /**
   * Writes results once each and renews the lease. A result that exists already stays as it is and is not counted.
   * The call that writes the chunk's last result ends the chunk; the one that ends the last chunk ends the job, exactly once.
   */
  record(lease: Lease, results: readonly ImageResult[], leaseMs: number): Promise<RecordReply>;
  /** Renews leases; returns those that are no longer the caller's. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /**
   * Gives a chunk back, to be dispatched again. `handed-back` is a calm stop and leaves no mark; `crashed` means that the
   * worker saw its thread die while the chunk ran, which counts toward `poisoned`. Nothing happens when the lease is no longer the caller's.
   */
  release(lease: Lease, reason: "handed-back" | "crashed"): Promise<void>;
  /** Ends a job that is not over; its images without result stay without. Returns the status after the call, null for an unknown job. */
  cancelJob(jobId: number): Promise<JobStatus | null>;
  /**
   * Holds an ongoing job back: what runs finishes, nothing of it begins, so the job may still end if all of it was running. Nothing
   * happens to a job that is paused already or over. Answers as `cancelJob` does.
   */
  pauseJob(jobId: number): Promise<JobStatus | null>;
  /** Lets a paused job go on. Answers as `cancelJob` does. */
  resumeJob(jobId: number): Promise<JobStatus | null>;
  /**
   * Opens a job again that ended as failed with its run number `run`: these images lose their failed result to the past results and run once
   * more. Images without a failed result are left as they are. Returns how many run again; with 0 nothing happened, as the job is not at the
   * end of that run, or none of its images is to run.
   */
  retryImages(jobId: number, run: number, images: readonly number[]): Promise<number>;
  /** Changes the priority of a job that is not over, for all of its chunks that are not in the queue yet. Answers as `cancelJob` does. */
  setPriority(jobId: number, priority: number): Promise<JobStatus | null>;
};
