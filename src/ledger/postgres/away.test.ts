/** The network between ledger and server cuts, swallows and refuses; nobody helps them. No call may wait without end or tell an untruth. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { aVisit, claimNext, failed, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import type { Ledger } from "../port/ledger.ts";
import { LedgerUnavailable } from "../port/ledger-unavailable.ts";
import { type LedgerEvent, openPostgresLedger } from "./postgres-ledger.ts";

const LEASE_MS = 60_000;
/** SQLSTATE deadlock_detected. */
const DEADLOCK = "40P01";
/** What takes a second or some takes no longer than this on a busy machine; without a limit of our own it takes minutes. */
const IN_TIME_MS = 30_000;
const { url, skip } = await findService(POSTGRESQL);

/** Tries until it gets through. */
async function untilBack(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      assert.ok(error instanceof LedgerUnavailable, `must be LedgerUnavailable, got ${error}`);
    }
  }
}

async function rejectsInTime(call: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await assert.rejects(call(), (error) => {
    assert.ok(error instanceof LedgerUnavailable, `must be LedgerUnavailable, got ${error}`);
    assert.ok(error.cause, "the cause is kept");
    return true;
  });
  const took = performance.now() - begun;
  assert.ok(took < IN_TIME_MS, `took ${took} ms`);
}

describe("a PostgreSQL ledger behind a bad network", { skip }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(url);
  });
  after(() => database.drop());
  beforeEach(() => database.clear());

  async function setup(t: TestContext) {
    const direct = new URL(database.url);
    const proxy = await startFaultProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
    const through = new URL(database.url);
    through.host = `127.0.0.1:${proxy.port}`;
    const events: LedgerEvent[] = [];
    const ledger = await openPostgresLedger({ url: through.href, onEvent: (event) => events.push(event) });
    t.after(async () => {
      await ledger.close();
      await proxy.close();
    });
    return { ledger, proxy, events };
  }

  const reads: readonly (readonly [string, (ledger: Ledger) => Promise<unknown>])[] = [
    ["readJob", (ledger) => ledger.readJob(1)],
    ["readResults", (ledger) => ledger.readResults(1, { after: -1, limit: 10, onlyFailed: false })],
    ["countStores", (ledger) => ledger.countStores()],
  ];
  for (const [name, read] of reads) {
    it(`rejects ${name} in time when the server is swallowed, and answers soon after its return`, async (t) => {
      const { ledger, proxy } = await setup(t);
      await read(ledger);
      void proxy.blackHole("to-server", "to-client");
      await Promise.all([rejectsInTime(() => read(ledger)), rejectsInTime(() => read(ledger))]);
      await rejectsInTime(() => read(ledger));
      proxy.heal();
      await untilBack(() => read(ledger));
    });
  }

  it("rejects more reads than it has connections in time", async (t) => {
    const { ledger, proxy } = await setup(t);
    void proxy.blackHole("to-client");
    await Promise.all(Array.from({ length: 30 }, () => rejectsInTime(() => ledger.readBacklog(null))));
    proxy.heal();
    await untilBack(() => ledger.readBacklog(null));
  });

  it("rejects at once when the server is away, tells of it once, and goes on when it is back", async (t) => {
    const { ledger, proxy, events } = await setup(t);
    await ledger.readJob(1);
    await proxy.refuse();
    for (let call = 0; call < 5; call++) await rejectsInTime(() => ledger.readJob(1));
    await rejectsInTime(() => ledger.openJob(jobOptions()));
    await proxy.accept();
    await untilBack(() => ledger.readJob(1));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["lost", "back"],
    );
  });

  it("tells once of a server that may only be read, however much is read meanwhile, and of its return with a write", async (t) => {
    const { ledger, events } = await setup(t);
    const { pathname } = new URL(database.url);
    const readOnly = (on: boolean) =>
      database.query(`alter database ${pathname.slice(1)} set default_transaction_read_only = ${on}`);
    await readOnly(true);
    // Sessions that are open keep what they began with.
    const OTHERS =
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    await database.query(OTHERS);
    for (let call = 0; call < 5; call++) {
      await rejectsInTime(() => ledger.openJob(jobOptions()));
      await untilBack(() => ledger.readJob(1));
    }
    await database.query("set default_transaction_read_only = off");
    await readOnly(false);
    await database.query(OTHERS);
    await untilBack(() => ledger.openJob(jobOptions()));
    const told = events.filter((event) => event.kind !== "lost" || event.reason.includes("read-only"));
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ["lost", "back"],
    );
  });

  it("ends a write that is swallowed", async (t) => {
    const { ledger, proxy } = await setup(t);
    await ledger.openJob(jobOptions());
    void proxy.blackHole("to-client");
    await rejectsInTime(() => ledger.openJob(jobOptions()));
    proxy.heal();
    await untilBack(() => ledger.openJob(jobOptions()));
  });

  it("lets a statement take its time while the server lives", async (t) => {
    const { ledger } = await setup(t);
    const locked = Promise.withResolvers<void>();
    const reading = locked.promise.then(() => ledger.countStores());
    // Held for longer than a read waits before it asks whether the server lives.
    const holding = database.query("begin; lock table stores; select pg_sleep(1.5); commit");
    locked.resolve();
    assert.equal(await reading, 0);
    await holding;
  });

  for (const end of ["pg_terminate_backend", "pg_cancel_backend"]) {
    it(`rejects a statement that an administrator ends by ${end}, and goes on`, async (t) => {
      const { ledger } = await setup(t);
      await database.query("begin; lock table stores");
      const rejected = rejectsInTime(() => ledger.countStores());
      await database.query(`select ${end}(pid) from unnest($1::integer[]) as blocked (pid)`, [
        await database.blocked(),
      ]);
      await rejected;
      await database.query("commit");
      assert.equal(await ledger.countStores(), 0);
    });
  }

  it("tries a transaction again that the server ended for a deadlock", async (t) => {
    const { ledger, events } = await setup(t);
    /** Whoever has waited for longer is ended: as a rule the record, on a busy machine the one that came against the order of locks. */
    async function recordIsEnded(): Promise<boolean> {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger, LEASE_MS);
      await database.query("begin; select 1 from jobs for update");
      const recording = ledger.record(lease, [measured(0)], LEASE_MS);
      await database.blocked();
      const isOther = await database.query("select 1 from chunks for update; commit").then(
        () => false,
        ({ code }) => code === DEADLOCK,
      );
      if (isOther) await database.query("rollback");
      assert.deepEqual(await recording, {
        kind: "recorded",
        inserted: 1,
        failures: {},
        chunkDone: true,
        jobStatus: "completed",
      });
      assert.equal((await ledger.readJob(jobId))?.succeeded, 1);
      return !isOther;
    }
    while (!(await recordIsEnded()));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["retried"],
    );
  });

  for (const when of ["before", "after"] as const) {
    it(`adds visits once when the connection is cut ${when} they arrive`, async (t) => {
      const { ledger, proxy } = await setup(t);
      const jobId = await ledger.openJob(jobOptions());
      const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("insert into images"), when);
      await Promise.all([cut, ledger.addVisits(jobId, [aVisit({ images: 3 })])]);
      await ledger.addVisits(jobId, [aVisit({ images: 2 })]);
      await ledger.sealJob(jobId);
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.visits, job?.images], [2, 5]);
      assert.equal((await database.query("select 1 from images")).length, 5);
    });

    it(`seals a job once when the connection is cut ${when} the seal arrives`, async (t) => {
      const { ledger, proxy } = await setup(t);
      const jobId = await ledger.openJob(jobOptions());
      await ledger.addVisits(jobId, [aVisit({ images: 300 })]);
      const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("insert into chunks"), when);
      await Promise.all([cut, ledger.sealJob(jobId)]);
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
      assert.equal((await database.query("select 1 from chunks")).length, 3);
    });

    it(`adds a draft once when the connection is cut ${when} its commit arrives`, async (t) => {
      const { ledger, proxy } = await setup(t);
      const jobId = await submitJob(ledger, [aVisit()]);
      const draft = (await ledger.openDraft(jobId)) ?? 0;
      await ledger.addVisits(draft, [aVisit({ images: 2 }), aVisit()]);
      const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), when);
      const [, added] = await Promise.all([cut, ledger.addDraft(draft, jobId)]);
      assert.deepEqual(added, { kind: "added", visits: 2, images: 3, known: 0 });
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.visits, job?.images], [3, 4]);
      assert.equal((await database.query("select 1 from images where job = $1", [jobId])).length, 4);
    });

    it(`counts results once when the connection is cut ${when} their commit arrives`, async (t) => {
      const { ledger, proxy } = await setup(t);
      const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
      const { lease } = await claimNext(ledger, LEASE_MS);
      const batch = [measured(0), failed(1)];
      const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), when);
      await Promise.all([cut, rejectsInTime(() => ledger.record(lease, batch, LEASE_MS))]);
      assert.equal((await ledger.record(lease, batch, LEASE_MS)).kind, "recorded");
      const end = await ledger.record(lease, [measured(2)], LEASE_MS);
      assert.equal(end.kind === "recorded" && end.jobStatus, "failed");
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.succeeded, job?.failed, job?.failuresByCode], [2, 1, { not_found: 1 }]);
      assert.deepEqual(await database.query("select done, failed from chunks"), [{ done: 3, failed: 1 }]);
    });
  }

  it("survives a cut of every connection, idle or at work", async (t) => {
    const { ledger, proxy } = await setup(t);
    for (let cut = 0; cut < 10; cut++) {
      const calls = Array.from({ length: 12 }, () => untilBack(() => ledger.readJob(1)));
      proxy.cut();
      await Promise.all(calls);
      proxy.cut();
      // While nobody calls: the loss of an idle connection has no call to show in.
      await database.query("select 1");
    }
    await untilBack(() => ledger.readJob(1));
  });
});

describe("a PostgreSQL ledger given text that PostgreSQL cannot store", { skip }, () => {
  let database: TestDatabase;
  let ledger: Ledger;
  before(async () => {
    database = await createTestDatabase(url);
    ledger = await database.openLedger();
  });
  after(async () => {
    await ledger.close();
    await database.drop();
  });

  const NUL = "a\u0000b";
  const HALF = "a\ud800b";

  it("keeps a result whose detail has it, with a replacement character", async () => {
    const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
    const { lease } = await claimNext(ledger, LEASE_MS);
    const withDetail = (no: number, detail: string) => {
      const result = failed(no);
      return { ...result, outcome: { kind: "failed" as const, code: "not_found" as const, detail } };
    };
    await ledger.record(lease, [withDetail(0, NUL), withDetail(1, `${HALF} "quoted" \\ {}`)], LEASE_MS);
    const { rows } = await ledger.readResults(jobId, { after: -1, limit: 10, onlyFailed: false });
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      ["a\uFFFDb", 'a\uFFFDb "quoted" \\ {}'],
    );
  });

  it("accepts visits that have it, which intake refuses before, with a replacement character", async () => {
    const jobId = await submitJob(ledger, [aVisit({ storeId: NUL, visitTime: HALF, imageUrls: [`http://x/${NUL}`] })]);
    const { images } = await claimNext(ledger, LEASE_MS);
    assert.deepEqual([images[0]?.url, images[0]?.storeId], ["http://x/a\uFFFDb", "a\uFFFDb"]);
    await ledger.cancelJob(jobId);
  });

  it("finds nothing under it, and gives it back as it was asked", async () => {
    assert.deepEqual(await ledger.unknownStores([NUL, HALF, NUL]), [NUL, HALF]);
    assert.equal(await ledger.readStore(NUL), null);
    assert.deepEqual(await ledger.readStores({ area: NUL, afterId: "", limit: 5 }), []);
    assert.deepEqual(await ledger.readStores({ area: null, afterId: HALF, limit: 5 }), []);
    assert.deepEqual([...(await ledger.readVisits([NUL, HALF], { tenant: null, from: null, to: null }))], []);
  });
});
