/** Another process stands still in the middle of a transaction: what may go round it does, what must come after it waits. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { aJobWithFlags, aReuse, BY_ANNA } from "../../testing/flagged-images.ts";
import {
  aSchedule,
  aVisit,
  claimNext,
  dispatchAll,
  jobOptions,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import type { Ledger } from "../port/ledger.ts";
import type { SweepLimits } from "../port/work-ledger.ts";

const IDLE = { gpuPlaces: 0, gpuBusy: 0 };

const LEASE_MS = 60_000;
const SWEEP: SweepLimits = { queuedMs: 60_000, preparingMs: 60_000 };
const MEMBER = { windowImages: 10, windowChunks: 2, threads: 1 };
const { url, skip } = await findService(POSTGRESQL);

describe("a PostgreSQL ledger beside a transaction that stands still", { skip }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(url);
  });
  after(() => database.drop());
  beforeEach(() => database.clear());

  async function setup(t: TestContext): Promise<Ledger> {
    const ledger = await database.openLedger();
    t.after(() => ledger.close());
    return ledger;
  }

  /** Runs `act` while these rows are somebody else's. One that waits for them is rejected by the session's lock_timeout. */
  async function beside<T>(held: string, act: () => Promise<T>): Promise<T> {
    await database.query(`begin; ${held}`);
    return await act().finally(() => database.query("commit"));
  }

  /** Runs `act` while this lock is somebody else's, and `act` must wait for it. */
  async function behind<T>(held: string, act: () => Promise<T>): Promise<T> {
    await database.query(`begin; ${held}`);
    const acting = act();
    const first = await Promise.race([database.blocked(), acting.then(() => "done")]).finally(() =>
      database.query("commit"),
    );
    assert.notEqual(first, "done", "it must wait");
    return await acting;
  }

  const advisory = (what: string) =>
    `select pg_advisory_xact_lock(hashtextextended('storewalk ${what} ' || current_schema(), 0))`;

  it("cancels jobs while rows are added to one, and adds nothing to that when it was cancelled meanwhile", async (t) => {
    const ledger = await setup(t);
    const [jobId, other] = [await submitJob(ledger, [aVisit()]), await submitJob(ledger, [aVisit()])];
    const draft = (await ledger.openDraft(jobId)) ?? 0;
    await ledger.addVisits(draft, [aVisit({ images: 2 })]);
    await database.query("begin; lock table upload_uses");
    const adding = ledger.addDraft(draft, jobId);
    try {
      await database.blocked();
      await Promise.all([ledger.cancelJob(jobId), ledger.cancelJob(other)]);
    } finally {
      await database.query("commit");
    }
    assert.deepEqual(await adding, { kind: "closed" });
    assert.deepEqual(await database.query("select no from images where job = $1", [jobId]), [{ no: 0 }]);
  });

  it("leaves the key of a request free whose job is discarded while it is sealed", async (t) => {
    const ledger = await setup(t);
    const request = { key: "k", holder: "h", fingerprint: "f" };
    await ledger.beginRequest(request, LEASE_MS);
    const jobId = await ledger.openJob(jobOptions());
    await ledger.addVisits(jobId, [aVisit()]);
    const discarding = `update jobs set pruned_at = 1 where id = ${jobId}`;
    await assert.rejects(
      behind(discarding, () => ledger.sealJob(jobId, request)),
      /not in preparation/,
    );
    assert.deepEqual(await database.query("select job from idempotency"), [{ job: null }]);
  });

  it("announces nothing to an endpoint that goes at this moment", async (t) => {
    const ledger = await setup(t);
    const hook = { tenant: "default", url: "https://a.example/hook", events: ["job.completed"], description: "" };
    const { id } = await ledger.addEndpoint({ ...hook, secret: "whsec_one" });
    await submitJob(ledger, [aVisit()]);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [measured(0)], LEASE_MS);
    const end = (await ledger.readUnannounced(100)).at(-1);
    assert.ok(end);
    const removing = `delete from webhook_endpoints where id = ${id}`;
    await behind(removing, () => ledger.announceEnd(end, "job.completed", "{}"));
    assert.deepEqual(await database.query("select no from webhook_deliveries"), []);
  });

  it("takes no key of a bucket from the attempt at a run that came later", async (t) => {
    const ledger = await setup(t);
    await ledger.addSchedule(aSchedule({ dueAt: 1 }));
    const run = await ledger.takeDueSchedule(LEASE_MS);
    assert.ok(run);
    const key = "a".repeat(32);
    await ledger.noteNewKeys(run, [key]);
    const later = `update schedule_keys set token = ${run.token + 1}`;
    assert.deepEqual(await behind(later, () => ledger.noteNewKeys(run, [key])), []);
    assert.deepEqual(await database.query("select cast(token as integer) as token from schedule_keys"), [
      { token: run.token + 1 },
    ]);
  });

  it("queues the chunks that nobody holds", async (t) => {
    const ledger = await setup(t);
    await submitJob(ledger, [aVisit({ images: 300 })]);
    const refs = await beside("select 1 from chunks where no = 1 for update", () => dispatchAll(ledger));
    assert.deepEqual(
      refs.map(({ chunk }) => chunk),
      [0, 2],
    );
  });

  it("does not rescue a chunk that is being recorded, nor split it", async (t) => {
    const ledger = await setup(t);
    await submitJob(ledger, [aVisit({ images: 4 })]);
    for (let attempt = 0; attempt < 3; attempt++) {
      await claimNext(ledger, 0);
      const report = await beside("select 1 from chunks for update", () => ledger.sweep(SWEEP));
      assert.deepEqual([report.rescued, report.split], [0, 0]);
      await database.query("update chunks set state = 'pending', lease_until = null");
    }
    const report = await beside("select 1 from chunks for update", () => ledger.sweep(SWEEP));
    assert.equal(report.split, 0);
    assert.equal((await ledger.sweep(SWEEP)).split, 1);
  });

  it("says that it is alive while others forget the same dead member", async (t) => {
    const ledger = await setup(t);
    await ledger.heartbeat({ id: "dead", ...MEMBER }, IDLE, 0);
    await beside("select 1 from members for update", () =>
      ledger.heartbeat({ id: "alive", ...MEMBER }, IDLE, LEASE_MS),
    );
    assert.equal((await ledger.readFleet()).members, 1);
  });

  it("leaves a job's removal to the one that is at it", async (t) => {
    const ledger = await setup(t);
    await ledger.cancelJob(await submitJob(ledger, [aVisit()]));
    const step = await beside("select 1 from jobs for update", () => ledger.prune(0));
    assert.deepEqual(step, { removed: null, more: false });
  });

  it("goes on at once with a removal that a process began and left", async (t) => {
    const ledger = await setup(t);
    const ended = await submitJob(ledger, [aVisit({ images: 3 })]);
    await ledger.cancelJob(ended);
    await ledger.addVisits(await ledger.openJob(jobOptions()), [aVisit({ images: 3 })]);
    await database.query("update jobs set pruned_at = storewalk_now()");
    assert.equal((await ledger.sweep(SWEEP)).discarded, 1);
    assert.deepEqual(await ledger.prune(LEASE_MS), { removed: ended, more: true });
    assert.deepEqual(await database.query("select job from images union all select id from jobs"), []);
  });

  it("claims, renews and records other chunks of the same job", async (t) => {
    const ledger = await setup(t);
    await submitJob(ledger, [aVisit({ images: 200 })]);
    await dispatchAll(ledger);
    // As the process does that ends the job's first chunk: it holds the chunk, and the job's row until its commit.
    const first = await ledger.claim({ jobId: await onlyJob(), chunk: 0 }, LEASE_MS);
    assert.ok(first);
    await beside("select 1 from chunks where no = 0 for update; select 1 from jobs for update", async () => {
      const claim = await ledger.claim({ jobId: first.lease.jobId, chunk: 1 }, LEASE_MS);
      assert.ok(claim);
      const reply = await ledger.record(claim.lease, [measured(100)], LEASE_MS);
      assert.equal(reply.kind, "recorded");
      assert.deepEqual(await ledger.renew([claim.lease], LEASE_MS), []);
    });
  });

  async function onlyJob(): Promise<number> {
    const [row] = await database.query("select id::float8 from jobs");
    return Number(row?.id);
  }

  it("ends a job behind the one whose number is not readable yet", async (t) => {
    const ledger = await setup(t);
    const jobId = await submitJob(ledger, [aVisit()]);
    const { lease } = await claimNext(ledger, LEASE_MS);
    const reply = await behind(advisory("job ends"), () => ledger.record(lease, [measured(0)], LEASE_MS));
    assert.equal(reply.kind === "recorded" && reply.jobStatus, "completed");
    const other = await submitJob(ledger, [aVisit()]);
    assert.equal(await behind(advisory("job ends"), () => ledger.cancelJob(other)), "cancelled");
    assert.deepEqual(
      (await ledger.readEnds(0, 10)).map((end) => end.jobId),
      [jobId, other],
    );
  });

  for (const [what, act, flaggedAfter] of [
    ["decision", (ledger, jobId) => ledger.decideReviews([{ jobId, image: 0 }], { state: "dismissed", ...BY_ANNA }), 2],
    [
      "look for photos used again",
      (ledger, jobId) => ledger.addReuses([aReuse({ jobId, image: 3 }, { jobId, image: 1 })]),
      4,
    ],
  ] as const satisfies readonly (readonly [string, (ledger: Ledger, jobId: number) => Promise<unknown>, number])[]) {
    it(`takes a job out of the sums, and puts it back, behind a ${what} that changes its flags`, async (t) => {
      const ledger = await setup(t);
      const jobId = await aJobWithFlags(ledger);
      const flagged = async () => {
        while ((await ledger.addUpSums()).more);
        const [row] = await database.query(
          "select coalesce(sum(flagged), 0)::integer as flagged from sums where dimension = 'all' and grain = 'month'",
        );
        return row?.flagged;
      };
      assert.equal(await flagged(), 3);
      // What it does last of all is held, so that its transaction is open with the flags changed.
      await database.query("begin; lock table flag_counts in exclusive mode");
      const acting = act(ledger, jobId);
      await database.blocked();
      let isDeleted = false;
      const deleting = ledger.deleteJob(jobId, LEASE_MS).finally(() => {
        isDeleted = true;
      });
      while (!isDeleted && (await database.blocked()).length < 2);
      await database.query("commit");
      const [, deleted] = await Promise.all([acting, deleting]);
      assert.equal(deleted?.kind, "deleted");
      assert.equal(await flagged(), 0);
      await ledger.restoreJob(jobId, null);
      assert.equal(await flagged(), flaggedAfter);
    });
  }

  it("keeps no print and no pair of a job that is being removed meanwhile: nobody would take them away", async (t) => {
    const ledger = await setup(t);
    const other = await submitJob(ledger, [aVisit()]);
    const jobId = await submitJob(ledger, [aVisit()]);
    await ledger.cancelJob(jobId);
    // The removal stands still after it took the job's prints and pairs away.
    await database.query("begin; lock table visits in exclusive mode");
    const removing = ledger.prune(0);
    await database.blocked();
    let kept = 0;
    const print = { image: 0, digest: "aa".repeat(32), sketch: null, entries: [], restsOn: null, taken: null };
    const keeping = [
      ledger.keepPrints(jobId, [print]),
      ledger.addReuses([aReuse({ jobId, image: 0 }, { jobId: other, image: 0 })]),
    ].map((call) =>
      call.finally(() => {
        kept += 1;
      }),
    );
    while (kept === 0 && (await database.blocked()).length < 3);
    await database.query("commit");
    await Promise.all([removing, ...keeping]);
    while ((await ledger.prune(0)).more);
    assert.deepEqual(await database.query("select job from prints union all select job from reuses"), []);
  });

  it("cancels a job behind a sweep, which may be adding chunks to it, and sweeps behind a cancellation", async (t) => {
    const ledger = await setup(t);
    const jobId = await submitJob(ledger, [aVisit()]);
    assert.equal((await behind(advisory("job shapes"), () => ledger.sweep(SWEEP))).split, 0);
    assert.equal(await behind(advisory("job shapes"), () => ledger.cancelJob(jobId)), "cancelled");
  });
});
