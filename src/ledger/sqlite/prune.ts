/** Removes jobs that are over for long enough, a bounded step at a time, so that no other writer waits for long. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { UpkeepLedger } from "../port/upkeep-ledger.ts";
import { integer } from "../sql/row.ts";
import { runSteps } from "../sql/steps.ts";
import { createSums } from "../sql/sums.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";
import { createForgetPrints } from "./forget-prints.ts";

const ROWS_A_STEP = 20_000;

// A job whose removal has begun goes on first, whatever the limit is now, and so does a deleted one whose time to be restored is over.
const NEXT_TO_PRUNE = `
  select id from jobs
  where pruned_at <= :now or (pruned_at is null and finished_at <= :before)
  order by pruned_at is null, finished_at limit 1`;

const HIDE_JOB = `
  update jobs set pruned_at = coalesce(pruned_at, :now) where id = :job`;

const REMOVE_JOB = `
  delete from jobs where id = ?`;

/** Children first: a job whose row is gone has left nothing. What the sums are of goes before that by which they are told apart. */
const SUMMED_TABLES = [
  { table: "flagged", key: "image" },
  { table: "results", key: "image" },
] as const;
const TABLES = [
  { table: "reuses", key: "(image, earlier_job, earlier_image)" },
  { table: "flag_counts", key: "(part, marks, state)" },
  { table: "review_history", key: "no" },
  { table: "past_results", key: "(image, run)" },
  { table: "images", key: "no" },
  { table: "visits", key: "no" },
  { table: "upload_uses", key: "file" },
  { table: "failures", key: "(chunk, code)" },
  { table: "measured_sums", key: "(chunk, host, format, size)" },
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
  const removalOf = ({ table, key }: { readonly table: string; readonly key: string }) => {
    const columns = key.replace(/[()]/g, "");
    return db.prepare(
      `delete from ${table} where job = ?1 and ${key} in (select ${columns} from ${table} where job = ?1 limit ?2)`,
    );
  };
  const summedRemovals = SUMMED_TABLES.map(removalOf);
  const removals = TABLES.map(removalOf);
  const sums = createSums(SQLITE);
  const runStatement = createRunStatement(db);

  const forgetPrints = createForgetPrints(db);

  /** Up to `ROWS_A_STEP` rows of the job; returns whether that was all of it. */
  function removeSome(job: number): boolean {
    if (!forgetPrints(job)) return false;
    let left = ROWS_A_STEP;
    const removeBy = (removal: StatementSync) => {
      left -= Number(removal.run(job, left).changes);
      return left > 0;
    };
    if (!summedRemovals.every(removeBy)) return false;
    if (!runSteps(sums.addUpAll(job), runStatement)) return false;
    if (!removals.every(removeBy)) return false;
    removeJob.run(job);
    return true;
  }

  return {
    async prune(keepMs) {
      return inTransaction(db, () => {
        const row = nextToPrune.get({ now: now(), before: now() - keepMs });
        if (!row) return { removed: null, more: false };
        const jobId = integer(row, "id");
        hideJob.run({ job: jobId, now: now() });
        return { removed: removeSome(jobId) ? jobId : null, more: true };
      });
    },
  };
}
