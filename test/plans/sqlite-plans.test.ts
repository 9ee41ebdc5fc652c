/**
 * How SQLite goes about the ledger's statements: none may read a table of images, results, visits or chunks from end to end. SQLite chooses by the indices there are, not by how
 * many rows they have (nobody runs `analyze`), so the plans of a small ledger are those of one with ten million rows.
 */
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { aStore } from "../../src/testing/ledger-builders.ts";
import { runJob } from "./fill-ledger.ts";
import { hotStatements } from "./hot-statements.ts";

const LARGE = [
  "jobs",
  "images",
  "webhook_deliveries",
  "webhook_attempts",
  "results",
  "visits",
  "chunks",
  "past_results",
  "measured_sums",
  "prints",
  "flagged",
  "upload_uses",
  "sums",
  "cause_sums",
  "reuses",
];

/** The list of areas sums up all visits of the store master: asked by people, a fifth of a second at a million images. */
const OF_ALL_VISITS = "as visited_stores";

/** A page of jobs, from the newest down to its limit. */
const NEWEST_FIRST = "order by id desc limit ?";

/** The database's statements, as they are prepared. */
function watched(db: DatabaseSync): { readonly db: DatabaseSync; readonly seen: Set<string> } {
  const seen = new Set<string>();
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => {
    seen.add(sql);
    return prepare(sql);
  };
  return { db, seen };
}

/** The large tables that the statement reads from end to end. */
function wholeReads(db: DatabaseSync, sql: string): readonly string[] {
  const steps = db.prepare(`explain query plan ${sql}`).all();
  return steps.flatMap(({ detail }) => {
    const [, name, index = ""] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(String(detail)) ?? [];
    // A partial index has few of the rows.
    if (name === undefined || isPartial(db, index)) return [];
    const table = tableOf(name, sql);
    if (table === "jobs" && sql.includes(NEWEST_FIRST)) return [];
    return LARGE.includes(table) ? [`${table}: ${sql.replace(/\s+/g, " ").trim().slice(0, 300)}`] : [];
  });
}

function isPartial(db: DatabaseSync, index: string): boolean {
  const [found] = db
    .prepare("select 1 from sqlite_schema where type = 'index' and name = ? and sql like '% where %'")
    .all(index);
  return found !== undefined;
}

/** By the name that it has in the statement. */
function tableOf(name: string, sql: string): string {
  const [, table = name] =
    new RegExp(`\\b(?:from|join|update)\\s+(\\w+)\\s+(?:as\\s+)?${name}\\b`, "i").exec(sql) ?? [];
  return LARGE.includes(name) ? name : table;
}

describe("the SQLite ledger", () => {
  let db: DatabaseSync;
  let seen: Set<string>;
  let ledger: Ledger;
  let over: number;
  before(async () => {
    ({ db, seen } = watched(openDatabase(":memory:")));
    ledger = createSqliteLedger({ db, now: Date.now });
    await ledger.importStores([aStore({ id: "S7" })]);
    // The first is old enough to be removed by some test, on a machine that is slow enough.
    for (let before = 0; before < 2; before += 1) await runJob(ledger);
    over = await runJob(ledger);
  });
  after(() => ledger.close());

  const everything = hotStatements({ ledger: () => ledger, over: () => over });
  for (const [what, work] of Object.entries(everything)) {
    it(`reads no large table from end to end for ${what}`, async () => {
      seen.clear();
      await work();
      const reads = [...seen].flatMap((sql) => wholeReads(db, sql));
      assert.deepEqual(reads, []);
    });
  }

  it("does not for any statement that it prepares when it opens", () => {
    const fresh = watched(openDatabase(":memory:"));
    createSqliteLedger({ db: fresh.db, now: Date.now });
    assert.ok(fresh.seen.size > 100, `${fresh.seen.size} statements`);
    const hot = [...fresh.seen].filter((sql) => !sql.includes(OF_ALL_VISITS));
    assert.deepEqual(
      hot.flatMap((sql) => wholeReads(fresh.db, sql)),
      [],
    );
    fresh.db.close();
  });

  it("looks cells of sums up by their whole key: a join that begins with the sums took 5.6 s where this takes 12 ms", async () => {
    // A ledger of its own: a statement is prepared once.
    const fresh = watched(openDatabase(":memory:"));
    const other = createSqliteLedger({ db: fresh.db, now: Date.now });
    fresh.seen.clear();
    const periods = [{ grain: "week", day: "2024-04-29" }] as const;
    const cells = { tenant: "default", dimension: "store", keys: ["S7"], periods } as const;
    await other.readCells(cells);
    await other.readCauseCells(cells);
    const plans = [...fresh.seen].map((sql) =>
      db
        .prepare(`explain query plan ${sql}`)
        .all()
        .map(({ detail }) => String(detail)),
    );
    await other.close();
    assert.equal(plans.length, 2);
    for (const plan of plans) {
      assert.match(plan[0] ?? "", /^SCAN json_each/);
      assert.match(plan.at(-1) ?? "", /grain=\? AND day=\? AND key=\?\)/);
    }
  });

  it("would be caught at it, under another name too", () => {
    assert.equal(wholeReads(db, "select count(*) from images where url like '%7.jpg'").length, 1);
    assert.equal(wholeReads(db, "select count(*) from results seen where seen.height = 7").length, 1);
    assert.deepEqual(wholeReads(db, "select count(*) from images where job = 1"), []);
  });
});
