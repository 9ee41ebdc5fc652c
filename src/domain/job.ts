/** A job's states and the arithmetic of its chunks. Pure: imports nothing but its own folder. */
import type { Findings, InspectionLevel } from "./findings.ts";
import type { ImageOutcome, Integrity } from "./image.ts";
import type { Labels } from "./labels.ts";
import type { TruthRules } from "./truth-rules.ts";

export const JOB_STATUSES = ["ongoing", "paused", "completed", "failed", "cancelled"] as const;
/** A job in preparation has no status yet: nobody can see it. */
export type JobStatus = (typeof JOB_STATUSES)[number];

export const TERMINAL_STATUSES = ["completed", "failed", "cancelled"] as const;

export function isTerminal(status: JobStatus): boolean {
  return TERMINAL_STATUSES.some((terminal) => terminal === status);
}

/** One image as a worker sees it: `no` counts from 0 within the job. */
export type ImageTask = {
  readonly no: number;
  readonly url: string;
  readonly storeId: string;
  readonly storeKnown: boolean;
  readonly visit: number;
  /** As RFC 3339 has it where it could be read, else as submitted. */
  readonly visitTime: string;
};

/** One image's outcome on its way to the ledger. `finishedAt` is in epoch milliseconds. */
export type ImageResult = {
  readonly no: number;
  readonly outcome: ImageOutcome;
  readonly attempts: number;
  /** From the first request to the measure, null when none was sent. */
  readonly fetchMs: number | null;
  readonly finishedAt: number;
  /** Of its URL; absent where it has none, or nobody fetched it. */
  readonly host?: string;
  /** Absent without an inspection. */
  readonly findings?: Findings;
};

/** What a submission may choose for its job. */
export type JobOptions = {
  readonly integrity: Integrity;
  readonly inspect: InspectionLevel;
  /** Null where photos are not inspected. */
  readonly rules: TruthRules | null;
  /** 0 (last) to 9 (first). */
  readonly priority: number;
  readonly labels: Labels;
  readonly callbackUrl: string | null;
  /** Whose it is. */
  readonly tenant: string;
};

const SMALLEST_CHUNK = 100;
const LARGEST_CHUNK = 500;
const CHUNKS_AIMED_AT = 50;

/**
 * Images a chunk: small enough to share the fleet fairly, large enough that a million images make 2,000 chunks and a few of them fill a worker. Each
 * costs the ledger two commits, whatever is in it.
 */
export function chunkSizeFor(images: number): number {
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, Math.ceil(images / CHUNKS_AIMED_AT)));
}
