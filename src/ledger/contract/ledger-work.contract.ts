/** The ledger's promises about claiming, recording, finishing and rescuing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aStore, aVisit, claimNext, dispatchAll, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { ChunkRef } from "../port/work-ledger.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

async function claimAll(ledger: Ledger, refs: readonly ChunkRef[]) {
  const claims = await Promise.all(refs.map((ref) => ledger.claim(ref, LEASE_MS)));
  return claims.filter((claim) => claim !== null);
}

export function describeChunkWork(withLedger: WithLedger): void {
  it("lets one claim a queued chunk and tells the second that there is nothing", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit()]);
      const [ref] = await dispatchAll(ledger);
      assert.ok(ref);
      const claims = await claimAll(ledger, [ref, ref]);
      assert.equal(claims.length, 1);
    }));

  it("claims nothing under a number that no chunk can have", () =>
    withLedger(async ({ ledger }) => {
      const ref = { jobId: await submitJob(ledger, [aVisit()]), chunk: 2 ** 40 };
      assert.equal(await ledger.claim(ref, LEASE_MS), null);
      assert.equal(await ledger.takeOver(ref, LEASE_MS), null);
    }));

  it("records results, ends the chunk with its last result and the job with its last chunk", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 101 })]);
      const [first, second] = await claimAll(ledger, await dispatchAll(ledger));
      assert.ok(first && second);
      const open = await ledger.record(
        first.lease,
        first.images.slice(1).map(({ no }) => measured(no)),
        LEASE_MS,
      );
      assert.deepEqual(open, { kind: "recorded", inserted: 99, failures: {}, chunkDone: false, jobStatus: null });
      const chunkEnd = await ledger.record(first.lease, [measured(0)], LEASE_MS);
      assert.deepEqual(chunkEnd, { kind: "recorded", inserted: 1, failures: {}, chunkDone: true, jobStatus: null });
      const jobEnd = await ledger.record(second.lease, [measured(100)], LEASE_MS);
      assert.deepEqual(jobEnd, {
        kind: "recorded",
        inserted: 1,
        failures: {},
        chunkDone: true,
        jobStatus: "completed",
      });
      const job = await ledger.readJob(jobId);
      assert.equal(job?.status, "completed");
      assert.equal(job?.succeeded, 101);
    }));

  it("ends a job as failed when one image failed, with every other result in place", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
      const { lease } = await claimNext(ledger);
      const reply = await ledger.record(lease, [measured(0), failed(1), measured(2)], LEASE_MS);
      assert.equal(reply.kind === "recorded" && reply.jobStatus, "failed");
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.succeeded, job?.failed, job?.failuresByCode], [2, 1, { not_found: 1 }]);
    }));

  it("keeps the first result of an image and does not count a second", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0, { width: 7 })], LEASE_MS);
      const again = await ledger.record(lease, [failed(0), measured(1)], LEASE_MS);
      assert.equal(again.kind === "recorded" && again.inserted, 1);
      const { rows } = await ledger.readResults(jobId, { after: -1, limit: 10, onlyFailed: false });
      assert.deepEqual(
        rows.map(({ image, width }) => [image, width]),
        [
          [0, 7],
          [1, 3],
        ],
      );
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.succeeded, job?.failed], [2, 0]);
    }));

  it("writes nothing for a lease that was taken over", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      const frozen = await claimNext(ledger);
      await passTime(LEASE_MS + 1);
      await ledger.sweep(SWEEP);
      const taker = await claimNext(ledger);
      assert.equal((await ledger.record(frozen.lease, [failed(0), failed(1)], LEASE_MS)).kind, "fenced");
      assert.deepEqual(await ledger.renew([frozen.lease, taker.lease], LEASE_MS), [frozen.lease]);
      await ledger.release(frozen.lease, "crashed");
      const reply = await ledger.record(taker.lease, [measured(0), measured(1)], LEASE_MS);
      assert.equal(reply.kind === "recorded" && reply.jobStatus, "completed");
      assert.equal((await ledger.readJob(jobId))?.failed, 0);
    }));

  it("writes nothing for a chunk that waits to be claimed again", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await passTime(LEASE_MS + 1);
      await ledger.sweep(SWEEP);
      assert.equal((await ledger.record(lease, [measured(0)], LEASE_MS)).kind, "fenced");
    }));

  it("refuses a result for an image outside the chunk", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      const { lease } = await claimNext(ledger);
      await assert.rejects(ledger.record(lease, [measured(0), measured(2)], LEASE_MS), /image 2 is not in chunk 0/);
      assert.equal((await ledger.readJob(jobId))?.succeeded, 0);
    }));

  it("claims only the images that have no result yet", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 4 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0), failed(2)], LEASE_MS);
      await ledger.release(lease, "handed-back");
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ no }) => no),
        [1, 3],
      );
    }));

  it("tells whether an image's store was known when the job was submitted", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1" })]);
      await submitJob(ledger, [aVisit({ storeId: "S1" }), aVisit({ storeId: "S2" })]);
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ storeKnown }) => storeKnown),
        [true, false],
      );
    }));

  it("cancels a job: what runs is fenced, what waits is never claimed, results stay", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 150 })]);
      const [ref, waiting] = await dispatchAll(ledger);
      assert.ok(ref && waiting);
      const claim = await ledger.claim(ref, LEASE_MS);
      assert.ok(claim);
      await ledger.record(claim.lease, [measured(0)], LEASE_MS);
      assert.equal(await ledger.cancelJob(jobId), "cancelled");
      assert.equal((await ledger.record(claim.lease, [measured(1)], LEASE_MS)).kind, "fenced");
      assert.equal(await ledger.claim(waiting, LEASE_MS), null);
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.status, job?.succeeded], ["cancelled", 1]);
    }));

  it("leaves a job that is over as it is when asked to cancel it", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      assert.equal(await ledger.cancelJob(jobId), "completed");
      assert.equal(await ledger.cancelJob(jobId + 1), null);
    }));
}

export function describeRescue(withLedger: WithLedger): void {
  it("returns a chunk whose lease ran out, and not one whose lease was renewed", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit({ images: 101 })]);
      const [lost, kept] = await claimAll(ledger, await dispatchAll(ledger));
      assert.ok(lost && kept);
      await passTime(LEASE_MS - 1);
      await ledger.renew([kept.lease], LEASE_MS);
      await passTime(2);
      assert.deepEqual(await ledger.sweep(SWEEP), { rescued: 1, split: 0, discarded: 0 });
      const { jobId, chunk } = lost.lease;
      assert.deepEqual(await dispatchAll(ledger), [{ jobId, chunk, urgent: false }]);
    }));

  it("takes a record for a sign of life, with or without results", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit({ images: 2 })]);
      const { lease } = await claimNext(ledger);
      for (const results of [[measured(0)], []]) {
        await passTime(LEASE_MS - 1);
        await ledger.record(lease, results, LEASE_MS);
      }
      await passTime(LEASE_MS - 1);
      assert.equal((await ledger.sweep(SWEEP)).rescued, 0);
    }));

  it("returns a chunk whose message was lost on its way", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit()]);
      const [ref] = await dispatchAll(ledger);
      await passTime(60_001);
      assert.deepEqual(await ledger.sweep(SWEEP), { rescued: 1, split: 0, discarded: 0 });
      assert.deepEqual(await dispatchAll(ledger), [ref]);
    }));

  it("splits a chunk that failed three times without progress into the images that have no result", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 4 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(1)], LEASE_MS);
      await ledger.release(lease, "handed-back");
      for (let attempt = 0; attempt < 3; attempt++) {
        await claimNext(ledger);
        await passTime(LEASE_MS + 1);
        await ledger.sweep(SWEEP);
      }
      const claims = await claimAll(ledger, await dispatchAll(ledger));
      assert.deepEqual(
        claims.map(({ images }) => images.map(({ no }) => no)),
        [[0], [2], [3]],
      );
      const replies = [];
      for (const claim of claims) {
        replies.push(
          await ledger.record(
            claim.lease,
            claim.images.map(({ no }) => measured(no)),
            LEASE_MS,
          ),
        );
      }
      assert.deepEqual(
        replies.map((reply) => reply.kind === "recorded" && reply.jobStatus),
        [null, null, "failed"],
      );
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.succeeded, job?.failed], [3, 1]);
    }));

  it("does not split a chunk that loses its lease again and again but has a new result each time", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit({ images: 6 })]);
      for (let no = 0; no < 5; no++) {
        const { lease } = await claimNext(ledger);
        await ledger.record(lease, [measured(no)], LEASE_MS);
        await passTime(LEASE_MS + 1);
        assert.deepEqual(await ledger.sweep(SWEEP), { rescued: 1, split: 0, discarded: 0 });
      }
    }));

  it("does not hold a calm stop against a chunk", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 4 })]);
      for (let stop = 0; stop < 10; stop++) {
        const { lease } = await claimNext(ledger);
        await ledger.release(lease, "handed-back");
      }
      assert.deepEqual(await ledger.sweep(SWEEP), { rescued: 0, split: 0, discarded: 0 });
    }));

  it("calls a single image poisoned after three deaths of its thread", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit()]);
      const verdicts: boolean[] = [];
      for (let death = 0; death < 4; death++) {
        const { lease, poisoned } = await claimNext(ledger);
        verdicts.push(poisoned);
        await ledger.release(lease, "crashed");
      }
      assert.deepEqual(verdicts, [false, false, false, true]);
    }));

  it("calls a single image poisoned only after ten lost leases", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit()]);
      const verdicts: boolean[] = [];
      for (let loss = 0; loss < 11; loss++) {
        verdicts.push((await claimNext(ledger)).poisoned);
        await passTime(LEASE_MS + 1);
        await ledger.sweep(SWEEP);
      }
      assert.deepEqual(verdicts, [...Array(10).fill(false), true]);
    }));
}
