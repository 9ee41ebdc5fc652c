/** Jobs that somebody deletes, in either database. A job that has a `pruned_at` is seen by nobody; one that lies ahead can be taken back. */
import { JOB_STATUSES } from "../../domain/job.ts";
import type { DeletionLedger } from "../port/deletion-ledger.ts";
import { integer, oneOf, text, textOrNull } from "./row.ts";
import type { Shared } from "./steps.ts";

const STATUS = `
  select status from jobs where id = $1 and status <> 'preparing' and pruned_at is null`;

// The plus: from the deleted ones, which are few, and not from the newest job down.
const LIST = `
  select id, tenant, external_id, status, visits, images, created_at, pruned_at from jobs
  where pruned_at > storewalk_now() and status <> 'preparing' and (cast($1 as text) is null or tenant = $1)
  order by +id desc limit 1000`;

export function createDeletion({ run, dialect }: Pick<Shared, "run" | "dialect">): DeletionLedger {
  // Behind whoever keeps the job while it changes what is flagged: an update alone would not wait for them.
  const LOCKED_JOB = `(select id from jobs where id = $1 ${dialect.locking})`;
  // A trigger takes its results out of the sums, and puts them back. True and false as both databases read them.
  const DELETE = `
    update jobs set pruned_at = storewalk_now() + cast($2 as bigint), is_out_of_sums = (1 = 1)
    where id = ${LOCKED_JOB} and status in ('completed', 'failed', 'cancelled') and pruned_at is null
    returning pruned_at`;
  const RESTORE = `
    update jobs set pruned_at = null, is_out_of_sums = (1 = 0)
    where id = ${LOCKED_JOB} and status <> 'preparing' and pruned_at > storewalk_now()
      and (cast($2 as text) is null or tenant = $2)
    returning id`;

  return {
    async deleteJob(jobId, keepMs) {
      const [deleted] = await run(DELETE, [jobId, keepMs]);
      if (deleted) return { kind: "deleted", removedAt: integer(deleted, "pruned_at") };
      const [job] = await run(STATUS, [jobId]);
      return job ? { kind: "not_over", status: oneOf(job, "status", JOB_STATUSES) } : null;
    },
    restoreJob: async (jobId, tenant) => (await run(RESTORE, [jobId, tenant])).length > 0,
    async listDeletedJobs(tenant) {
      return (await run(LIST, [tenant])).map((row) => ({
        jobId: integer(row, "id"),
        tenant: text(row, "tenant"),
        externalId: textOrNull(row, "external_id"),
        status: oneOf(row, "status", JOB_STATUSES),
        visits: integer(row, "visits"),
        images: integer(row, "images"),
        createdAt: integer(row, "created_at"),
        removedAt: integer(row, "pruned_at"),
      }));
    },
  };
}
