/** The promises of `ledger.ts` as tests. Each adapter's test file runs them all against itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aStore, aVisit, claimNext, dispatchAll, failed, measured, submitJob } from "../testing/ledger-builders.ts";
import type { ChunkRef, Ledger } from "./ledger.ts";

const LEASE_MS = 1_000;

/** A ledger whose clock the test moves. */
export type LedgerUnderTest = { readonly ledger: Ledger; readonly passTime: (ms: number) => void };

export function describeLedger(name: string, open: () => Promise<LedgerUnderTest>): void {
  async function withLedger(test: (under: LedgerUnderTest) => Promise<void>): Promise<void> {
    const under = await open();
    try {
      await test(under);
    } finally {
      await under.ledger.close();
    }
  }
  describe(`${name}: intake`, () => describeIntake(withLedger));
  describe(`${name}: dispatch`, () => describeDispatch(withLedger));
  describe(`${name}: claim, record, finish`, () => describeChunkWork(withLedger));
  describe(`${name}: rescue`, () => describeRescue(withLedger));
  describe(`${name}: reading`, () => describeReading(withLedger));
  describe(`${name}: store master`, () => describeStores(withLedger));
}

type WithLedger = (test: (under: LedgerUnderTest) => Promise<void>) => Promise<void>;

function describeIntake(withLedger: WithLedger): void {
  it("shows nothing of a job before it is sealed", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await ledger.openJob({ integrity: "complete", priority: 5 });
      await ledger.addVisits(jobId, [aVisit()]);
      assert.equal(await ledger.readJob(jobId), null);
      assert.deepEqual(await dispatchAll(ledger), []);
      await ledger.sealJob(jobId);
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
    }));

  it("numbers images on across batches of visits", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await ledger.openJob({ integrity: "complete", priority: 5 });
      await ledger.addVisits(jobId, [aVisit({ images: 2 }), aVisit({ images: 3 })]);
      await ledger.addVisits(jobId, [aVisit({ images: 1, storeId: "S2" })]);
      await ledger.sealJob(jobId);
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ no }) => no),
        [0, 1, 2, 3, 4, 5],
      );
      assert.equal(images.at(-1)?.storeId, "S2");
    }));

  it("gives ids in sequence and never one twice, not even that of a discarded job", () =>
    withLedger(async ({ ledger }) => {
      const first = await submitJob(ledger, [aVisit()]);
      const discarded = await ledger.openJob({ integrity: "complete", priority: 5 });
      await ledger.addVisits(discarded, [aVisit({ images: 5 })]);
      await ledger.discardJob(discarded);
      const next = await submitJob(ledger, [aVisit()]);
      assert.ok(first < discarded && discarded < next);
      assert.equal(await ledger.readJob(discarded), null);
    }));

  it("does not discard a sealed job", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await ledger.discardJob(jobId);
      assert.equal((await ledger.readJob(jobId))?.images, 1);
    }));

  it("refuses visits for a job that is sealed or was never opened", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await assert.rejects(ledger.addVisits(jobId, [aVisit()]), /not in preparation/);
      await assert.rejects(ledger.addVisits(jobId + 1, [aVisit()]), /not in preparation/);
      await assert.rejects(ledger.sealJob(jobId), /not in preparation/);
    }));

  it("keeps URLs, store ids and times exactly as given", () =>
    withLedger(async ({ ledger }) => {
      const url = `https://photos.example/größe/"quoted"\\ and 'single'/${"x".repeat(3_000)}?a=1&b=雪`;
      const jobId = await submitJob(ledger, [aVisit({ storeId: "S 'ü\"", imageUrls: [url], visitTime: " odd " })]);
      const { images } = await claimNext(ledger);
      assert.equal(images[0]?.url, url);
      assert.equal(images[0]?.storeId, "S 'ü\"");
      assert.equal((await ledger.readJob(jobId))?.visits, 1);
    }));
}

function describeDispatch(withLedger: WithLedger): void {
  it("cuts a job into chunks of 100 to 500 images that cover it without a gap", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 250 })]);
      const refs = await dispatchAll(ledger);
      const seen: number[] = [];
      for (const ref of refs) seen.push(...((await ledger.claim(ref, LEASE_MS))?.images.map(({ no }) => no) ?? []));
      assert.equal(refs.length, 3);
      assert.deepEqual(
        seen,
        Array.from({ length: 250 }, (_, no) => no),
      );
    }));

  it("gives each chunk out once", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 250 })]);
      assert.equal((await dispatchAll(ledger)).length, 3);
      assert.deepEqual(await dispatchAll(ledger), []);
    }));

  it("serves the job with the fewest images in flight, not the oldest", () =>
    withLedger(async ({ ledger }) => {
      const large = await submitJob(ledger, [aVisit({ images: 1_000 })]);
      await ledger.dispatch({ windowImages: 1_000_000, maxChunks: 2 });
      const small = await submitJob(ledger, [aVisit({ images: 10 })]);
      const refs = await ledger.dispatch({ windowImages: 1_000_000, maxChunks: 2 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [small, large],
      );
    }));

  it("serves the higher priority first", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 200 })], { priority: 5 });
      const urgent = await submitJob(ledger, [aVisit({ images: 200 })], { priority: 9 });
      const refs = await ledger.dispatch({ windowImages: 1_000_000, maxChunks: 2 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [urgent, urgent],
      );
    }));

  it("stops at the window, save for one chunk of a job that has nothing in flight", () =>
    withLedger(async ({ ledger }) => {
      const limits = { windowImages: 150, maxChunks: 100 };
      await submitJob(ledger, [aVisit({ images: 1_000 })]);
      assert.equal((await ledger.dispatch(limits)).length, 2);
      const small = await submitJob(ledger, [aVisit({ images: 10 })]);
      assert.deepEqual(
        (await ledger.dispatch(limits)).map(({ jobId }) => jobId),
        [small],
      );
      assert.deepEqual(await ledger.dispatch(limits), []);
    }));

  it("never goes beyond twice the window and one chunk, however many jobs wait", () =>
    withLedger(async ({ ledger }) => {
      for (let job = 0; job < 10; job++) await submitJob(ledger, [aVisit({ images: 100 })]);
      const refs = await ledger.dispatch({ windowImages: 200, maxChunks: 100 });
      assert.equal(refs.length, 4);
    }));
}

async function claimAll(ledger: Ledger, refs: readonly ChunkRef[]) {
  const claims = await Promise.all(refs.map((ref) => ledger.claim(ref, LEASE_MS)));
  return claims.filter((claim) => claim !== null);
}

function describeChunkWork(withLedger: WithLedger): void {
  it("lets one claim a queued chunk and tells the second that there is nothing", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit()]);
      const [ref] = await dispatchAll(ledger);
      assert.ok(ref);
      const claims = await claimAll(ledger, [ref, ref]);
      assert.equal(claims.length, 1);
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
      assert.deepEqual(open, { kind: "recorded", inserted: 99, chunkDone: false, jobStatus: null });
      const chunkEnd = await ledger.record(first.lease, [measured(0)], LEASE_MS);
      assert.deepEqual(chunkEnd, { kind: "recorded", inserted: 1, chunkDone: true, jobStatus: null });
      const jobEnd = await ledger.record(second.lease, [measured(100)], LEASE_MS);
      assert.deepEqual(jobEnd, { kind: "recorded", inserted: 1, chunkDone: true, jobStatus: "completed" });
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
      passTime(LEASE_MS + 1);
      await ledger.sweep(60_000);
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
      passTime(LEASE_MS + 1);
      await ledger.sweep(60_000);
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

function describeRescue(withLedger: WithLedger): void {
  it("returns a chunk whose lease ran out, and not one whose lease was renewed", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit({ images: 101 })]);
      const [lost, kept] = await claimAll(ledger, await dispatchAll(ledger));
      assert.ok(lost && kept);
      passTime(LEASE_MS - 1);
      await ledger.renew([kept.lease], LEASE_MS);
      passTime(2);
      assert.deepEqual(await ledger.sweep(60_000), { rescued: 1, split: 0 });
      assert.deepEqual(await dispatchAll(ledger), [{ jobId: lost.lease.jobId, chunk: lost.lease.chunk }]);
    }));

  it("returns a chunk whose message was lost on its way", () =>
    withLedger(async ({ ledger, passTime }) => {
      await submitJob(ledger, [aVisit()]);
      const [ref] = await dispatchAll(ledger);
      passTime(60_001);
      assert.deepEqual(await ledger.sweep(60_000), { rescued: 1, split: 0 });
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
        passTime(LEASE_MS + 1);
        await ledger.sweep(60_000);
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

  it("does not hold a calm stop against a chunk", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 4 })]);
      for (let stop = 0; stop < 10; stop++) {
        const { lease } = await claimNext(ledger);
        await ledger.release(lease, "handed-back");
      }
      assert.deepEqual(await ledger.sweep(60_000), { rescued: 0, split: 0 });
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
        passTime(LEASE_MS + 1);
        await ledger.sweep(60_000);
      }
      assert.deepEqual(verdicts, [...Array(10).fill(false), true]);
    }));

  it("recovers what a dead process left: leases and queue places are void, unsealed jobs are gone", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 101 })]);
      const [ref] = await dispatchAll(ledger);
      assert.ok(ref);
      const dead = await ledger.claim(ref, LEASE_MS);
      assert.ok(dead);
      const unsealed = await ledger.openJob({ integrity: "complete", priority: 5 });
      await ledger.addVisits(unsealed, [aVisit({ images: 7 })]);
      await ledger.recover();
      assert.equal((await dispatchAll(ledger)).length, 2);
      assert.equal((await ledger.record(dead.lease, [measured(0)], LEASE_MS)).kind, "fenced");
      await assert.rejects(ledger.addVisits(unsealed, [aVisit()]), /not in preparation/);
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
    }));
}

function describeReading(withLedger: WithLedger): void {
  it("knows no job that was never submitted", () =>
    withLedger(async ({ ledger }) => {
      assert.equal(await ledger.readJob(1), null);
      assert.equal(await ledger.readJob(Number.MAX_SAFE_INTEGER), null);
    }));

  it("lists the jobs that are not over", () =>
    withLedger(async ({ ledger }) => {
      const over = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      const ongoing = await submitJob(ledger, [aVisit()]);
      await ledger.openJob({ integrity: "complete", priority: 5 });
      assert.notEqual(over, ongoing);
      assert.deepEqual(await ledger.readUnfinished(), [ongoing]);
    }));

  it("reads results page by page in image order, all or failed only", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 5 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(4), failed(3), measured(2), failed(1, "timeout"), measured(0)], LEASE_MS);
      const page = await ledger.readResults(jobId, { after: 0, limit: 2, onlyFailed: false });
      assert.deepEqual(
        page.rows.map(({ image }) => image),
        [1, 2],
      );
      assert.equal(page.next, 2);
      const rest = await ledger.readResults(jobId, { after: 2, limit: 3, onlyFailed: false });
      assert.deepEqual([rest.rows.length, rest.next], [2, null]);
      const bad = await ledger.readResults(jobId, { after: -1, limit: 10, onlyFailed: true });
      assert.deepEqual(
        bad.rows.map(({ image, code }) => [image, code]),
        [
          [1, "timeout"],
          [3, "not_found"],
        ],
      );
    }));

  it("gives a result with everything a report needs", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ storeId: "S9" })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0, { width: 3, height: 4 })], LEASE_MS);
      const { rows } = await ledger.readResults(jobId, { after: -1, limit: 1, onlyFailed: false });
      assert.deepEqual(rows[0], {
        jobId,
        image: 0,
        visit: 0,
        storeId: "S9",
        imageUrl: "http://photos.example/0.jpg",
        outcome: "measured",
        width: 3,
        height: 4,
        perimeter: 14,
        format: "jpeg",
        bytes: 100,
        code: null,
        detail: null,
        attempts: 1,
        finishedAt: 5,
      });
    }));

  it("groups failures by store and code in visit order, page by page", () =>
    withLedger(async ({ ledger }) => {
      const visits = [aVisit({ storeId: "B", images: 2 }), aVisit({ storeId: "A" }), aVisit({ storeId: "B" })];
      const jobId = await submitJob(ledger, visits);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0), failed(1), failed(2, "timeout"), failed(3)], LEASE_MS);
      const all = await ledger.readFailures(jobId, { after: -1, limit: 10 });
      assert.deepEqual(all.rows, [
        { storeId: "B", code: "not_found", images: 3 },
        { storeId: "A", code: "timeout", images: 1 },
      ]);
      assert.equal(all.next, null);
      const page = await ledger.readFailures(jobId, { after: -1, limit: 3 });
      assert.equal(page.next, 2);
      const rest = await ledger.readFailures(jobId, { after: 2, limit: 3 });
      assert.deepEqual(rest, { rows: [{ storeId: "B", code: "not_found", images: 1 }], next: null });
    }));

  it("sums perimeters of measured images by store and visit date, within dates", () =>
    withLedger(async ({ ledger }) => {
      const visits = [
        aVisit({ storeId: "A", images: 2, visitDate: "2024-05-01" }),
        aVisit({ storeId: "A", images: 2, visitDate: "2024-05-02" }),
        aVisit({ storeId: "A", images: 1, visitDate: "2024-05-01" }),
        aVisit({ storeId: "B", images: 1, visitDate: null, visitTime: "spring" }),
      ];
      await submitJob(ledger, visits);
      const { lease } = await claimNext(ledger);
      await ledger.record(
        lease,
        [0, 1, 2, 4, 5].map((no) => measured(no)),
        LEASE_MS,
      );
      await ledger.record(lease, [failed(3)], LEASE_MS);
      const all = await ledger.readVisits(["A", "B", "C"], { from: null, to: null });
      assert.deepEqual(
        [...all],
        [
          [
            "A",
            [
              { date: "2024-05-01", perimeter: 42 },
              { date: "2024-05-02", perimeter: 14 },
            ],
          ],
          ["B", [{ date: "spring", perimeter: 14 }]],
        ],
      );
      const may = await ledger.readVisits(["A", "B"], { from: "2024-05-02", to: "2024-05-31" });
      assert.deepEqual([...may], [["A", [{ date: "2024-05-02", perimeter: 14 }]]]);
    }));
}

function describeStores(withLedger: WithLedger): void {
  it("adds new stores, replaces changed ones and leaves the others", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "A" }), aStore({ id: "B" }), aStore({ id: "C" })]);
      const report = await ledger.importStores([
        aStore({ id: "A" }),
        aStore({ id: "B", name: "New" }),
        aStore({ id: "D" }),
      ]);
      assert.deepEqual(report, { added: 1, changed: 1, unchanged: 1 });
      assert.equal(await ledger.countStores(), 4);
      assert.equal((await ledger.readStore("B"))?.name, "New");
    }));

  it("lists unknown stores once each, in the order asked", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "A" })]);
      assert.deepEqual(await ledger.unknownStores(["Z", "A", "B", "Z"]), ["Z", "B"]);
    }));

  it("reads stores by area, page by page", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([
        aStore({ id: "A", area: "1" }),
        aStore({ id: "B", area: "2" }),
        aStore({ id: "C", area: "1" }),
      ]);
      assert.deepEqual(
        (await ledger.readStores({ area: "1", afterId: "A", limit: 5 })).map(({ id }) => id),
        ["C"],
      );
      assert.deepEqual(
        (await ledger.readStores({ area: null, afterId: "", limit: 2 })).map(({ id }) => id),
        ["A", "B"],
      );
      assert.equal(await ledger.readStore("X"), null);
    }));
}
