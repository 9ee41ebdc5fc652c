/** The ledger's port for jobs that somebody deletes: hidden at once, removed later, restored until then. What it promises, `contract/` proves. */
import type { JobStatus } from "../../domain/job.ts";

export type DeletedJob = {
  readonly jobId: number;
  readonly tenant: string;
  readonly externalId: string | null;
  readonly status: JobStatus;
  readonly visits: number;
  readonly images: number;
  readonly createdAt: number;
  /** From then on `prune` removes it. */
  readonly removedAt: number;
};

export type DeletionLedger = {
  /**
   * Deletes a job that is over: from now on no reader sees it, nor what it is made of, and after `keepMs` it is removed. Of a job that is not over only
   * its status is told; null for an unknown one.
   */
  deleteJob(
    jobId: number,
    keepMs: number,
  ): Promise<
    | { readonly kind: "deleted"; readonly removedAt: number }
    | { readonly kind: "not_over"; readonly status: JobStatus }
    | null
  >;
  /** Takes a deletion back, all of it; false when there is no such deleted job of the tenant, null for any. */
  restoreJob(jobId: number, tenant: string | null): Promise<boolean>;
  /** Deleted jobs that can be restored, newest first, at most 1,000. */
  listDeletedJobs(tenant: string | null): Promise<readonly DeletedJob[]>;
};
