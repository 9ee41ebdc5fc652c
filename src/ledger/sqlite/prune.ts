/** Removes jobs that are over for long enough, a bounded step at a time, so that no other writer waits for long. */
import type { DatabaseSync } from "node:sqlite";
import type { UpkeepLedger } from "../port/upkeep-ledger.ts";
import { integer } from "../sql/row.ts";
import { inTransaction } from "./database.ts";
import { createForgetPrints } from "./forget-prints.ts";

const ROWS_A_STEP = 20_000;

// A job whose removal has begun goes on first, whatever the limit is now.
const NEXT_TO_PRUNE = `
  select id from jobs where pruned_at is not null or finished_at <= ? order by pruned_at is null, finished_at limit 1`;

const HIDE_JOB = `
  update jobs set pruned_at = coalesce(pruned_at, :now) where id = :job`;

const REMOVE_JOB = `
  delete from jobs where id = ?`;

/** Children first: a job whose row is gone has left nothing. */
const TABLES = [
  { table: "reuses", key: "(image, earlier_job, earlier_image)" },
  { table: "flagged", key: "image" },
  { table: "flag_counts", key: "(part, marks, state)" },
  { table: "review_history", key: "no" },
  { table: "results", key: "image" },
  { table: "past_results", key: "(image, run)" },
  { table: "images", key: "no" },
  { table: "visits", key: "no" },
  { table: "upload_uses", key: "file" },
  { table: "failures", key: "(chunk, code)" },
  { table: "given_up_hosts", key: "host" },
  { table: "chunks", key: "no" },
  { table: "job_ends", key: "no" },
  { table: "webhook_deliveries", key: "no" },
  { table: "idempotency", key: "key" },
] as const;

export function createPrune(deps: { db: DatabaseSync; now: () => number }): Pick<UpkeepLedger, "prune"> {
  const { db, now } = deps;
  const nextToPrune = db.prepare(NEXT_TO_PRUNE);
  const hideJob = db.prepare(HIDE_JOB);
  const removeJob = db.prepare(REMOVE_JOB);
  const removals = TABLES.map(({ table, key }) => {
    const columns = key.replace(/[()]/g, "");
    return db.prepare(
      `delete from ${table} where job = ?1 and ${key} in (select ${columns} from ${table} where job = ?1 limit ?2)`,
    );
  });

  const forgetPrints = createForgetPrints(db);

  /** Up to `ROWS_A_STEP` rows of the job; returns whether that was all of it. */
  function removeSome(job: number): boolean {
    if (!forgetPrints(job)) return false;
    let left = ROWS_A_STEP;
    for (const removal of removals) {
      left -= Number(removal.run(job, left).changes);
      if (left === 0) return false;
    }
    removeJob.run(job);
    return true;
  }

  return {
    async prune(keepMs) {
      return inTransaction(db, () => {
        const row = nextToPrune.get(now() - keepMs);
        if (!row) return { removed: null, more: false };
        const jobId = integer(row, "id");
        hideJob.run({ job: jobId, now: now() });
        return { removed: removeSome(jobId) ? jobId : null, more: true };
      });
    },
  };
}
