/** What a PostgreSQL ledger finds when it is opened: no tables, too new tables, others who open, a server that is not there, unfit settings. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { aVisit, dispatchAll, submitJob } from "../../testing/ledger-builders.ts";
import { createEmptyDatabase, createTestDatabase } from "../../testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import { LedgerUnusable } from "../port/ledger-unusable.ts";
import { type LedgerEvent, openPostgresLedger } from "./postgres-ledger.ts";

const service = await findService(POSTGRESQL);

describe("opening a PostgreSQL ledger", { skip: service.skip }, () => {
  async function anEmptyDatabase(t: TestContext): Promise<string> {
    const database = await createEmptyDatabase(service.url);
    t.after(() => database.drop());
    return database.url;
  }

  async function aDatabase(t: TestContext) {
    const database = await createTestDatabase(service.url);
    t.after(() => database.drop());
    return database;
  }

  const open = (url: string) => openPostgresLedger({ url, onEvent: () => {}, waitMs: 300 });

  it("makes the tables once when several processes open at the same moment", async (t) => {
    const url = await anEmptyDatabase(t);
    const ledgers = await Promise.all(Array.from({ length: 5 }, () => open(url)));
    assert.equal(await submitJob(ledgers[0] ?? assert.fail(), [aVisit()]), 1);
    assert.equal((await ledgers[4]?.readJob(1))?.images, 1);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });

  it("makes the tables in the schema of the connection, apart from those of another", async (t) => {
    const database = await aDatabase(t);
    await database.query("create schema other");
    const [here, there] = await Promise.all([
      open(database.url),
      open(`${database.url}?options=-c%20search_path%3Dother`),
    ]);
    await submitJob(here, [aVisit()]);
    assert.equal(await there.readJob(1), null);
    assert.equal(await submitJob(there, [aVisit({ images: 2 })]), 1);
    assert.equal((await here.readJob(1))?.images, 1);
    await Promise.all([here.close(), there.close()]);
  });

  it("refuses tables that a newer Storewalk has changed, and leaves them as they are", async (t) => {
    const database = await aDatabase(t);
    await database.query("insert into schema_versions (version) values (99)");
    await assert.rejects(open(database.url), {
      name: "LedgerUnusable",
      message:
        /its tables have version 99, this Storewalk knows \d+: start the newer Storewalk again, or restore a backup$/,
    });
    const versions = await database.query("select max(version) as version from schema_versions");
    assert.deepEqual(versions, [{ version: 99 }]);
  });

  it("refuses a database in which a confirmed commit may be lost", async (t) => {
    const database = await aDatabase(t);
    const { pathname } = new URL(database.url);
    await database.query(`alter database ${pathname.slice(1)} set synchronous_commit = off`);
    await assert.rejects(open(database.url), { name: "LedgerUnusable", message: /synchronous_commit is off/ });
  });

  it("gives up a server that is swallowed while another process migrates", async (t) => {
    const database = await aDatabase(t);
    const through = new URL(database.url);
    const proxy = await startFaultProxy({ host: through.hostname, port: Number(through.port || 5432) });
    t.after(() => proxy.close());
    through.host = `127.0.0.1:${proxy.port}`;
    await database.query("select pg_advisory_lock(hashtextextended('storewalk migrations ' || current_schema(), 0))");
    const opening = assert.rejects(open(through.href), { name: "LedgerUnusable", message: /no answer in 0\.3 s/ });
    await database.blocked();
    void proxy.blackHole("to-server", "to-client");
    await opening;
  });

  it("waits as long as another process migrates", async (t) => {
    const database = await aDatabase(t);
    await database.query("select pg_advisory_lock(hashtextextended('storewalk migrations ' || current_schema(), 0))");
    const opening = open(database.url);
    await database.blocked();
    // For longer than the opener waits before it asks whether the server lives.
    await database.query("select pg_sleep(2.5)");
    await database.query("select pg_advisory_unlock_all()");
    await (await opening).close();
  });

  it("says at once that the database does not exist", async () => {
    const url = new URL(service.url);
    url.pathname = "/no_such_database";
    await assert.rejects(openPostgresLedger({ url: url.href, onEvent: () => {} }), {
      name: "LedgerUnusable",
      message: /database "no_such_database" at .*does not exist/,
    });
  });

  it("names host, port and database of a server that does not come, and no password", async () => {
    const events: LedgerEvent[] = [];
    const url = "postgres://walker:sesame@127.0.0.1:9/walks";
    await assert.rejects(openPostgresLedger({ url, onEvent: (event) => events.push(event), waitMs: 300 }), (error) => {
      assert.ok(error instanceof LedgerUnusable);
      assert.match(
        error.message,
        /database "walks" at 127\.0\.0\.1:9, cannot be used: no answer in 0\.3 s: .*ECONNREFUSED/,
      );
      assert.doesNotMatch(`${error.message} ${JSON.stringify(events)}`, /sesame/);
      return true;
    });
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["waiting"],
    );
  });

  for (const url of [
    "postgres://walker:ses/ame@db/walks",
    "mysql://walker:sesame@db/walks",
    "postgres://w:ses%ame@db/x",
    "sesame",
  ]) {
    it(`refuses the address ${url} without repeating it`, async () => {
      await assert.rejects(open(url), (error) => {
        assert.ok(error instanceof LedgerUnusable);
        assert.match(error.message, /DATABASE_URL must look like postgres:/);
        assert.doesNotMatch(error.message, /ame@|sesame/);
        return true;
      });
    });
  }
});

describe("closing a PostgreSQL ledger", { skip: service.skip }, () => {
  it("waits for the calls in hand, more than it has connections and of several statements each", async (t) => {
    const database = await createTestDatabase(service.url);
    t.after(() => database.drop());
    const ledger = await database.openLedger();
    await submitJob(ledger, [aVisit({ images: 4_000 })]);
    const refs = await dispatchAll(ledger);
    const claimed = (some: typeof refs) => Promise.all(some.map((ref) => ledger.claim(ref, 60_000)));
    const read = (some: typeof refs) => Promise.all(some.map(() => ledger.countStores()));
    // Connections are made first: on a busy machine those in line would wait for that as well, and for no longer than anybody may.
    const [first] = await Promise.all([claimed(refs.slice(0, 8)), read(refs.slice(0, 4))]);
    const claiming = claimed(refs.slice(8));
    const reading = read(refs);
    await ledger.close();
    assert.equal([...first, ...(await claiming)].filter((claim) => claim?.images.length === 100).length, 40);
    assert.equal((await reading).length, 40);
  });
});

const program = findPostgresServer();

describe("opening a PostgreSQL ledger before its server is up", { skip: program.skip }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgresServer();
  });
  after(() => server.dispose());

  it("waits for it", async () => {
    await server.stop("fast");
    const waiting = Promise.withResolvers<void>();
    const opening = openPostgresLedger({
      url: server.url,
      onEvent: ({ kind }) => kind === "waiting" && waiting.resolve(),
    });
    await waiting.promise;
    await server.start();
    const ledger = await opening;
    assert.equal(await ledger.countStores(), 0);
    await ledger.close();
  });
});
