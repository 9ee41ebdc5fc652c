/** The ledger's port for reading jobs, their images and results. Reads never wait for writers and change nothing. */
import type { CountsByCode, ErrorCode } from "../../domain/error-codes.ts";
import type { Findings, InspectionLevel, PhotoFlag, ReuseOf, ReviewState } from "../../domain/findings.ts";
import type { ImageFormat, Integrity } from "../../domain/image.ts";
import type { JobStatus } from "../../domain/job.ts";
import type { Labels } from "../../domain/labels.ts";
import type { TruthRules } from "../../domain/truth-rules.ts";
import type { JobEnd } from "./job-end.ts";
import type { FlaggedCount, ImagePlace } from "./review-ledger.ts";

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
  /** The store master's version that its stores were checked against last; null where there was none. */
  readonly storeVersion: number | null;
  readonly visits: number;
  readonly images: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly priority: number;
  readonly failuresByCode: CountsByCode;
  readonly inspect: InspectionLevel;
  /** What its photos are judged by; null where they are not inspected. */
  readonly rules: TruthRules | null;
  readonly flagged: readonly FlaggedCount[];
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** For so long of the time since it started it stood still: paused, between its runs, or with nobody there to work on it. */
  readonly stillMs: number;
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

/** Leaves all in. Whose jobs is left to say, so that nobody forgets it. */
export const ANY_JOB: Omit<JobFilter, "tenant"> = {
  statuses: null,
  storeId: null,
  area: null,
  externalId: null,
  createdFrom: null,
  createdBefore: null,
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
  /** What was proven; null where it failed, and in results of older versions. */
  readonly integrity: Integrity | null;
  /** Why `decode` was asked for and not reached. */
  readonly notDecoded: string | null;
  /** Null without an inspection. */
  readonly findings: Findings | null;
  /** An earlier photo shows the same; it stays so when that one is removed. */
  readonly isReused: boolean;
  /** The best match first; empty without an inspection. */
  readonly reuseOf: readonly ReuseOf[];
  /** What somebody made of its flags; null while they are open, and without one. */
  readonly decision: Exclude<ReviewState, "open"> | null;
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
  /** Images with any of these flags; all of them where it is absent. */
  readonly flags?: readonly PhotoFlag[];
};

/** A failed result of an earlier run. */
export type PastResult = {
  readonly run: number;
  readonly code: ErrorCode;
  readonly detail: string | null;
  readonly attempts: number;
  readonly finishedAt: number;
  /** Where it was fetched from; null where that is the same still. */
  readonly imageUrl: string | null;
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

/** `flags`: results with any of these; all of them where it is absent. */
export type ResultFilter = { readonly onlyFailed: boolean; readonly flags?: readonly PhotoFlag[] };

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

/** Work that is not done yet, over all jobs that are not over. */
export type Backlog = {
  readonly jobs: number;
  /** Images without a result. */
  readonly images: number;
  readonly chunks: { readonly pending: number; readonly queued: number; readonly running: number };
  /** How long the chunk that waits longest in the queue has been there, ms; 0 when none does. */
  readonly oldestQueuedMs: number;
};

/** Measured images of one host, format and class of size. */
export type MeasuredSum = {
  readonly host: string;
  readonly format: ImageFormat;
  /** The place among `MEGAPIXEL_LABELS`. */
  readonly size: number;
  readonly images: number;
  /** Those of which is known how long they were fetched, together and the longest. */
  readonly timed: number;
  readonly totalMs: number;
  readonly worstMs: number;
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
  /** Of one tenant, or of all for null. O(chunks of unfinished jobs). */
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
  /** What the job's measured images come to, at a cost that does not grow with them; null where results are there that were recorded before these sums were kept. */
  readMeasuredSums(jobId: number): Promise<readonly MeasuredSum[] | null>;
  /** Results in image order. */
  readResults(jobId: number, page: PageRequest & ResultFilter): Promise<ResultPage>;
  /** Images in their order, with or without result. */
  readImages(
    jobId: number,
    filter: ImageFilter,
    page: PageRequest,
  ): Promise<{ readonly rows: readonly ImageRow[]; readonly next: number | null }>;
  /** Results that a retry replaced, oldest first. */
  readPastResults(jobId: number, image: number): Promise<readonly PastResult[]>;
  /** Later photos that show what this one does, the newest first, at most 100. */
  readLaterReuses(image: ImagePlace): Promise<readonly ReuseOf[]>;
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
