/** Requests under keys of their clients: one of them at a time, and one job for all of them. */
import type { DatabaseSync } from "node:sqlite";
import type { FinishedRequest, RequestLedger } from "../port/request-ledger.ts";
import { KEY_KNOWN_MS } from "../sql/request-keys.ts";
import { integer, text } from "../sql/row.ts";
import { inTransaction } from "./database.ts";

const FORGET_OLD = `
  delete from idempotency where until <= ?`;

const BEGIN = `
  insert into idempotency (key, holder, until) values (?, ?, ?) on conflict do nothing`;

const READ = `
  select job, fingerprint from idempotency where key = ?`;

const HOLD = `
  update idempotency set until = ? where key = ? and holder = ? and job is null`;

const DROP = `
  delete from idempotency where key = ? and holder = ? and job is null`;

const FINISH = `
  update idempotency set job = ?, fingerprint = ?, until = ? where key = ? and holder = ? and job is null`;

export function createRequests(deps: { db: DatabaseSync; now: () => number }): RequestLedger & {
  /** Within the transaction that seals the job; false when the request is not the holder's any more. */
  finishRequest(jobId: number, request: FinishedRequest): boolean;
} {
  const { db, now } = deps;
  const forgetOld = db.prepare(FORGET_OLD);
  const begin = db.prepare(BEGIN);
  const read = db.prepare(READ);
  const hold = db.prepare(HOLD);
  const drop = db.prepare(DROP);
  const finish = db.prepare(FINISH);

  return {
    async beginRequest({ key, holder }, holdMs) {
      return inTransaction(db, () => {
        forgetOld.run(now());
        if (begin.run(key, holder, now() + holdMs).changes > 0) return { kind: "begun" };
        const row = read.get(key);
        if (!row || row.job === null) return { kind: "running" };
        return { kind: "done", jobId: integer(row, "job"), fingerprint: text(row, "fingerprint") };
      });
    },

    async holdRequest({ key, holder }, holdMs) {
      hold.run(now() + holdMs, key, holder);
    },

    async dropRequest({ key, holder }) {
      drop.run(key, holder);
    },

    finishRequest: (jobId, { key, holder, fingerprint }) =>
      finish.run(jobId, fingerprint, now() + KEY_KNOWN_MS, key, holder).changes > 0,
  };
}
