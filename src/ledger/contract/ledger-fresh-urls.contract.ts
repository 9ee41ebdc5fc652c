/** The ledger's promises about fresh URLs for failed images. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { NO_LABELS } from "../../domain/labels.ts";
import { aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { FreshUrl } from "../port/fresh-url-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

const NAMES = ["front", "front", "back", null, "till", "till"];

/** A job of six named images of which all failed but the second and the last. */
async function submitFailed(ledger: Ledger): Promise<number> {
  const images = NAMES.map((externalId, no) => ({ url: `http://old/${no}`, labels: { externalId, metadata: {} } }));
  const jobId = await submitJob(ledger, [{ ...aVisit(), images, labels: NO_LABELS }]);
  await recordAll(ledger, (no) => (no === 1 || no === 5 ? measured(no) : failed(no, "url_expired")));
  return jobId;
}

async function recordAll(ledger: Ledger, resultOf: (no: number) => ReturnType<typeof measured>) {
  const claim = await claimNext(ledger);
  await ledger.record(
    claim.lease,
    claim.images.map(({ no }) => resultOf(no)),
    LEASE_MS,
  );
  return claim;
}

const fresh = (line: number, image: number | null, externalId: string | null = null): FreshUrl => ({
  line,
  image,
  externalId,
  url: `http://new/${line}`,
});

async function draftOf(ledger: Ledger, jobId: number): Promise<number> {
  const draft = await ledger.openDraft(jobId);
  assert.ok(draft !== null);
  return draft;
}

export function describeFreshUrls(withLedger: WithLedger): void {
  it("runs exactly the images of the list again, each at its fresh URL, and keeps the one before", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitFailed(ledger);
      const draft = await draftOf(ledger, jobId);
      assert.deepEqual(await ledger.addFreshUrls(draft, jobId, [fresh(2, 0), fresh(3, null, "back")]), []);
      assert.deepEqual(await ledger.addFreshUrls(draft, jobId, [fresh(4, 3, null), fresh(5, null, "till")]), []);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 1, draft), 4);
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.status, job?.run, job?.failed, job?.succeeded], ["ongoing", 2, 0, 2]);
      const { images } = await recordAll(ledger, (no) => measured(no));
      assert.deepEqual(
        images.map(({ no, url }) => [no, url]),
        [
          [0, "http://new/2"],
          [2, "http://new/3"],
          [3, "http://new/4"],
          [4, "http://new/5"],
        ],
      );
      assert.equal((await ledger.readJob(jobId))?.status, "completed");
      assert.deepEqual(
        (await ledger.readPastResults(jobId, 2)).map(({ run, code, imageUrl }) => [run, code, imageUrl]),
        [[1, "url_expired", "http://old/2"]],
      );
    }));

  it("says of a past result that its URL is the same where nothing took its place", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitFailed(ledger);
      await ledger.retryImages(jobId, 1, [0]);
      assert.deepEqual(
        (await ledger.readPastResults(jobId, 0)).map(({ imageUrl }) => imageUrl),
        [null],
      );
    }));

  it("says why a fresh URL can be for no image, and changes nothing by that", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitFailed(ledger);
      const draft = await draftOf(ledger, jobId);
      const faults = await ledger.addFreshUrls(draft, jobId, [
        fresh(2, 6),
        fresh(3, null, "roof"),
        fresh(4, 1),
        fresh(5, 2, "front"),
        fresh(6, 3, "roof"),
        fresh(7, 0, "front"),
        fresh(8, null, "front"),
        fresh(9, 0),
        fresh(10, 2),
      ]);
      assert.deepEqual(faults, [
        { line: 2, kind: "no_such_image" },
        { line: 3, kind: "no_such_image" },
        { line: 4, kind: "not_failed", image: 1 },
        { line: 5, kind: "misnamed", image: 2, externalId: "back" },
        { line: 6, kind: "misnamed", image: 3, externalId: null },
        { line: 8, kind: "repeated", image: 0, firstLine: 7 },
        { line: 9, kind: "repeated", image: 0, firstLine: 7 },
      ]);
      const again = await ledger.addFreshUrls(draft, jobId, [fresh(11, 2), fresh(12, null, "back")]);
      assert.deepEqual(again, [
        { line: 11, kind: "repeated", image: 2, firstLine: 10 },
        { line: 12, kind: "repeated", image: 2, firstLine: 10 },
      ]);
      const { rows } = await ledger.readImages(
        jobId,
        { outcome: null, code: null, storeId: null, visit: null },
        { after: -1, limit: 10 },
      );
      assert.deepEqual(
        rows.map(({ imageUrl }) => imageUrl),
        NAMES.map((_, no) => `http://old/${no}`),
      );
      assert.equal((await ledger.readJob(jobId))?.status, "failed");
    }));

  it("takes a name that several failed images have for none of them, and one that none of the failed has neither", () =>
    withLedger(async ({ ledger }) => {
      const images = ["a", "a", "b"].map((externalId, no) => ({
        url: `http://old/${no}`,
        labels: { externalId, metadata: {} },
      }));
      const jobId = await submitJob(ledger, [{ ...aVisit(), images }]);
      await recordAll(ledger, (no) => (no === 2 ? measured(no) : failed(no)));
      const draft = await draftOf(ledger, jobId);
      assert.deepEqual(await ledger.addFreshUrls(draft, jobId, [fresh(1, null, "a"), fresh(2, null, "b")]), [
        { line: 1, kind: "ambiguous" },
        { line: 2, kind: "not_failed", image: null },
      ]);
    }));

  it("takes the same part of a list twice without a fault, as it is sent again when its answer was lost", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitFailed(ledger);
      const draft = await draftOf(ledger, jobId);
      for (const _ of [1, 2]) assert.deepEqual(await ledger.addFreshUrls(draft, jobId, [fresh(2, 0), fresh(3, 2)]), []);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 1, draft), 2);
    }));

  it("does nothing with a draft whose job was retried since, is not over, or has nothing in it", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitFailed(ledger);
      const draft = await draftOf(ledger, jobId);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 1, draft), 0);
      await ledger.addFreshUrls(draft, jobId, [fresh(1, 0)]);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 2, draft), 0);
      assert.equal(await ledger.retryImages(jobId, 1, [0]), 1);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 1, draft), 0);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 2, draft), 0);
      assert.equal((await claimNext(ledger)).images[0]?.url, "http://old/0");
    }));

  for (const { when, addUpFirst } of [
    { when: "that are added up already", addUpFirst: true },
    { when: "that are not added up yet", addUpFirst: false },
  ]) {
    it(`leaves the sums of the host before without the failures ${when}`, () =>
      withLedger(async ({ ledger }) => {
        const addUp = async () => {
          while ((await ledger.addUpSums()).more);
        };
        const jobId = await submitFailed(ledger);
        if (addUpFirst) await addUp();
        const draft = await draftOf(ledger, jobId);
        await ledger.addFreshUrls(draft, jobId, [fresh(2, 0), fresh(3, 2)]);
        await ledger.retryWithFreshUrls(jobId, 1, draft);
        await recordAll(ledger, (no) => measured(no));
        await addUp();
        const cells = await ledger.readCells({
          tenant: null,
          dimension: "host",
          keys: ["old", "new"],
          periods: [{ grain: "day", day: "2024-05-01" }],
        });
        assert.deepEqual(cells.map(({ key, images, failed: bad }) => [key, images, bad]).sort(), [
          ["new", 2, 0],
          ["old", 4, 2],
        ]);
      }));
  }

  it("is no job to anybody, and is removed when it is discarded or left alone", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitFailed(ledger);
      assert.equal(await ledger.openDraft(jobId + 100), null);
      const draft = await draftOf(ledger, jobId);
      assert.equal(await ledger.readJob(draft), null);
      assert.equal(await ledger.openDraft(draft), null);
      await ledger.addFreshUrls(draft, jobId, [fresh(1, 0)]);
      await ledger.discardJob(draft);
      await assert.rejects(ledger.addFreshUrls(draft, jobId, [fresh(1, 0)]), /not in preparation/);
      const left = await draftOf(ledger, jobId);
      await ledger.addFreshUrls(left, jobId, [fresh(1, 0)]);
      await passTime(SWEEP.preparingMs + 1);
      assert.equal((await ledger.sweep(SWEEP)).discarded, 1);
      assert.equal(await ledger.retryWithFreshUrls(jobId, 1, left), 0);
    }));
}
