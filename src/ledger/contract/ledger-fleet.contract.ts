/** The ledger's promises to a fleet of processes: who is alive, taking over, one end a job, retention. */
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  aVisit,
  claimNext,
  dispatchAll,
  failed,
  jobOptions,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import type { Member } from "../port/fleet-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

const IDLE = { gpuPlaces: 0, gpuBusy: 0 };

const NO_FLEET = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, ...IDLE };

function aMember(member: Partial<Member> = {}): Member {
  return { id: "m1", windowImages: 100, windowChunks: 4, threads: 2, ...member };
}

async function aFinishedJob(ledger: Ledger): Promise<number> {
  const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0), failed(1), measured(2)], LEASE_MS);
  return jobId;
}

/** Prunes until there is nothing left to remove; returns the jobs that are gone. */
async function pruneAll(ledger: Ledger, keepMs: number): Promise<readonly number[]> {
  const gone: number[] = [];
  for (;;) {
    const { removed, more } = await ledger.prune(keepMs);
    if (removed !== null) gone.push(removed);
    if (!more) return gone;
  }
}

export function describeFleet(withLedger: WithLedger): void {
  it("sums what its living members can have in flight", () =>
    withLedger(async ({ ledger, passTime }) => {
      assert.deepEqual(await ledger.readFleet(), NO_FLEET);
      await ledger.heartbeat(aMember({ id: "a" }), IDLE, 1_000);
      await passTime(600);
      await ledger.heartbeat(aMember({ id: "b", windowImages: 50, threads: 1 }), IDLE, 1_000);
      assert.deepEqual(await ledger.readFleet(), {
        members: 2,
        windowImages: 150,
        windowChunks: 8,
        threads: 3,
        ...IDLE,
      });
      await passTime(600);
      assert.deepEqual(await ledger.readFleet(), {
        members: 1,
        windowImages: 50,
        windowChunks: 4,
        threads: 1,
        ...IDLE,
      });
      await ledger.heartbeat(aMember({ id: "b", windowImages: 70 }), IDLE, 1_000);
      assert.equal((await ledger.readFleet()).windowImages, 70);
      await ledger.leave("b");
      assert.deepEqual(await ledger.readFleet(), NO_FLEET);
    }));

  it("lets a chunk that runs be taken over, which ends the lease before", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 2 })]);
      const lost = await claimNext(ledger);
      await ledger.record(lost.lease, [measured(0)], LEASE_MS);
      assert.equal(await ledger.claim(lost.lease, LEASE_MS), null);
      const taker = await ledger.takeOver(lost.lease, LEASE_MS);
      assert.deepEqual(
        taker?.images.map(({ no }) => no),
        [1],
      );
      assert.ok(taker && taker.lease.token > lost.lease.token);
      assert.equal((await ledger.record(lost.lease, [measured(1)], LEASE_MS)).kind, "fenced");
    }));

  it("takes over a chunk that waits in the queue, and none that is done or pending", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      assert.equal(await ledger.takeOver({ jobId, chunk: 0 }, LEASE_MS), null);
      await dispatchAll(ledger);
      const claim = await ledger.takeOver({ jobId, chunk: 0 }, LEASE_MS);
      assert.ok(claim);
      await ledger.record(claim.lease, [measured(0)], LEASE_MS);
      assert.equal(await ledger.takeOver({ jobId, chunk: 0 }, LEASE_MS), null);
    }));

  it("says how many of the new results failed, by code", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 4 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0, "timeout")], LEASE_MS);
      const reply = await ledger.record(lease, [failed(0), failed(1), failed(2, "timeout"), measured(3)], LEASE_MS);
      assert.deepEqual(reply.kind === "recorded" && reply.failures, { not_found: 1, timeout: 1 });
    }));

  it("notes the end of each job once, in the order of their ends", () =>
    withLedger(async ({ ledger }) => {
      const first = await submitJob(ledger, [aVisit()]);
      const second = await aFinishedJobAfter(ledger, first);
      await ledger.cancelJob(first);
      await ledger.cancelJob(first);
      const ends = await ledger.readEnds(0, 10);
      assert.deepEqual(
        ends.map(({ jobId, status }) => [jobId, status]),
        [
          [second, "failed"],
          [first, "cancelled"],
        ],
      );
      assert.equal(ends[1]?.endedAt, (await ledger.readJob(first))?.finishedAt);
      assert.deepEqual(await ledger.readEnds(ends[0]?.no ?? 0, 10), ends.slice(1));
      assert.equal(await ledger.readLastEnd(), ends.at(-1)?.no);
      assert.equal((await ledger.readEnds(0, 1)).length, 1);
    }));

  it("tells the work that is not done yet", () =>
    withLedger(async ({ ledger, passTime }) => {
      const idle = { jobs: 0, images: 0, chunks: { pending: 0, queued: 0, running: 0 }, oldestQueuedMs: 0 };
      await aFinishedJob(ledger);
      assert.deepEqual(await ledger.readBacklog(null), idle);
      await submitJob(ledger, [aVisit({ images: 250 })]);
      const [ref] = await ledger.dispatch({ windowImages: 1_000, windowChunks: 2, maxChunks: 2 });
      assert.ok(ref);
      const claim = await ledger.claim(ref, LEASE_MS);
      assert.ok(claim);
      await ledger.record(claim.lease, [measured(0)], LEASE_MS);
      await passTime(5_000);
      const chunks = { pending: 1, queued: 1, running: 1 };
      assert.deepEqual(await ledger.readBacklog(null), { jobs: 1, images: 249, chunks, oldestQueuedMs: 5_000 });
    }));
}

/** Finishes a job while `other`'s only chunk is in the queue. */
async function aFinishedJobAfter(ledger: Ledger, other: number): Promise<number> {
  const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
  const refs = await dispatchAll(ledger);
  const ref = refs.find((candidate) => candidate.jobId !== other);
  const claim = ref ? await ledger.claim(ref, LEASE_MS) : null;
  assert.ok(claim);
  await ledger.record(claim.lease, [measured(0), failed(1)], LEASE_MS);
  return jobId;
}

export function describeRetention(withLedger: WithLedger): void {
  it("discards a job in preparation that nobody touched for long enough, and no other", () =>
    withLedger(async ({ ledger, passTime }) => {
      const left = await ledger.openJob(jobOptions());
      await ledger.addVisits(left, [aVisit({ images: 7 })]);
      const slow = await ledger.openJob(jobOptions());
      await passTime(SWEEP.preparingMs - 1);
      await ledger.addVisits(slow, [aVisit()]);
      await passTime(2);
      assert.deepEqual(await ledger.sweep(SWEEP), { rescued: 0, split: 0, discarded: 1 });
      await assert.rejects(ledger.addVisits(left, [aVisit()]), /not in preparation/);
      await ledger.sealJob(slow);
      assert.equal((await ledger.readJob(slow))?.images, 1);
    }));

  it("removes jobs that ended long enough ago, oldest first, and everything of them", () =>
    withLedger(async ({ ledger, passTime }) => {
      const first = await aFinishedJob(ledger);
      await passTime(1_000);
      const second = await aFinishedJob(ledger);
      await passTime(1_000);
      const kept = await aFinishedJob(ledger);
      const running = await submitJob(ledger, [aVisit()]);
      assert.deepEqual(await pruneAll(ledger, 500), [first, second]);
      assert.equal(await ledger.readJob(first), null);
      const page = { after: -1, limit: 10 };
      assert.deepEqual((await ledger.readResults(first, { ...page, onlyFailed: false })).rows, []);
      assert.deepEqual((await ledger.readFailures(second, page)).rows, []);
      assert.deepEqual(
        (await ledger.readEnds(0, 10)).map(({ jobId }) => jobId),
        [kept],
      );
      const sums = await ledger.readVisits(["S1"], { tenant: null, from: null, to: null });
      assert.deepEqual([...sums.values()].flat(), [{ date: "2024-05-01", perimeter: 28 }]);
      assert.equal((await ledger.readJob(kept))?.images, 3);
      assert.equal((await ledger.readJob(running))?.status, "ongoing");
    }));

  it("hides a large job from the first step of its removal, and gives its number to no other", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 60_000 })]);
      await ledger.cancelJob(jobId);
      const first = await ledger.prune(0);
      assert.deepEqual(first, { removed: null, more: true });
      assert.equal(await ledger.readJob(jobId), null);
      assert.equal(await ledger.cancelJob(jobId), null);
      assert.deepEqual(await pruneAll(ledger, Number.MAX_SAFE_INTEGER / 2), [jobId]);
      assert.ok((await submitJob(ledger, [aVisit()])) > jobId);
    }));
}
