/**
 * Faults that somebody might build into the ledger one day. Each changes the real SQL or wraps the real calls; a change that no longer
 * finds its place fails loudly instead of testing nothing.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Mutant } from "./simulate.ts";

/** Rewrites these parts wherever they stand in a statement. */
function rewriting(parts: Readonly<Record<string, string>>): NonNullable<Mutant["mutateDatabase"]> {
  return (db) => {
    const missing = new Set(Object.keys(parts));
    const mutated = preparingWith(db, (sql) => {
      let rewritten = sql;
      for (const [part, replacement] of Object.entries(parts)) {
        if (!sql.includes(part)) continue;
        missing.delete(part);
        rewritten = rewritten.replaceAll(part, replacement);
      }
      return db.prepare(rewritten);
    });
    // The ledger prepares everything when it is made; by the next turn each part must have been met.
    queueMicrotask(() => {
      if (missing.size > 0)
        throw new Error(`no statement of the ledger has "${[...missing].join('", "')}" any more; mend the mutant`);
    });
    return mutated;
  };
}

function preparingWith(db: DatabaseSync, prepare: (sql: string) => StatementSync): DatabaseSync {
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return prepare;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const counterInASecondTransaction: Mutant = {
  name: "counters in a second transaction",
  mutateDatabase: (db, maybeDie) =>
    preparingWith(db, (sql) => {
      const statement = db.prepare(sql);
      if (!sql.includes("set done = done + :inserted")) return statement;
      return new Proxy(statement, {
        get(target, name) {
          if (name !== "get") return Reflect.get(target, name, target);
          return (parameters: Record<string, string | number>) => {
            db.exec("commit");
            maybeDie();
            db.exec("begin immediate");
            return target.get(parameters);
          };
        },
      });
    }),
};

const finishByNotExists: Mutant = {
  name: "job finished when no other chunk is open, asked in a transaction of its own",
  mutateDatabase: rewriting({
    "where id = :job and status in ('ongoing', 'paused')\n  returning status":
      "where id = :job and 0 and :now > 0\n  returning status",
  }),
  mutateLedger: (ledger, db, pause) => ({
    ...ledger,
    async record(lease, results, leaseMs) {
      const others = db
        .prepare("select 1 from chunks where job = ? and no <> ? and state not in ('done', 'split')")
        .get(lease.jobId, lease.chunk);
      await pause();
      const reply = await ledger.record(lease, results, leaseMs);
      if (others || reply.kind === "fenced" || !reply.chunkDone) return reply;
      db.prepare("update jobs set status = 'completed', chunks_left = 0, finished_at = 1 where id = ?").run(
        lease.jobId,
      );
      return { ...reply, jobStatus: "completed" };
    },
  }),
};

const changesForgottenLater: Mutant = {
  name: "changes of sums forgotten in a transaction of their own",
  mutateLedger: (ledger, db, pause) => ({
    ...ledger,
    async addUpSums() {
      db.exec("create temp table if not exists kept as select * from sum_changes where 0");
      db.exec("delete from kept; insert into kept select * from sum_changes");
      const reply = await ledger.addUpSums();
      db.exec("insert or ignore into sum_changes select * from kept");
      await pause();
      db.exec("delete from sum_changes where no in (select no from kept)");
      return reply;
    },
  }),
};

export const MUTANTS: readonly Mutant[] = [
  changesForgottenLater,
  counterInASecondTransaction,
  {
    name: "insert or replace",
    mutateDatabase: rewriting({
      "on conflict do nothing\n  returning image, code":
        "on conflict do update set width = excluded.width, height = excluded.height, perimeter = excluded.perimeter, code = excluded.code\n  returning image, code",
    }),
  },
  {
    name: "no token",
    mutateDatabase: rewriting({ "and token = :token": "and :token is not null", "and token = ?": "and ? is not null" }),
  },
  finishByNotExists,
  {
    name: "photos looked for before they are kept",
    mutateLedger: (ledger, _db, pause) => ({
      ...ledger,
      async keepPrints(jobId, prints) {
        void pause().then(() => ledger.keepPrints(jobId, prints));
      },
    }),
  },
  {
    name: "a photo kept again with each run",
    mutateDatabase: rewriting({
      "on conflict do nothing\n  returning no, tenant":
        "on conflict do update set version = excluded.version\n  returning no, tenant",
    }),
  },
  {
    name: "findings recorded before pairs",
    mutateLedger: (ledger, _db, pause) => ({
      ...ledger,
      async addReuses(reuses) {
        void pause().then(() => ledger.addReuses(reuses));
      },
    }),
  },
  { name: "attempts never counted", mutateDatabase: rewriting({ "attempts = attempts + 1": "attempts = attempts" }) },
  {
    name: "split chunks not added to the job",
    mutateDatabase: rewriting({ "set chunks_left = chunks_left + ?": "set chunks_left = chunks_left + 0 * ?" }),
  },
  {
    name: "lost messages never sent again",
    mutateDatabase: rewriting({ "state = 'queued' and queued_at <= ?": "state = 'queued' and queued_at <= 0 * ?" }),
  },
  {
    name: "leases that never run out",
    mutateDatabase: rewriting({
      "state = 'running' and lease_until <= ?": "state = 'running' and lease_until <= 0 * ?",
    }),
  },
];
