/** Requests under keys of their clients: one of them at a time, and one job for all of them. */
import type { Database } from "../../postgres/database.ts";
import type { RequestLedger } from "../port/request-ledger.ts";
import { integer, text } from "../sql/row.ts";

const FORGET_OLD = `
  delete from idempotency where until <= storewalk_now()`;

// Sent again after a lost answer it finds its own row, and has begun.
const BEGIN = `
  insert into idempotency (key, holder, until) values ($1, $2, storewalk_now() + $3)
  on conflict (key) do update set until = excluded.until
  where idempotency.holder = excluded.holder and idempotency.job is null
  returning key`;

const READ = `
  select job, fingerprint from idempotency where key = $1`;

const HOLD = `
  update idempotency set until = storewalk_now() + $3 where key = $1 and holder = $2 and job is null`;

const DROP = `
  delete from idempotency where key = $1 and holder = $2 and job is null`;

export function createRequests(db: Database): RequestLedger {
  return {
    async beginRequest({ key, holder }, holdMs) {
      await db.write(FORGET_OLD);
      const [begun] = await db.write(BEGIN, [key, holder, holdMs]);
      if (begun) return { kind: "begun" };
      const [row] = await db.write(READ, [key]);
      if (!row || row.job === null) return { kind: "running" };
      return { kind: "done", jobId: integer(row, "job"), fingerprint: text(row, "fingerprint") };
    },

    async holdRequest({ key, holder }, holdMs) {
      await db.write(HOLD, [key, holder, holdMs]);
    },

    async dropRequest({ key, holder }) {
      await db.write(DROP, [key, holder]);
    },
  };
}
