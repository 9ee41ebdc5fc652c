/**
 * Which keys of a bucket a schedule's runs took, in either database. A key is noted under the attempt that sees it first and is taken once that attempt's job
 * is sealed: what an attempt left that came to nothing is the next one's to take. Of two attempts at once the later has the key; the earlier can seal nothing.
 */
import type { ScheduleLedger } from "../port/schedule-ledger.ts";
import { integer, type Row, text } from "./row.ts";
import type { Dialect, Shared } from "./steps.ts";

// In the order of the digests, so that two attempts never wait for each other in a circle. What this attempt noted before is new once more: the answer may have been lost.
const noteNew = ({ elements, bytes, hex }: Dialect) => `
  insert into schedule_keys (schedule, digest, token)
  select cast($1 as bigint), ${bytes("given.value ->> 0")}, cast($2 as bigint)
  from ${elements("$3")} given
  where exists (select 1 from schedules where id = $1 and token = $2 and due_at = $4)
  order by given.value ->> 0
  on conflict (schedule, digest) do update set token = excluded.token
  where schedule_keys.token <= excluded.token and not exists (
    select 1 from schedule_takes taken where taken.schedule = schedule_keys.schedule and taken.token = schedule_keys.token)
  returning ${hex("digest")} as digest`;

const newAmong = ({ elements, bytes }: Dialect) => `
  select given.value ->> 0 as digest
  from ${elements("$2")} given
  where not exists (
    select 1 from schedule_keys noted
    join schedule_takes taken on taken.schedule = noted.schedule and taken.token = noted.token
    where noted.schedule = $1 and noted.digest = ${bytes("given.value ->> 0")})`;

// From owner to owner by the index, not from key to key.
const REMOVED_OWNER = `
  with recursive owners (id) as (
    select min(schedule) from schedule_keys
    union all
    select (select min(schedule) from schedule_keys where schedule > owners.id) from owners where owners.id is not null
  )
  select id from owners where id is not null and not exists (select 1 from schedules where schedules.id = owners.id) limit 1`;

const CLEAR_BATCH = 20_000;
const CLEAR = `
  delete from schedule_keys
  where schedule = $1 and digest in (select digest from schedule_keys where schedule = $1 limit ${CLEAR_BATCH})`;

export function createScheduleKeys({
  run,
  dialect,
}: Shared): Pick<ScheduleLedger, "noteNewKeys" | "readNewKeys" | "clearRemovedSchedules"> {
  const NOTE_NEW = noteNew(dialect);
  const NEW_AMONG = newAmong(dialect);
  return {
    noteNewKeys: async ({ id, token, dueAt }, digests) =>
      (await run(NOTE_NEW, [id, token, listOf(digests), dueAt])).map(digestIn),
    readNewKeys: async (scheduleId, digests) => (await run(NEW_AMONG, [scheduleId, listOf(digests)])).map(digestIn),
    async clearRemovedSchedules() {
      const [owner] = await run(REMOVED_OWNER, []);
      if (owner) await run(CLEAR, [integer(owner, "id")]);
      return { more: owner !== undefined };
    },
  };
}

const listOf = (digests: readonly string[]) => JSON.stringify(digests.map((digest) => [digest]));
const digestIn = (row: Row) => text(row, "digest");
