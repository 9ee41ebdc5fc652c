/** The ledger's promises about running failed images again, and about reading images and visits one by one. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { ImageResult } from "../../domain/job.ts";
import { NO_LABELS } from "../../domain/labels.ts";
import { aStore, aVisit, claimNext, dispatchAll, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import { ANY_JOB, type ImageFilter } from "../port/job-reader.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

const ANY: ImageFilter = { outcome: null, code: null, storeId: null, visit: null };
const ALL = { after: -1, limit: 1_000 } as const;

async function recordNext(ledger: Ledger, resultOf: (no: number) => ImageResult) {
  const claim = await claimNext(ledger);
  const results = claim.images.map(({ no }) => resultOf(no));
  return { claim, reply: await ledger.record(claim.lease, results, LEASE_MS) };
}

/** A job of one visit whose even images failed. */
async function submitHalfFailed(ledger: Ledger, images: number): Promise<number> {
  const jobId = await submitJob(ledger, [aVisit({ images })]);
  for (let chunk = 0; chunk * 100 < images; chunk += 1) {
    await recordNext(ledger, (no) =>
      no % 2 === 0 ? failed(no, no % 4 === 0 ? "timeout" : "not_found") : measured(no),
    );
  }
  return jobId;
}

export function describeRetry(withLedger: WithLedger): void {
  it("runs the given failed images again and ends the job a second time", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitHalfFailed(ledger, 6);
      assert.equal(await ledger.retryImages(jobId, 1, [0, 2, 3, 77]), 2);
      const again = await ledger.readJob(jobId);
      assert.deepEqual(
        [again?.status, again?.run, again?.succeeded, again?.failed, again?.finishedAt, again?.failuresByCode],
        ["ongoing", 2, 3, 1, null, { timeout: 1 }],
      );
      const { claim, reply } = await recordNext(ledger, (no) => measured(no));
      assert.deepEqual(
        claim.images.map(({ no }) => no),
        [0, 2],
      );
      assert.equal(reply.kind === "recorded" && reply.jobStatus, "failed");
      assert.equal(await ledger.retryImages(jobId, 2, [4]), 1);
      const last = await recordNext(ledger, (no) => measured(no));
      assert.equal(last.reply.kind === "recorded" && last.reply.jobStatus, "completed");
      const ended = await ledger.readJob(jobId);
      assert.deepEqual([ended?.succeeded, ended?.failed, ended?.failuresByCode], [6, 0, {}]);
      assert.deepEqual(
        (await ledger.readEnds(0, 10)).map(({ status }) => status),
        ["failed", "failed", "completed"],
      );
    }));

  it("reopens only the chunks of the given images", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitHalfFailed(ledger, 300);
      assert.equal(await ledger.retryImages(jobId, 1, [0, 298]), 2);
      const claims = [await recordNext(ledger, (no) => failed(no)), await recordNext(ledger, (no) => failed(no))];
      assert.deepEqual(
        claims.map(({ claim }) => claim.images.map(({ no }) => no)),
        [[0], [298]],
      );
      const job = await ledger.readJob(jobId);
      assert.deepEqual(
        [job?.status, job?.failed, job?.failuresByCode],
        ["failed", 150, { not_found: 76, timeout: 74 }],
      );
    }));

  it("keeps what failed before, run by run", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitHalfFailed(ledger, 2);
      await ledger.retryImages(jobId, 1, [0]);
      await recordNext(ledger, (no) => failed(no, "corrupt"));
      await ledger.retryImages(jobId, 2, [0]);
      const past = await ledger.readPastResults(jobId, 0);
      assert.deepEqual(
        past.map(({ run, code }) => ({ run, code })),
        [
          { run: 1, code: "timeout" },
          { run: 2, code: "corrupt" },
        ],
      );
      assert.deepEqual(await ledger.readPastResults(jobId, 1), []);
    }));

  it("does nothing for a job that is not at the end of that run, was cancelled, or has no such failed image", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitHalfFailed(ledger, 4);
      const before = await ledger.readJob(jobId);
      assert.equal(await ledger.retryImages(jobId, 2, [0]), 0);
      assert.equal(await ledger.retryImages(jobId, 1, [1, 3, 9]), 0);
      assert.equal(await ledger.retryImages(jobId, 1, []), 0);
      assert.equal(await ledger.retryImages(jobId + 1, 1, [0]), 0);
      assert.deepEqual(await ledger.readJob(jobId), before);
      assert.equal(await ledger.retryImages(jobId, 1, [0]), 1);
      assert.equal(await ledger.retryImages(jobId, 1, [2]), 0);
      await ledger.cancelJob(jobId);
      assert.equal(await ledger.retryImages(jobId, 2, [2]), 0);
    }));

  it("retries images of a chunk that was split, whichever of the two counted them", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0)], LEASE_MS);
      await ledger.release(lease, "crashed");
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await claimNext(ledger);
        await passTime(LEASE_MS + 1);
        await ledger.sweep(SWEEP);
      }
      for (let single = 0; single < 2; single += 1) await recordNext(ledger, (no) => failed(no, "corrupt"));
      assert.equal((await ledger.readJob(jobId))?.status, "failed");
      for (let run = 1; run < 4; run += 1) {
        assert.equal(await ledger.retryImages(jobId, run, [0, 1, 2]), 3);
        assert.deepEqual((await ledger.readJob(jobId))?.failuresByCode, {});
        const claims = [
          await recordNext(ledger, failed),
          await recordNext(ledger, failed),
          await recordNext(ledger, failed),
        ];
        assert.deepEqual(claims.flatMap(({ claim }) => claim.images.map(({ no }) => no)).sort(), [0, 1, 2]);
        const ended = await ledger.readJob(jobId);
        assert.deepEqual([ended?.status, ended?.succeeded, ended?.failed], ["failed", 0, 3]);
      }
    }));

  it("knows a store that came into the store master since", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ storeId: "S9" })]);
      await recordNext(ledger, (no) => failed(no, "unknown_store"));
      await ledger.importStores([aStore({ id: "S9" })]);
      await ledger.retryImages(jobId, 1, [0]);
      assert.equal((await claimNext(ledger)).images[0]?.storeKnown, true);
    }));

  it("fences a worker of the run before", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { claim } = await recordNext(ledger, (no) => failed(no));
      await ledger.retryImages(jobId, 1, [0]);
      assert.equal((await ledger.record(claim.lease, [measured(0)], LEASE_MS)).kind, "fenced");
      assert.equal((await dispatchAll(ledger)).length, 1);
    }));

  it("removes past results with their job", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitHalfFailed(ledger, 2);
      await ledger.retryImages(jobId, 1, [0]);
      await recordNext(ledger, (no) => measured(no));
      await passTime(10);
      assert.deepEqual(await ledger.prune(5), { removed: jobId, more: true });
      assert.deepEqual(await ledger.readPastResults(jobId, 0), []);
    }));
}

export function describeImages(withLedger: WithLedger): void {
  const labels = { externalId: "ä 1", metadata: { shelf: "3", "": "x" } };

  it("echoes what the client calls its job, visits and images", () =>
    withLedger(async ({ ledger }) => {
      const image = { url: "http://x/1", labels: { externalId: "photo-1", metadata: { side: "left" } } };
      const visit = { ...aVisit(), images: [image, { url: "http://x/2", labels: NO_LABELS }], labels };
      const jobId = await submitJob(ledger, [visit], { labels: { externalId: "week 7", metadata: { by: "audit" } } });
      const plain = await submitJob(ledger, [aVisit()]);
      assert.deepEqual((await ledger.readJob(jobId))?.labels, { externalId: "week 7", metadata: { by: "audit" } });
      assert.deepEqual((await ledger.readJob(plain))?.labels, NO_LABELS);
      const { rows } = await ledger.readImages(jobId, ANY, ALL);
      assert.deepEqual(
        rows.map(({ imageLabels, visitLabels }) => [imageLabels, visitLabels]),
        [
          [image.labels, labels],
          [NO_LABELS, labels],
        ],
      );
      await recordNext(ledger, measured);
      assert.deepEqual((await ledger.readResults(jobId, { ...ALL, onlyFailed: false })).rows[0]?.visitLabels, labels);
      assert.deepEqual((await ledger.readVisitRows(jobId, { storeId: null }, ALL)).rows[0]?.labels, labels);
      const listed = await ledger.listJobs(
        { ...ANY_JOB, tenant: null, externalId: "week 7" },
        { before: null, limit: 10 },
      );
      assert.deepEqual(
        listed.jobs.map((job) => job.jobId),
        [jobId],
      );
    }));

  it("reads images with and without results, narrowed by outcome, code, store and visit", () =>
    withLedger(async ({ ledger }) => {
      const visits = [
        aVisit({ storeId: "S1", images: 60 }),
        aVisit({ storeId: "S2", images: 60 }),
        aVisit({ images: 60 }),
      ];
      const jobId = await submitJob(ledger, visits);
      await recordNext(ledger, (no) =>
        no % 50 === 0 ? failed(no, "timeout") : no % 50 === 1 ? failed(no) : measured(no),
      );
      const numbers = async (filter: Partial<ImageFilter>) =>
        (await ledger.readImages(jobId, { ...ANY, ...filter }, ALL)).rows.map(({ image }) => image);
      assert.equal((await numbers({})).length, 180);
      assert.deepEqual(await numbers({ outcome: "failed" }), [0, 1, 50, 51]);
      assert.deepEqual(await numbers({ code: "timeout" }), [0, 50]);
      assert.deepEqual(await numbers({ outcome: "failed", visit: 0, storeId: "S1" }), [0, 1, 50, 51]);
      assert.deepEqual(await numbers({ outcome: "failed", storeId: "S2" }), []);
      assert.deepEqual(await numbers({ code: "timeout", visit: 0 }), [0, 50]);
      assert.deepEqual(await numbers({ storeId: "S\0" }), []);
      assert.equal((await numbers({ outcome: "measured" })).length, 96);
      assert.equal((await numbers({ outcome: "pending" })).length, 80);
      assert.deepEqual((await numbers({ outcome: "pending", storeId: "S2" })).length, 20);
      assert.equal((await numbers({ storeId: "S1" })).length, 120);
      assert.equal((await numbers({ outcome: "measured", visit: 1 })).length, 40);
      const [row] = (await ledger.readImages(jobId, ANY, { after: 49, limit: 1 })).rows;
      assert.deepEqual([row?.image, row?.result?.code, row?.visit], [50, "timeout", 0]);
      assert.equal((await ledger.readImages(jobId, ANY, { after: 178, limit: 5 })).rows[0]?.result, null);
    }));

  it("reads images page by page under every filter", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 7 }), aVisit({ storeId: "S2" }), aVisit({ images: 4 })]);
      const seen: number[][] = [];
      let after: number | null = -1;
      while (after !== null) {
        const page: Awaited<ReturnType<Ledger["readImages"]>> = await ledger.readImages(
          jobId,
          { ...ANY, storeId: "S1", outcome: "pending" },
          { after, limit: 4 },
        );
        seen.push(page.rows.map(({ image }) => image));
        after = page.next;
      }
      assert.deepEqual(seen, [
        [0, 1, 2, 3],
        [4, 5, 6, 8],
        [9, 10, 11],
      ]);
    }));

  it("reads visits with their counts, of one store or of all", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1" })]);
      const jobId = await submitJob(ledger, [
        aVisit({ images: 3 }),
        aVisit({ storeId: "S2", visitTime: "noon", visitDate: null }),
      ]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0), failed(1)], LEASE_MS);
      const { rows, next } = await ledger.readVisitRows(jobId, { storeId: null }, { after: -1, limit: 2 });
      assert.deepEqual(
        rows.map(({ visit, storeKnown, visitDate, images, succeeded, failed: bad }) => ({
          visit,
          storeKnown,
          visitDate,
          images,
          succeeded,
          bad,
        })),
        [
          { visit: 0, storeKnown: true, visitDate: "2024-05-01", images: 3, succeeded: 1, bad: 1 },
          { visit: 1, storeKnown: false, visitDate: null, images: 1, succeeded: 0, bad: 0 },
        ],
      );
      assert.equal(next, 1);
      const ofStore = await ledger.readVisitRows(jobId, { storeId: "S2" }, ALL);
      assert.deepEqual(
        ofStore.rows.map(({ visit }) => visit),
        [1],
      );
    }));
}
