/** Reading a job that a path names. */
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { noSuchJob } from "../problems/api-error.ts";

/** Rejects with job_not_found in place of a job that there is not. */
export function createReadKnownJob(readJob: JobReader["readJob"]): (jobId: number) => Promise<JobSnapshot> {
  return async (jobId) => {
    const job = await readJob(jobId);
    if (!job) throw noSuchJob(jobId);
    return job;
  };
}
