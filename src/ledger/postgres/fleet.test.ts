/** Two ledgers on one database are two processes: what one of them does must never double, stall or hide what the other does. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { aVisit, claimNext, dispatchAll, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import type { Ledger } from "../port/ledger.ts";
import type { Claim } from "../port/work-ledger.ts";
import type { LedgerEvent } from "./postgres-ledger.ts";

const IDLE = { gpuPlaces: 0, gpuBusy: 0 };

const LEASE_MS = 60_000;
const WIDE = { windowImages: 1_000_000, windowChunks: 1_000_000 };
const { url, skip } = await findService(POSTGRESQL);

describe("two PostgreSQL ledgers on one database", { skip }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(url);
  });
  after(() => database.drop());
  beforeEach(() => database.clear());

  /** What the ledgers heal by themselves must not happen in the first place: locks are taken in one order. */
  async function twoLedgers(t: TestContext): Promise<readonly [Ledger, Ledger]> {
    const events: LedgerEvent[] = [];
    const open = () => database.openLedger((event) => events.push(event));
    const ledgers = await Promise.all([open(), open()]);
    t.after(() => assert.deepEqual(events, []));
    t.after(() => Promise.all(ledgers.map((ledger) => ledger.close())));
    return ledgers as [Ledger, Ledger];
  }

  async function claimAll(ledger: Ledger): Promise<readonly Claim[]> {
    const claims = await Promise.all((await dispatchAll(ledger)).map((ref) => ledger.claim(ref, LEASE_MS)));
    return claims.filter((claim) => claim !== null);
  }

  it("count as standstill what passed with nobody there, once, when two come at the same moment", async (t) => {
    const ledgers = await twoLedgers(t);
    const member = (id: string) => ({ id, windowImages: 1, windowChunks: 1, threads: 1 });
    const jobId = await submitJob(ledgers[0], [aVisit({ images: 2 })]);
    await ledgers[0].heartbeat(member("before"), IDLE, 1_000);
    await claimNext(ledgers[0]);
    await ledgers[1].heartbeat(member("beside"), IDLE, 1_000);
    assert.equal((await ledgers[0].readJob(jobId))?.stillMs, 0);
    await database.query("update members set alive_until = storewalk_now()");
    await database.query("update jobs set started_at = started_at - 3600000");
    await Promise.all(ledgers.map((ledger, no) => ledger.heartbeat(member(`m${no}`), IDLE, 1_000)));
    const job = await ledgers[0].readJob(jobId);
    assert.ok(job && job.stillMs >= 3_600_000 && job.stillMs < 3_700_000, String(job?.stillMs));
  });

  it("let a job grow and be retried whose end a process of the version before noted", async (t) => {
    const [ledger] = await twoLedgers(t);
    const jobId = await submitJob(ledger, [aVisit()]);
    async function endAsBefore(): Promise<void> {
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(lease.chunk)], LEASE_MS);
      await database.query("update jobs set still_since = null");
    }
    await endAsBefore();
    const draft = await ledger.openDraft(jobId);
    assert.ok(draft !== null);
    await ledger.addVisits(draft, [aVisit()]);
    assert.equal((await ledger.addDraft(draft, jobId)).kind, "added");
    await endAsBefore();
    assert.equal(await ledger.retryImages(jobId, 2, [0, 1]), 2);
  });

  it("end a job once when 40 finish at the same moment", async (t) => {
    const ledgers = await twoLedgers(t);
    for (let round = 0; round < 5; round++) {
      const jobId = await submitJob(ledgers[0], [aVisit({ images: 4_000 })]);
      const claims = await claimAll(ledgers[0]);
      assert.equal(claims.length, 40);
      const replies = await Promise.all(
        claims.map(({ lease, images }, index) =>
          ledgers[index % 2 === 0 ? 0 : 1].record(
            lease,
            images.map(({ no }) => (no === 7 ? failed(no) : measured(no))),
            LEASE_MS,
          ),
        ),
      );
      const ends = replies.filter((reply) => reply.kind === "recorded" && reply.jobStatus !== null);
      assert.deepEqual(
        ends.map((reply) => reply.kind === "recorded" && reply.jobStatus),
        ["failed"],
      );
      const job = await ledgers[1].readJob(jobId);
      assert.deepEqual([job?.status, job?.succeeded, job?.failed], ["failed", 3_999, 1]);
    }
    assert.equal((await ledgers[0].readEnds(0, 100)).length, 5);
  });

  it("give each chunk to one of them, whoever dispatches and claims", async (t) => {
    const ledgers = await twoLedgers(t);
    await submitJob(ledgers[0], [aVisit({ images: 3_000 })]);
    const refs: { jobId: number; chunk: number }[] = [];
    async function dispatchSome(ledger: Ledger): Promise<void> {
      while (refs.length < 30) refs.push(...(await ledger.dispatch({ ...WIDE, maxChunks: 3 })));
    }
    await Promise.all([...ledgers, ...ledgers].map(dispatchSome));
    assert.equal(new Set(refs.map(({ chunk }) => chunk)).size, 30);
    assert.equal(refs.length, 30);
    const claims = await Promise.all(ledgers.flatMap((ledger) => refs.map((ref) => ledger.claim(ref, LEASE_MS))));
    assert.equal(claims.filter((claim) => claim !== null).length, 30);
  });

  it("leave dispatching to the one that is at it", async (t) => {
    const [one, two] = await twoLedgers(t);
    await submitJob(one, [aVisit({ images: 300 })]);
    await database.query(
      "begin; select pg_advisory_xact_lock(hashtextextended('storewalk dispatch ' || current_schema(), 0))",
    );
    assert.deepEqual(await Promise.all([dispatchAll(one), dispatchAll(two)]), [[], []]);
    await database.query("commit");
    assert.equal((await dispatchAll(two)).length, 3);
  });

  it("never go beyond the window together", async (t) => {
    const ledgers = await twoLedgers(t);
    await submitJob(ledgers[0], [aVisit({ images: 3_000 })]);
    const limits = { windowImages: 1_000_000, windowChunks: 5, maxChunks: 5 };
    const calls = Array.from({ length: 20 }, (_, index) => ledgers[index % 2 === 0 ? 0 : 1].dispatch(limits));
    const refs = (await Promise.all(calls)).flat();
    assert.equal(refs.length, 5);
  });

  it("count a result once when the same lease writes it twice at the same moment", async (t) => {
    const ledgers = await twoLedgers(t);
    const jobId = await submitJob(ledgers[0], [aVisit({ images: 100 })]);
    const { lease, images } = await claimNext(ledgers[0], LEASE_MS);
    const half = images.slice(0, 50).map(({ no }) => measured(no));
    const replies = await Promise.all([...ledgers, ...ledgers].map((ledger) => ledger.record(lease, half, LEASE_MS)));
    const inserted = replies.map((reply) => (reply.kind === "recorded" ? reply.inserted : -1));
    assert.deepEqual(inserted.toSorted(), [0, 0, 0, 50]);
    assert.equal((await ledgers[1].readJob(jobId))?.succeeded, 50);
  });

  it("end a chunk once when the same lease writes its last results twice at the same moment", async (t) => {
    const ledgers = await twoLedgers(t);
    for (let round = 0; round < 20; round++) {
      await submitJob(ledgers[0], [aVisit({ images: 100 })]);
      const { lease, images } = await claimNext(ledgers[0], LEASE_MS);
      const all = images.map(({ no }) => measured(no));
      const replies = await Promise.all([...ledgers, ...ledgers].map((ledger) => ledger.record(lease, all, LEASE_MS)));
      assert.deepEqual(replies.map(({ kind }) => kind).toSorted(), ["fenced", "fenced", "fenced", "recorded"]);
    }
  });

  it("renew, record, sweep and cancel in each other's way without a deadlock that anybody hears of", async (t) => {
    const ledgers = await twoLedgers(t);
    const jobs = [];
    for (let job = 0; job < 6; job++) jobs.push(await submitJob(ledgers[0], [aVisit({ images: 1_000 })]));
    const claims = await claimAll(ledgers[0]);
    const leases = claims.map(({ lease }) => lease);
    const limits = { queuedMs: 60_000, preparingMs: 60_000 };
    await Promise.all([
      ...claims.map(({ lease, images }) =>
        ledgers[0].record(
          lease,
          images.map(({ no }) => measured(no)),
          LEASE_MS,
        ),
      ),
      ...[0, 1, 2, 3].map(() => ledgers[1].renew(leases.toReversed(), LEASE_MS)),
      ...[0, 1, 2, 3].map(() => ledgers[1].sweep(limits)),
      ...jobs.slice(0, 3).map((jobId) => ledgers[1].cancelJob(jobId)),
    ]);
    const ends = await ledgers[0].readEnds(0, 100);
    assert.deepEqual(
      ends.map(({ jobId }) => jobId).toSorted((a, b) => a - b),
      jobs,
    );
    const open = await database.query("select 1 from chunks where state in ('pending', 'queued', 'running')");
    assert.deepEqual(open, []);
  });

  it("cancel a job after the chunk that is being recorded, as the recorder goes on to the job", async (t) => {
    const [ledger] = await twoLedgers(t);
    const jobId = await submitJob(ledger, [aVisit()]);
    await claimNext(ledger, LEASE_MS);
    await database.query("begin; select 1 from chunks for update");
    const cancelling = ledger.cancelJob(jobId);
    await database.blocked();
    await database.query("update jobs set chunks_left = chunks_left; commit");
    assert.equal(await cancelling, "cancelled");
  });

  it("renew a lease that is being recorded at that moment", async (t) => {
    const ledgers = await twoLedgers(t);
    await submitJob(ledgers[0], [aVisit({ images: 400 })]);
    const claims = await claimAll(ledgers[0]);
    const leases = claims.map(({ lease }) => lease);
    for (let no = 0; no < 50; no++) {
      const records = claims.map(({ lease, images }) =>
        ledgers[0].record(lease, [measured(images[no]?.no ?? -1)], LEASE_MS),
      );
      const renewals = [0, 1, 2].map(() => ledgers[1].renew(leases, LEASE_MS));
      assert.deepEqual((await Promise.all(renewals)).flat(), []);
      await Promise.all(records);
    }
  });

  it("number the ends of jobs so that a reader behind the last one misses none", async (t) => {
    const ledgers = await twoLedgers(t);
    const jobs = [];
    for (let job = 0; job < 60; job++) jobs.push(await submitJob(ledgers[0], [aVisit()]));
    const claims = await claimAll(ledgers[0]);
    const seen: number[] = [];
    let after = 0;
    let writing = true;
    async function read(): Promise<void> {
      const ends = await ledgers[0].readEnds(after, 1_000);
      seen.push(...ends.map(({ jobId }) => jobId));
      after = ends.at(-1)?.no ?? after;
    }
    const waiting = [...claims];
    async function write(ledger: Ledger): Promise<void> {
      for (let claim = waiting.pop(); claim; claim = waiting.pop())
        await ledger.record(claim.lease, [measured(0)], LEASE_MS);
    }
    // A few at a time: on a busy machine the last of sixty would wait for a connection for longer than anybody may.
    const writes = Promise.all([...ledgers, ...ledgers, ...ledgers].map(write)).finally(() => {
      writing = false;
    });
    while (writing) await read();
    await writes;
    await read();
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      jobs,
    );
  });

  it("tell each other who is alive", async (t) => {
    const [one, two] = await twoLedgers(t);
    const member = { windowImages: 10, windowChunks: 2, threads: 1 };
    await Promise.all([
      one.heartbeat({ id: "a", ...member }, IDLE, 60_000),
      two.heartbeat({ id: "b", ...member }, IDLE, 60_000),
    ]);
    assert.equal((await one.readFleet()).members, 2);
    await two.leave("b");
    assert.equal((await one.readFleet()).members, 1);
  });
});
