/** A fleet's database behind a real PgBouncer: session mode works, anything else is refused before a lock is taken, by the ledger and by doctor. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { checkPostgres } from "../../commands/doctor-fleet.ts";
import { openPostgresQueue } from "../../queue/postgres.ts";
import { aVisit, dispatchAll, submitJob } from "../../testing/ledger-builders.ts";
import { PGBOUNCER, startPgBouncer } from "../../testing/pgbouncer.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findProgram, findService, POSTGRESQL } from "../../testing/test-services.ts";
import { openPostgresLedger } from "./postgres-ledger.ts";

const service = await findService(POSTGRESQL);
const skip = service.skip || findProgram(PGBOUNCER.path, PGBOUNCER.get).skip;

const NO_SECRET = { authSecret: null, databaseUrl: "", dataDir: "" } as const;
const SHARED = /a pooler in front of it shares one session among several connections: set pool_mode = session/;
const IGNORED =
  "ignore_startup_parameters = extra_float_digits,options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout";

const LOCKS = `
  select pid from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;

describe("PgBouncer", { skip }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(service.url);
  });
  after(() => database.drop());

  async function through(t: TestContext, ...settings: readonly string[]): Promise<string> {
    const pooler = await startPgBouncer(service.url, settings);
    t.after(() => pooler.close());
    return pooler.urlOf(database.url);
  }

  const open = (url: string) => openPostgresLedger({ url, onEvent: () => {}, waitMs: 5_000 });

  for (const settings of [[], [IGNORED], ["server_round_robin = 1"]]) {
    it(`in session mode works, with ${settings.join() || "nothing else set"}`, async (t) => {
      const url = await through(t, "pool_mode = session", ...settings);
      const ledger = await open(url);
      const handed = Promise.withResolvers<number>();
      const queue = openPostgresQueue({ url, onEvent: () => {} });
      const stop = queue.consume(1, async ({ jobId }) => handed.resolve(jobId));
      const job = await submitJob(ledger, [aVisit()]);
      await queue.publish(await dispatchAll(ledger));
      assert.equal(await handed.promise, job);
      assert.equal((await checkPostgres(url, NO_SECRET))[0]?.state, "fine");
      await stop();
      await queue.close();
      await ledger.close();
      await database.clear();
    });
  }

  it("in session mode takes the schema of the address", async (t) => {
    const url = await through(t, "pool_mode = session");
    await database.query("create schema shop");
    const ledger = await open(`${url}?options=-c%20search_path%3Dshop`);
    await submitJob(ledger, [aVisit()]);
    assert.deepEqual(await database.query("select status from shop.jobs"), [{ status: "ongoing" }]);
    await ledger.close();
  });

  for (const [name, ...settings] of [
    ["in transaction mode", "pool_mode = transaction"],
    ["in transaction mode, with parameters ignored", "pool_mode = transaction", IGNORED],
    ["in transaction mode, with sessions taking turns", "pool_mode = transaction", "server_round_robin = 1"],
    ["in transaction mode, with a session in stock", "pool_mode = transaction", "min_pool_size = 5"],
    ["in statement mode", "pool_mode = statement"],
  ] as const) {
    it(`${name} is refused by the ledger and by doctor, and no lock is left behind`, async (t) => {
      const url = await through(t, ...settings);
      await assert.rejects(open(url), { name: "LedgerUnusable", message: SHARED });
      const [finding] = await checkPostgres(url, NO_SECRET);
      assert.equal(finding?.state, "wrong");
      assert.match(finding.text, SHARED);
      assert.deepEqual(await database.query(LOCKS), []);
    });
  }

  it("in transaction mode is refused while others use it, too", async (t) => {
    const url = await through(t, "pool_mode = transaction", "min_pool_size = 3");
    const refusals = await Promise.allSettled(Array.from({ length: 8 }, () => open(url)));
    for (const refusal of refusals) {
      assert.match(String(refusal.status === "rejected" && refusal.reason.message), SHARED);
    }
  });
});
