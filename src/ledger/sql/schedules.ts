/** Schedules in either database: statements that both understand. */
import type { DueSchedule, Schedule, ScheduleLedger, ScheduleSource } from "../port/schedule-ledger.ts";
import { integer, jsonObject, oneOf, onlyRow, type Row, text, textOrNull } from "./row.ts";
import { createScheduleKeys } from "./schedule-keys.ts";
import { createEndRun, LIST_RUNS, scheduleRun } from "./schedule-runs.ts";
import type { Dialect, Shared } from "./steps.ts";

const ADD = `
  insert into schedules (tenant, name, cron, time_zone, source, source_file, format, options, due_at, next_at, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, storewalk_now()) returning *`;

const LIST = `
  select * from schedules where cast($1 as text) is null or tenant = $1 order by id`;

// A new time is another run: whoever makes one now has an old token.
const CHANGE = `
  update schedules
  set name = coalesce(cast($2 as text), name), cron = coalesce(cast($3 as text), cron),
      time_zone = coalesce(cast($4 as text), time_zone), options = coalesce(cast($5 as text), options),
      enabled = coalesce(cast($6 as integer), enabled), format = coalesce(cast($8 as text), format),
      source = coalesce(cast($9 as text), source), source_file = case when $9 is null then source_file else cast($10 as text) end,
      due_at = coalesce(cast($7 as bigint), due_at), next_at = coalesce(cast($7 as bigint), next_at),
      attempts = case when $7 is null then attempts else 0 end, token = case when $7 is null then token else token + 1 end,
      lease_until = case when $7 is null then lease_until end
  where id = $1 returning *`;

const REMOVE = `
  delete from schedules where id = $1 returning id`;
const REMOVE_RUNS = `
  delete from schedule_runs where schedule = $1`;
const REMOVE_TAKES = `
  delete from schedule_takes where schedule = $1`;

const HOLD = `
  update schedules set lease_until = storewalk_now() + cast($3 as bigint) where id = $1 and token = $2 and lease_until is not null`;

const takeDueSql = ({ skipLocked, texts }: Dialect) => `
  update schedules set token = token + 1, attempts = attempts + 1, lease_until = storewalk_now() + cast($1 as bigint)
  where id = (
    select id from schedules
    where enabled = 1 and next_at <= storewalk_now() and (lease_until is null or lease_until <= storewalk_now())
      and tenant not in (${texts("$2")})
    order by next_at limit 1 ${skipLocked}
  )
  returning *`;

export function createSchedules(deps: Shared): ScheduleLedger {
  const { run, dialect } = deps;
  const TAKE_DUE = takeDueSql(dialect);

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
      const sources = [JSON.stringify(source), fileOf(source)];
      const values = [tenant, name, cron, timeZone, ...sources, format, JSON.stringify(options), dueAt];
      return schedule(onlyRow(await run(ADD, values)), []);
    },
    listSchedules: async (tenant) => await withRuns(await run(LIST, [tenant]), tenant, null),
    async changeSchedule(id, { name, cron, timeZone, options, enabled, dueAt, format, source }) {
      const rows = await run(CHANGE, [
        id,
        name ?? null,
        cron ?? null,
        timeZone ?? null,
        options === undefined ? null : JSON.stringify(options),
        enabled === undefined ? null : Number(enabled),
        dueAt ?? null,
        format ?? null,
        source === undefined ? null : JSON.stringify(source),
        source === undefined ? null : fileOf(source),
      ]);
      return (await withRuns(rows, null, id))[0] ?? null;
    },
    removeSchedule: (id) =>
      deps.inTransaction(function* () {
        const removed = yield [REMOVE, [id]];
        yield [REMOVE_RUNS, [id]];
        yield [REMOVE_TAKES, [id]];
        return removed.length > 0;
      }),
    async takeDueSchedule(leaseMs, exceptTenants = []) {
      const [row] = await run(TAKE_DUE, [leaseMs, JSON.stringify(exceptTenants)]);
      return row ? dueSchedule(row) : null;
    },
    async holdScheduleRun({ id, token }, leaseMs) {
      await run(HOLD, [id, token, leaseMs]);
    },
    endScheduleRun: createEndRun(deps),
    ...createScheduleKeys(deps),
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
    options: jsonObject(row, "options"),
    dueAt: integer(row, "due_at"),
  };
}

function sourceIn(row: Row): ScheduleSource {
  const source = jsonObject(row, "source");
  switch (oneOf(source, "kind", ["url", "text", "file", "bucket"])) {
    case "url":
      return { kind: "url", url: text(source, "url") };
    case "text":
      return { kind: "text", text: text(source, "text") };
    case "file":
      return { kind: "file", file: text(source, "file"), name: textOrNull(source, "name") };
    case "bucket": {
      const place = { from: text(source, "from"), visits: text(source, "visits") };
      return { kind: "bucket", ...place, take: oneOf(source, "take", ["new", "all"]) };
    }
  }
}

const fileOf = (source: ScheduleSource): string | null => (source.kind === "file" ? source.file : null);

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
