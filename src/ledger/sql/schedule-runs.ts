/**
 * Ends of a schedule's runs, in either database: with a job, in the transaction that seals it, or without one. Who has an old token, or ends a run for the
 * second time, changes nothing.
 */
import type { MadeRun, ScheduleLedger, ScheduleRun } from "../port/schedule-ledger.ts";
import { integer, integerOrNull, type Row, textOrNull } from "./row.ts";
import type { Shared, Steps } from "./steps.ts";

const RUNS_SHOWN = 20;

export const LIST_RUNS = `
  select * from (
    select runs.*, row_number() over (partition by runs.schedule order by runs.due_at desc) as place
    from schedule_runs runs
    join schedules on schedules.id = runs.schedule and (cast($1 as text) is null or schedules.tenant = $1)
    where cast($2 as bigint) is null or runs.schedule = $2
  ) placed
  where place <= ${RUNS_SHOWN} order by schedule, due_at desc`;

const END_RUN = `
  update schedules
  set lease_until = null, due_at = coalesce(cast($4 as bigint), due_at),
      next_at = coalesce(cast($4 as bigint), storewalk_now() + cast($5 as bigint)),
      attempts = case when $4 is null then attempts else 0 end
  where id = $1 and token = $2 and due_at = $3 returning id`;

// A job that was made stays its run's, whoever else comes to an end with it.
const NOTE_RUN = `
  insert into schedule_runs (schedule, due_at, ended_at, job, error)
  values ($1, $2, storewalk_now(), cast($3 as bigint), cast($4 as text))
  on conflict (schedule, due_at) do update set ended_at = excluded.ended_at, job = excluded.job, error = excluded.error
  where excluded.job is not null or schedule_runs.job is null`;

const FORGET_RUNS = `
  delete from schedule_runs
  where schedule = $1 and due_at < (
    select min(due_at) from (
      select due_at from schedule_runs where schedule = $1 order by due_at desc limit ${RUNS_SHOWN}
    ) kept
  )`;

const TAKE_KEYS = `
  insert into schedule_takes (schedule, token)
  select cast($1 as bigint), cast($2 as bigint) where exists (select 1 from schedule_keys where schedule = $1)`;

/** In the transaction that seals the job. Resolves to false, having changed nothing, when the run is not the caller's any more, or over. */
export function* noteMadeRun(jobId: number, { id, token, dueAt, nextDueAt }: MadeRun): Steps<boolean> {
  const [own] = yield [END_RUN, [id, token, dueAt, nextDueAt, 0]];
  if (!own) return false;
  yield [NOTE_RUN, [id, dueAt, jobId, null]];
  yield [FORGET_RUNS, [id]];
  yield [TAKE_KEYS, [id, token]];
  return true;
}

export function createEndRun({ inTransaction }: Pick<Shared, "inTransaction">): ScheduleLedger["endScheduleRun"] {
  return ({ id, token, dueAt }, { error, nextDueAt, waitMs }) =>
    inTransaction(function* () {
      const [own] = yield [END_RUN, [id, token, dueAt, nextDueAt, waitMs]];
      if (!own) return false;
      yield [NOTE_RUN, [id, dueAt, null, error]];
      yield [FORGET_RUNS, [id]];
      return true;
    });
}

export function scheduleRun(row: Row): ScheduleRun {
  return {
    dueAt: integer(row, "due_at"),
    endedAt: integer(row, "ended_at"),
    jobId: integerOrNull(row, "job"),
    error: textOrNull(row, "error"),
  };
}
