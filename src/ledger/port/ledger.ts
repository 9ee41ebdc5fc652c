/**
 * The ledger's port: the durable record of jobs, visits, images, chunks and results, split by who uses it.
 * Every promise made here is checked by `ledger.contract.ts` against each adapter. Types only: anyone may import this file.
 *
 * Instants are epoch milliseconds of the ledger's own clock. Each method is one transaction unless it says otherwise.
 */
import type { ErrorCode } from "../../domain/error-codes.ts";
import type { ImageFormat, Integrity } from "../../domain/image.ts";
import type { ImageResult, ImageTask, JobOptions, JobStatus } from "../../domain/job.ts";
import type { Labels } from "../../domain/labels.ts";
import type { NewVisit } from "../../domain/visit.ts";
import type { KeyLedger } from "./key-ledger.ts";
import type { FinishedRequest, RequestLedger } from "./request-ledger.ts";
import type { StoreActivityReader, StoreLedger } from "./store-ledger.ts";
import type { UploadLedger } from "./upload-ledger.ts";
import type { WebhookLedger } from "./webhook-ledger.ts";

export type Ledger = IntakeLedger &
  RequestLedger &
  WorkLedger &
  UpkeepLedger &
  FleetLedger &
  JobReader &
  StoreActivityReader &
  UploadLedger &
  KeyLedger &
  WebhookLedger &
  StoreLedger & {
    /** Ends after the calls in hand. No call may follow. */
    close(): Promise<void>;
  };

/** A ledger that one process owns: nobody else can hold a lease or prepare a job when it is opened. */
export type EmbeddedLedger = Ledger & {
  /** At the start of its process: every lease and every queued chunk of the process before is void, every job in preparation is removed. */
  recover(): Promise<void>;
};

// --- intake -----------------------------------------------------------------------------------------------------

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

// --- work -------------------------------------------------------------------------------------------------------

export type ChunkRef = { readonly jobId: number; readonly chunk: number };

/** The right to write for one chunk. A later claim of the same chunk has a greater token and ends this one. */
export type Lease = ChunkRef & { readonly token: number };

export type Claim = {
  readonly lease: Lease;
  readonly integrity: Integrity;
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

export type CountsByCode = Readonly<Partial<Record<ErrorCode, number>>>;

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
  dispatch(limits: DispatchLimits): Promise<readonly ChunkRef[]>;
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

// --- upkeep -----------------------------------------------------------------------------------------------------

export type PruneStep = {
  /** The job whose last rows this step removed. */
  readonly removed: number | null;
  /** There may be more to remove. */
  readonly more: boolean;
};

export type UpkeepLedger = {
  /** Rescues chunks whose lease ran out or that wait in the queue for too long, splits those that keep failing, discards jobs left in preparation. */
  sweep(limits: SweepLimits): Promise<SweepReport>;
  /** One bounded step of removing jobs that ended at least `keepMs` ago, oldest first; a job is gone for readers from its first step on. */
  prune(keepMs: number): Promise<PruneStep>;
};

// --- fleet ------------------------------------------------------------------------------------------------------

/** What one process with a worker can have in flight. */
export type Member = {
  /** Unique for each start of a process. */
  readonly id: string;
  readonly windowImages: number;
  readonly windowChunks: number;
  readonly threads: number;
};

/** How busy a member is. */
export type Load = { readonly gpuPlaces: number; readonly gpuBusy: number };

/** Sums over the members that are alive. */
export type Fleet = Omit<Member, "id"> & Load & { readonly members: number };

export type FleetLedger = {
  /** Says that a member is alive for `aliveMs` from now. Forgets those that are not. */
  heartbeat(member: Member, load: Load, aliveMs: number): Promise<void>;
  /** Takes a member out at once. */
  leave(memberId: string): Promise<void>;
  readFleet(): Promise<Fleet>;
};

// --- reading ----------------------------------------------------------------------------------------------------

export type JobSnapshot = {
  readonly jobId: number;
  readonly status: JobStatus;
  /** Whose it is. */
  readonly tenant: string;
  /** 1, and one more for each retry. */
  readonly run: number;
  readonly labels: Labels;
  /** Told of the job's end. */
  readonly callbackUrl: string | null;
  readonly visits: number;
  readonly images: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly priority: number;
  readonly failuresByCode: CountsByCode;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
};

/** What a list of jobs is narrowed to; null for no limit. */
export type JobFilter = {
  readonly tenant: string | null;
  readonly statuses: readonly JobStatus[] | null;
  /** Jobs with a visit of this store … */
  readonly storeId: string | null;
  /** … or of a store that is in this area now. */
  readonly area: string | null;
  readonly externalId: string | null;
  /** Epoch milliseconds, included. */
  readonly createdFrom: number | null;
  /** Epoch milliseconds, not included. */
  readonly createdBefore: number | null;
};

/** Failed images of one store within one page of a job's images. */
export type StoreFailures = {
  readonly storeId: string;
  readonly code: ErrorCode;
  readonly images: number;
};

export type ResultRow = {
  readonly jobId: number;
  readonly image: number;
  readonly visit: number;
  readonly storeId: string;
  readonly imageUrl: string;
  readonly visitTime: string;
  readonly imageLabels: Labels;
  readonly visitLabels: Labels;
  readonly outcome: "measured" | "failed";
  readonly width: number | null;
  readonly height: number | null;
  readonly perimeter: number | null;
  readonly format: ImageFormat | null;
  readonly bytes: number | null;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly fetchMs: number | null;
  readonly finishedAt: number;
};

/** An image with or without its result. */
export type ImageRow = Pick<
  ResultRow,
  "image" | "visit" | "storeId" | "imageUrl" | "visitTime" | "imageLabels" | "visitLabels"
> & {
  readonly result: ResultRow | null;
};

/** What a list of a job's images is narrowed to; null for no limit. */
export type ImageFilter = {
  readonly outcome: "pending" | "measured" | "failed" | null;
  readonly code: ErrorCode | null;
  readonly storeId: string | null;
  readonly visit: number | null;
};

/** A failed result of an earlier run. */
export type PastResult = {
  readonly run: number;
  readonly code: ErrorCode;
  readonly detail: string | null;
  readonly attempts: number;
  readonly finishedAt: number;
};

export type VisitRow = {
  readonly visit: number;
  readonly storeId: string;
  readonly storeKnown: boolean;
  readonly visitTime: string;
  readonly visitDate: string | null;
  readonly labels: Labels;
  readonly images: number;
  readonly succeeded: number;
  readonly failed: number;
};

export type PageRequest = {
  /** The last image number already read, −1 to begin. */
  readonly after: number;
  readonly limit: number;
};

export type ResultPage = {
  readonly rows: readonly ResultRow[];
  /** Pass as `after` for the next page, null when this was the last. */
  readonly next: number | null;
};

/** One job's end: written once, in the transaction that ended the job. */
export type JobEnd = {
  /** Grows with time: an end never appears behind one that could be read already. */
  readonly no: number;
  readonly jobId: number;
  readonly status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  readonly endedAt: number;
};

/** Work that is not done yet, over all jobs that are not over. */
export type Backlog = {
  readonly jobs: number;
  /** Images without a result. */
  readonly images: number;
  readonly chunks: { readonly pending: number; readonly queued: number; readonly running: number };
  /** How long the chunk that waits longest in the queue has been there, ms; 0 when none does. */
  readonly oldestQueuedMs: number;
};

export type VisitSum = { readonly date: string; readonly perimeter: number };

export type JobReader = {
  /** O(chunks) at most; null for an unknown job or one in preparation. */
  readJob(jobId: number): Promise<JobSnapshot | null>;
  /** Jobs with a number below `before` (null for all), newest first; `next` is the `before` of the next page, null when this was the last. */
  listJobs(
    filter: JobFilter,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<{ readonly jobs: readonly JobSnapshot[]; readonly next: number | null }>;
  /** Jobs that are not over, oldest first, at most 1,000. */
  readUnfinished(): Promise<readonly number[]>;
  /** O(chunks of unfinished jobs). */
  /** Of one tenant, or of all for null. */
  readBacklog(tenant: string | null): Promise<Backlog>;
  /** Whose a job is; null for one that no reader sees. */
  readTenant(jobId: number): Promise<string | null>;
  /** Ends of jobs in the order in which they were written, after `afterNo`. */
  readEnds(afterNo: number, limit: number): Promise<readonly JobEnd[]>;
  /** The number of the last end, 0 when there is none. */
  readLastEnd(): Promise<number>;
  /** Failed images grouped by store and code, over a page of failed results in image order. */
  readFailures(
    jobId: number,
    page: PageRequest,
  ): Promise<{ readonly rows: readonly StoreFailures[]; readonly next: number | null }>;
  /** Results in image order. */
  readResults(jobId: number, page: PageRequest & { readonly onlyFailed: boolean }): Promise<ResultPage>;
  /** Images in their order, with or without result. */
  readImages(
    jobId: number,
    filter: ImageFilter,
    page: PageRequest,
  ): Promise<{ readonly rows: readonly ImageRow[]; readonly next: number | null }>;
  /** Results that a retry replaced, oldest first. */
  readPastResults(jobId: number, image: number): Promise<readonly PastResult[]>;
  /** Visits of a job in their order, of one store or of all. */
  readVisitRows(
    jobId: number,
    filter: { readonly storeId: string | null },
    page: PageRequest,
  ): Promise<{ readonly rows: readonly VisitRow[]; readonly next: number | null }>;
  /** Perimeters of measured images summed by visit date for each of these stores; dates are inclusive `YYYY-MM-DD`. */
  readVisits(
    storeIds: readonly string[],
    range: { readonly tenant: string | null; readonly from: string | null; readonly to: string | null },
  ): Promise<ReadonlyMap<string, readonly VisitSum[]>>;
};
