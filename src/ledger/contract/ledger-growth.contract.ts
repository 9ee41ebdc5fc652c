/** The ledger's promises about jobs that grow. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { NO_LABELS } from "../../domain/labels.ts";
import type { NewVisit } from "../../domain/visit.ts";
import {
  aStore,
  aVisit,
  claimNext,
  dispatchAll,
  failed,
  jobOptions,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

const ALL = { after: -1, limit: 1_000 } as const;

const named = (externalId: string, images: number): NewVisit =>
  aVisit({
    labels: { externalId, metadata: { agent: "Ann" } },
    imageUrls: Array.from({ length: images }, (_, no) => `http://late.example/${externalId}/${no}`),
  });

async function grow(ledger: Ledger, jobId: number, visits: readonly NewVisit[]) {
  const draft = await ledger.openDraft(jobId);
  assert.ok(draft !== null);
  for (const visit of visits) await ledger.addVisits(draft, [visit]);
  const added = await ledger.addDraft(draft, jobId);
  await ledger.discardJob(draft);
  return added;
}

/** Claims and records until there is no more to do; the images in their order. */
async function runAll(ledger: Ledger, resultOf = (no: number) => measured(no)) {
  const images: { no: number; url: string }[] = [];
  for (const ref of await dispatchAll(ledger)) {
    const claim = await ledger.claim(ref, LEASE_MS);
    if (!claim) continue;
    images.push(...claim.images.map(({ no, url }) => ({ no, url })));
    await ledger.record(
      claim.lease,
      claim.images.map(({ no }) => resultOf(no)),
      LEASE_MS,
    );
  }
  return images.sort((a, b) => a.no - b.no);
}

async function standing(ledger: Ledger, jobId: number) {
  const job = await ledger.readJob(jobId);
  return job && [job.status, job.run, job.visits, job.images, job.succeeded, job.failed];
}

export function describeGrowth(withLedger: WithLedger): void {
  it("adds visits to a job that is under way, and ends it when all of its images have results", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 150 })]);
      const { lease, images } = await claimNext(ledger);
      assert.deepEqual(await grow(ledger, jobId, [named("a", 130), named("b", 2)]), {
        kind: "added",
        visits: 2,
        images: 132,
        known: 0,
      });
      const first = images.map(({ no }) => measured(no));
      const reply = await ledger.record(lease, first, LEASE_MS);
      assert.deepEqual([reply.kind, reply.kind === "recorded" && reply.jobStatus], ["recorded", null]);
      assert.deepEqual(await standing(ledger, jobId), ["ongoing", 1, 3, 282, 100, 0]);
      const rest = await runAll(ledger);
      assert.deepEqual(
        rest.map(({ no }) => no),
        Array.from({ length: 182 }, (_, at) => at + 100),
      );
      assert.equal(rest.find(({ no }) => no === 280)?.url, "http://late.example/b/0");
      assert.deepEqual(await standing(ledger, jobId), ["completed", 1, 3, 282, 282, 0]);
      const { rows } = await ledger.readVisitRows(jobId, { storeId: null }, ALL);
      assert.deepEqual(
        rows.map(({ visit, labels, images: size, succeeded }) => [visit, labels.externalId, size, succeeded]),
        [
          [0, null, 150, 150],
          [1, "a", 130, 130],
          [2, "b", 2, 2],
        ],
      );
      assert.equal((await ledger.readEnds(0, 10)).length, 1);
    }));

  it("opens a job that ended again, as its next run, and ends it a second time", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      await runAll(ledger, (no) => (no === 0 ? failed(no) : measured(no)));
      await grow(ledger, jobId, [named("a", 1)]);
      assert.deepEqual(await standing(ledger, jobId), ["ongoing", 2, 2, 3, 1, 1]);
      assert.equal((await ledger.readJob(jobId))?.finishedAt, null);
      assert.deepEqual(
        (await runAll(ledger)).map(({ no }) => no),
        [2],
      );
      assert.deepEqual(await standing(ledger, jobId), ["failed", 2, 2, 3, 2, 1]);
      assert.deepEqual(
        (await ledger.readEnds(0, 10)).map(({ jobId: id, status }) => [id, status]),
        [
          [jobId, "failed"],
          [jobId, "failed"],
        ],
      );
      assert.equal(await ledger.retryImages(jobId, 2, [0, 2]), 1);
      await runAll(ledger);
      assert.deepEqual(await standing(ledger, jobId), ["completed", 3, 2, 3, 3, 0]);
    }));

  it("retries images of visits that were added as any others", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 1 })]);
      await runAll(ledger);
      await grow(ledger, jobId, [named("a", 1)]);
      await runAll(ledger, failed);
      assert.equal(await ledger.retryImages(jobId, 2, [1]), 1);
      await runAll(ledger);
      assert.deepEqual(await standing(ledger, jobId), ["completed", 3, 2, 2, 2, 0]);
    }));

  it("leaves out visits whose name the job has, and does nothing when none is left", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [named("a", 2), aVisit()]);
      await runAll(ledger);
      assert.deepEqual(await grow(ledger, jobId, [named("a", 2)]), { kind: "added", visits: 0, images: 0, known: 1 });
      assert.deepEqual(await standing(ledger, jobId), ["completed", 1, 2, 3, 3, 0]);
      const added = await grow(ledger, jobId, [named("a", 2), named("b", 1), named("b", 1), aVisit()]);
      assert.deepEqual(added, { kind: "added", visits: 3, images: 3, known: 1 });
      assert.deepEqual(
        (await runAll(ledger)).map(({ no, url }) => [no, url]),
        [
          [3, "http://late.example/b/0"],
          [4, "http://late.example/b/0"],
          [5, "http://photos.example/0.jpg"],
        ],
      );
    }));

  it("keeps a paused job paused, and adds nothing to one that was cancelled or is not there", () =>
    withLedger(async ({ ledger }) => {
      const paused = await submitJob(ledger, [aVisit()]);
      await ledger.pauseJob(paused);
      await grow(ledger, paused, [named("a", 1)]);
      assert.deepEqual(await standing(ledger, paused), ["paused", 1, 2, 2, 0, 0]);
      await ledger.resumeJob(paused);
      assert.equal((await runAll(ledger)).length, 2);
      const cancelled = await submitJob(ledger, [aVisit()]);
      await ledger.cancelJob(cancelled);
      assert.deepEqual(await grow(ledger, cancelled, [named("a", 1)]), { kind: "closed" });
      assert.deepEqual(await standing(ledger, cancelled), ["cancelled", 1, 1, 1, 0, 0]);
      assert.equal(await ledger.openDraft(cancelled + 100), null);
    }));

  it("adds a draft once, whoever asks again", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const draft = (await ledger.openDraft(jobId)) ?? 0;
      await ledger.addVisits(draft, [aVisit({ images: 2 })]);
      assert.equal((await ledger.addDraft(draft, jobId)).kind, "added");
      await assert.rejects(ledger.addDraft(draft, jobId), /no visits in preparation/);
      assert.deepEqual(await standing(ledger, jobId), ["ongoing", 1, 2, 3, 0, 0]);
    }));

  it("adds under a request's key, and nothing when the request is held by another", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const addUnder = async (holder: string) => {
        const draft = (await ledger.openDraft(jobId)) ?? 0;
        await ledger.addVisits(draft, [aVisit()]);
        return await ledger.addDraft(draft, jobId, { key: "k", holder, fingerprint: "f" });
      };
      await ledger.beginRequest({ key: "k", holder: "one" }, 60_000);
      assert.deepEqual(await addUnder("two"), { kind: "superseded" });
      assert.equal((await addUnder("one")).kind, "added");
      assert.deepEqual(await ledger.beginRequest({ key: "k", holder: "three" }, 60_000), {
        kind: "done",
        jobId,
        fingerprint: "f",
      });
      assert.deepEqual(await standing(ledger, jobId), ["ongoing", 1, 2, 2, 0, 0]);
    }));

  it("keeps all that a visit came with", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await claimNext(ledger);
      const visitAt = "2026-11-20T10:30:00+05:30";
      await grow(ledger, jobId, [{ ...named("a", 1), visitTime: "20/11/2026 10:30", visitAt }]);
      assert.equal((await claimNext(ledger)).images[0]?.visitTime, visitAt);
    }));

  it("names the version that its stores were checked against last", () =>
    withLedger(async ({ ledger }) => {
      const version = async (id: number) => (await ledger.readJob(id))?.storeVersion;
      const jobId = await submitJob(ledger, [aVisit()]);
      const { version: first } = await ledger.importStores([aStore({ id: "S2" })]);
      assert.equal(await version(jobId), null);
      await grow(ledger, jobId, [named("a", 1)]);
      assert.equal(await version(jobId), first);
      await runAll(ledger, failed);
      const { version: second } = await ledger.importStores([aStore({ id: "S3" })]);
      assert.equal(await version(jobId), first);
      await ledger.retryImages(jobId, 1, [0]);
      assert.equal(await version(jobId), second);
    }));

  it("is removed whole, and a draft that is left alone too", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit()], jobOptions());
      await grow(ledger, jobId, [{ ...aVisit({ images: 2 }), labels: NO_LABELS }]);
      await runAll(ledger);
      const left = (await ledger.openDraft(jobId)) ?? 0;
      await ledger.addVisits(left, [aVisit()]);
      await passTime(SWEEP.preparingMs + 1);
      assert.equal((await ledger.sweep(SWEEP)).discarded, 1);
      assert.deepEqual(await ledger.prune(5), { removed: jobId, more: true });
      assert.deepEqual(await ledger.readVisitRows(jobId, { storeId: null }, ALL), { rows: [], next: null });
    }));
}
