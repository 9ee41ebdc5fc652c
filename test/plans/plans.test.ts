/**
 * How PostgreSQL goes about the ledger's statements when the ledger is large: none may read a large table from end to end. The server itself writes
 * the plan of each statement as it ran (auto_explain), so nothing has to be listed here but what a service does.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/postgres-ledger.ts";
import { createTestDatabase, type TestDatabase } from "../../src/testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../src/testing/postgres-server.ts";
import { sizeOf } from "../campaigns.ts";
import { fillLedger, IMAGES_A_JOB } from "./fill-ledger.ts";
import { hotStatements } from "./hot-statements.ts";
import { createPlanLog, type PlanLog } from "./plan-log.ts";

const JOBS = sizeOf("plans");
/** What a table with fewer rows costs to read is no matter. */
const LARGE_ROWS = 10_000;

const { skip } = findPostgresServer();

describe("the PostgreSQL ledger when it is large", { skip }, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let ledger: Ledger;
  let plans: PlanLog;
  let large: ReadonlySet<string>;
  /** A job in the middle, over; and one that is still to be worked on. */
  let over: number;
  before(async () => {
    plans = createPlanLog();
    server = await startPostgresServer({ settings: plans.settings, onLog: plans.take });
    database = await createTestDatabase(server.url);
    ledger = await openPostgresLedger({ url: database.url, onEvent: () => {} });
    over = await fillLedger(ledger, database, JOBS);
    const rows = await database.query("select relname from pg_class where relkind = 'r' and reltuples >= $1", [
      LARGE_ROWS,
    ]);
    large = new Set(rows.map(({ relname }) => String(relname)));
    assert.ok(large.has("images") && large.has("results") && large.has("visits"), [...large].join());
  });
  after(async () => {
    await ledger?.close();
    await server?.dispose();
  });

  /** Does it, and returns which large tables its statements read from end to end, each with the statement. */
  async function readsWhole(work: () => Promise<unknown>): Promise<readonly string[]> {
    plans.forget();
    await work();
    // Written after what it is about, by another process: the mark's own plan says that all before it are there.
    await plans.upTo((mark) => database.query(`select '${mark}'`));
    return plans.wholeReads(large);
  }

  const everything = hotStatements({ ledger: () => ledger, over: () => over });
  for (const [what, work] of Object.entries(everything)) {
    it(`reads no large table from end to end for ${what}`, async () => {
      assert.deepEqual(await readsWhole(work), []);
    });
  }

  it("would be caught at it", async () => {
    const reads = await readsWhole(() => database.query("select count(*) from images where url like '%7.jpg'"));
    assert.equal(reads.length, 1);
    assert.match(reads[0] ?? "", /^images: select count/);
  });

  it("would be caught at reading all that an index knows", async () => {
    const allFailed = `set enable_seqscan = off; set enable_indexscan = off;
      select count(*) from results where code is not null and detail = 'no such detail';
      reset enable_seqscan; reset enable_indexscan`;
    const reads = await readsWhole(() => database.query(allFailed));
    assert.deepEqual(
      reads.map((read) => read.split(":")[0]),
      ["results"],
    );
  });

  it(`has some ${JOBS * IMAGES_A_JOB} images`, async () => {
    const [row] = await database.query("select count(*)::int as images from images");
    assert.ok(Number(row?.images) >= JOBS * IMAGES_A_JOB);
  });
});
