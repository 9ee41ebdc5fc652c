/** Schedules in either database: statements that both understand, each complete in itself or safe to repeat. */
import type { DueSchedule, Schedule, ScheduleLedger, ScheduleRun, ScheduleSource } from "../port/schedule-ledger.ts";
import { integer, integerOrNull, onlyRow, type Row, text, textOrNull } from "./row.ts";

type Value = string | number | null;

const RUNS_SHOWN = 20;

const ADD = `
  insert into schedules (tenant, name, cron, time_zone, source_url, source_text, format, options, due_at, next_at, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, storewalk_now()) returning *`;

const LIST = `
  select * from schedules where cast($1 as text) is null or tenant = $1 order by id`;

const READ = `
  select * from schedules where id = $1`;

const LIST_RUNS = `
  select * from (
    select runs.*, row_number() over (partition by runs.schedule order by runs.due_at desc) as place
    from schedule_runs runs
    join schedules on schedules.id = runs.schedule and (cast($1 as text) is null or schedules.tenant = $1)
    where cast($2 as bigint) is null or runs.schedule = $2
  ) placed
  where place <= ${RUNS_SHOWN} order by schedule, due_at desc`;

// A new time is another run: whoever makes one now has an old token.
const CHANGE = `
  update schedules
  set name = coalesce(cast($2 as text), name), cron = coalesce(cast($3 as text), cron),
      time_zone = coalesce(cast($4 as text), time_zone), options = coalesce(cast($5 as text), options),
      enabled = coalesce(cast($6 as integer), enabled),
      due_at = coalesce(cast($7 as bigint), due_at), next_at = coalesce(cast($7 as bigint), next_at),
      attempts = case when $7 is null then attempts else 0 end, token = case when $7 is null then token else token + 1 end,
      lease_until = case when $7 is null then lease_until end
  where id = $1 returning *`;

const REMOVE_RUNS = `
  delete from schedule_runs where schedule = $1`;
const REMOVE = `
  delete from schedules where id = $1 returning id`;

const takeDueSql = ({ skipLocked, listed }: { readonly skipLocked: string; readonly listed: string }) => `
  update schedules set token = token + 1, attempts = attempts + 1, lease_until = storewalk_now() + cast($1 as bigint)
  where id = (
    select id from schedules
    where enabled = 1 and next_at <= storewalk_now() and (lease_until is null or lease_until <= storewalk_now())
      and tenant not in (${listed})
    order by next_at limit 1 ${skipLocked}
  )
  returning *`;

const END_RUN = `
  update schedules
  set lease_until = null, due_at = coalesce(cast($3 as bigint), due_at),
      next_at = coalesce(cast($3 as bigint), storewalk_now() + cast($4 as bigint)),
      attempts = case when $3 is null then attempts else 0 end
  where id = $1 and token = $2 returning id`;

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

export function createSchedules(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  /** What keeps two processes from waiting for each other's rows, where there are two. */
  readonly skipLocked: string;
  /** The texts of the JSON list $2, as rows. */
  readonly listed: string;
}): ScheduleLedger {
  const { run } = deps;
  const TAKE_DUE = takeDueSql(deps);

  async function withRuns(
    rows: readonly Row[],
    tenant: string | null,
    id: number | null,
  ): Promise<readonly Schedule[]> {
    if (rows.length === 0) return [];
    const runs = Map.groupBy(await run(LIST_RUNS, [tenant, id]), (row) => integer(row, "schedule"));
    return rows.map((row) => schedule(row, runs.get(integer(row, "id")) ?? []));
  }

  return {
    async addSchedule({ tenant, name, cron, timeZone, source, format, options, dueAt }) {
      const sources = source.kind === "url" ? [source.url, null] : [null, source.text];
      const values = [tenant, name, cron, timeZone, ...sources, format, JSON.stringify(options), dueAt];
      return schedule(onlyRow(await run(ADD, values)), []);
    },
    listSchedules: async (tenant) => await withRuns(await run(LIST, [tenant]), tenant, null),
    async changeSchedule(id, { name, cron, timeZone, options, enabled, dueAt }) {
      const rows = await run(CHANGE, [
        id,
        name ?? null,
        cron ?? null,
        timeZone ?? null,
        options === undefined ? null : JSON.stringify(options),
        enabled === undefined ? null : Number(enabled),
        dueAt ?? null,
      ]);
      return (await withRuns(rows, null, id))[0] ?? null;
    },
    async removeSchedule(id) {
      await run(REMOVE_RUNS, [id]);
      return (await run(REMOVE, [id])).length > 0;
    },
    async takeDueSchedule(leaseMs, exceptTenants = []) {
      const [row] = await run(TAKE_DUE, [leaseMs, JSON.stringify(exceptTenants)]);
      return row ? dueSchedule(row) : null;
    },
    async endScheduleRun({ id, token, dueAt }, { jobId, error, nextDueAt, waitMs }) {
      const [known] = await run(READ, [id]);
      const isOwn = known !== undefined && integer(known, "token") === token;
      // A job was made whoever has the schedule now, and must not be missing from it.
      if (!known || !(isOwn || jobId !== null)) return false;
      // Before the lease ends: noted twice it is the same, and not noted it would never be.
      await run(NOTE_RUN, [id, dueAt, jobId, error]);
      const [ended] = await run(END_RUN, [id, token, nextDueAt, waitMs]);
      await run(FORGET_RUNS, [id]);
      return ended !== undefined;
    },
  };
}

function shared(row: Row) {
  return {
    id: integer(row, "id"),
    tenant: text(row, "tenant"),
    name: text(row, "name"),
    cron: text(row, "cron"),
    timeZone: text(row, "time_zone"),
    source: sourceIn(row),
    format: text(row, "format"),
    options: optionsIn(row),
    dueAt: integer(row, "due_at"),
  };
}

function sourceIn(row: Row): ScheduleSource {
  const url = textOrNull(row, "source_url");
  return url === null ? { kind: "file", text: text(row, "source_text") } : { kind: "url", url };
}

function optionsIn(row: Row): Readonly<Record<string, unknown>> {
  const options: Readonly<Record<string, unknown>> = JSON.parse(text(row, "options"));
  return options;
}

function schedule(row: Row, runs: readonly Row[]): Schedule {
  return {
    ...shared(row),
    enabled: integer(row, "enabled") === 1,
    nextAt: integer(row, "next_at"),
    createdAt: integer(row, "created_at"),
    runs: runs.map(scheduleRun),
  };
}

function dueSchedule(row: Row): DueSchedule {
  return { ...shared(row), token: integer(row, "token"), attempts: integer(row, "attempts") };
}

function scheduleRun(row: Row): ScheduleRun {
  return {
    dueAt: integer(row, "due_at"),
    endedAt: integer(row, "ended_at"),
    jobId: integerOrNull(row, "job"),
    error: textOrNull(row, "error"),
  };
}
