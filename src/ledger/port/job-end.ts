/** The durable, numbered ends of jobs: events and webhooks follow from them. */
import type { JobStatus } from "../../domain/job.ts";

/** One job's end: written once, in the transaction that ended the job. */
export type JobEnd = {
  /** Grows with time: an end never appears behind one that could be read already. */
  readonly no: number;
  readonly jobId: number;
  readonly status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  readonly endedAt: number;
};
