/** The end of a job, noted in the transaction that ends it. */

// SQLite has one writer anyway. Taken before the number, kept until the commit: so numbers become readable in their order. Taken last of all
// locks, and only when a job ends.
export const LOCK_ENDS = `
  select pg_advisory_xact_lock(hashtextextended('storewalk job ends ' || current_schema(), 0))`;

export const NOTE_JOB_END = `
  insert into job_ends (job, run, status, ended_at) select id, run, status, finished_at from jobs where id = $1`;
