/** Removes jobs that are over for long enough, a bounded step at a time, so that no other writer waits for long. */
import type { Database, Run } from "../../postgres/database.ts";
import type { UpkeepLedger } from "../port/upkeep-ledger.ts";
import { integer, onlyRow } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { createSums } from "../sql/sums.ts";
import { POSTGRES } from "./dialect.ts";
import { forgetPrints } from "./forget-prints.ts";
import { LOCK_SUMS } from "./insight.ts";

const ROWS_A_STEP = 20_000;

// A job whose removal has begun goes on first, whatever the limit is now, and so does a deleted one whose time to be restored is over. Two look-ups where SQLite sorts: each has its index. While another
// process removes this job there is nothing to do here.
const NEXT_TO_PRUNE = `
  select id from jobs
  where id = coalesce(
    (select id from jobs where pruned_at <= storewalk_now() and status <> 'preparing' order by id limit 1),
    (select id from jobs where finished_at <= storewalk_now() - $1::bigint and pruned_at is null order by finished_at limit 1))
  for update skip locked`;

const HIDE_JOB = `
  update jobs set pruned_at = coalesce(pruned_at, storewalk_now()) where id = $1`;

// PostgreSQL deletes without a limit only; the row's place is its fastest name within one statement.
const removingFrom = (table: string) => `
  with gone as (
    delete from ${table} where ctid = any (array(select ctid from ${table} where job = $1 limit $2)) returning 1
  )
  select count(*) as rows from gone`;

/** Children first: a job whose row is gone has left nothing. What the sums are of goes before that by which they are told apart. */
const SUMMED_REMOVALS = ["flagged", "results"].map(removingFrom);
const REMOVALS = [
  "reuses",
  "flag_counts",
  "review_history",
  "past_results",
  "images",
  "visits",
  "upload_uses",
  "failures",
  "measured_sums",
  "given_up_hosts",
  "chunks",
  "job_ends",
  "webhook_deliveries",
  "idempotency",
].map(removingFrom);

const REMOVE_JOB = `
  delete from jobs where id = $1`;

export function createPrune(db: Database): Pick<UpkeepLedger, "prune"> {
  const sums = createSums(POSTGRES);

  /** Up to `ROWS_A_STEP` rows of the job; returns whether that was all of it. */
  async function removeSome(run: Run, jobId: number): Promise<boolean> {
    if (!(await forgetPrints(run, jobId))) return false;
    let left = ROWS_A_STEP;
    const removeFrom = async (removals: readonly string[]) => {
      for (const sql of removals) {
        left -= integer(onlyRow(await run(sql, [jobId, left])), "rows");
        if (left === 0) return false;
      }
      return true;
    };
    if (!(await removeFrom(SUMMED_REMOVALS))) return false;
    await run(LOCK_SUMS);
    if (!(await runStepsAwaiting(sums.addUpAll(jobId), run))) return false;
    if (!(await removeFrom(REMOVALS))) return false;
    await run(REMOVE_JOB, [jobId]);
    return true;
  }

  return {
    prune: (keepMs) =>
      db.inTransaction(async (run) => {
        const [row] = await run(NEXT_TO_PRUNE, [keepMs]);
        if (!row) return { removed: null, more: false };
        const jobId = integer(row, "id");
        await run(HIDE_JOB, [jobId]);
        return { removed: (await removeSome(run, jobId)) ? jobId : null, more: true };
      }),
  };
}
