/** The ledger's promises about uploaded photos: one name for each content, and none forgotten that a job uses. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { DEFAULT_TENANT } from "../../domain/scopes.ts";
import { NO_UPLOAD, uploadUrl } from "../../domain/upload.ts";
import { aVisit, claimNext, failed, jobOptions, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const anUpload = (digit: string, random = "0", tenant = DEFAULT_TENANT) => ({
  tenant,
  sha256: digit.repeat(64),
  file: `${digit.repeat(64)}-${random.repeat(16)}`,
});
const A = anUpload("a");
const B = anUpload("b");

const aVisitWith = (...files: readonly string[]) =>
  aVisit({ imageUrls: files.map((file) => uploadUrl(file, "1.jpg")) });

/** The URLs by which the next chunk's images are fetched. */
async function fetchedNext(ledger: Ledger): Promise<readonly string[]> {
  const { images } = await claimNext(ledger);
  return images.map(({ url }) => url);
}

const NOWHERE = uploadUrl(NO_UPLOAD, "");

async function pruneAll(ledger: Ledger): Promise<void> {
  while ((await ledger.prune(0)).more);
}

export function describeUploads(withLedger: WithLedger): void {
  it("gives a content one name, the first", () =>
    withLedger(async ({ ledger }) => {
      assert.equal(await ledger.keepUpload(A), A.file);
      assert.equal(await ledger.keepUpload(anUpload("a", "1")), A.file);
      assert.equal(await ledger.keepUpload(B), B.file);
    }));

  it("forgets what no job uses once nobody touched it for long enough", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.keepUpload(A);
      await ledger.keepUpload(B);
      await passTime(900);
      await ledger.keepUpload(anUpload("b", "1"));
      await passTime(100);
      assert.deepEqual(await ledger.forgetUploads([A.file, B.file], 1_000), [A.file]);
      assert.deepEqual(await ledger.forgetUploads([A.file, B.file], 1_000), [A.file]);
      assert.equal(await ledger.keepUpload(anUpload("a", "1")), anUpload("a", "1").file);
    }));

  it("gives a tenant's content a name of its own, whoever has the same", () =>
    withLedger(async ({ ledger }) => {
      const theirs = anUpload("a", "1", "acme");
      assert.equal(await ledger.keepUpload(A), A.file);
      assert.equal(await ledger.keepUpload(theirs), theirs.file);
      assert.equal(await ledger.keepUpload(anUpload("a", "2", "acme")), theirs.file);
      assert.equal(await ledger.keepUpload(anUpload("a", "2")), A.file);
    }));

  it("leads to a photo in jobs of its tenant, and as nowhere in others as where there is none", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.keepUpload(A);
      await submitJob(ledger, [aVisitWith(A.file), aVisit()]);
      assert.deepEqual(await fetchedNext(ledger), [uploadUrl(A.file, "1.jpg"), "http://photos.example/0.jpg"]);
      const theirs = await submitJob(ledger, [aVisitWith(A.file, B.file), aVisit()], { tenant: "acme" });
      assert.deepEqual(await fetchedNext(ledger), [NOWHERE, NOWHERE, "http://photos.example/0.jpg"]);
      const shown = await ledger.readResults(theirs, { after: -1, limit: 10, onlyFailed: false });
      assert.equal(shown.rows.length, 0);
      await passTime(1_000);
      assert.deepEqual(await ledger.forgetUploads([B.file], 0), [B.file]);
    }));

  it("leads nowhere in another tenant's job that gets it later, as a visit or as a fresh URL", () =>
    withLedger(async ({ ledger }) => {
      await ledger.keepUpload(A);
      for (const [tenant, fetched] of [
        ["acme", NOWHERE],
        [DEFAULT_TENANT, uploadUrl(A.file, "1.jpg")],
      ] as const) {
        const jobId = await submitJob(ledger, [aVisit()], { tenant });
        const { lease } = await claimNext(ledger);
        await ledger.record(lease, [failed(0)], LEASE_MS);
        const more = await ledger.openDraft(jobId);
        assert.ok(more !== null);
        await ledger.addVisits(more, [aVisitWith(A.file)]);
        assert.equal((await ledger.addDraft(more, jobId)).kind, "added");
        const added = await claimNext(ledger);
        assert.deepEqual(
          added.images.map(({ url }) => url),
          [fetched],
        );
        await ledger.record(added.lease, [failed(1)], LEASE_MS);
        const fresh = await ledger.openDraft(jobId);
        assert.ok(fresh !== null);
        const url = uploadUrl(A.file, "1.jpg");
        assert.deepEqual(await ledger.addFreshUrls(fresh, jobId, [{ line: 2, image: 0, externalId: null, url }]), []);
        assert.equal(await ledger.retryWithFreshUrls(jobId, 2, fresh), 1);
        assert.deepEqual(await fetchedNext(ledger), [fetched]);
      }
    }));

  it("keeps what stands at a fresh URL for as long as its job is there", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.keepUpload(A);
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0)], LEASE_MS);
      const fresh = await ledger.openDraft(jobId);
      assert.ok(fresh !== null);
      const url = uploadUrl(A.file, "1.jpg");
      await ledger.addFreshUrls(fresh, jobId, [{ line: 2, image: 0, externalId: null, url }]);
      await ledger.retryWithFreshUrls(jobId, 1, fresh);
      await ledger.discardJob(fresh);
      await passTime(1_000);
      assert.deepEqual(await ledger.forgetUploads([A.file], 0), []);
    }));

  it("names files that it never knew", () =>
    withLedger(async ({ ledger }) => {
      await ledger.keepUpload(A);
      assert.deepEqual(await ledger.forgetUploads([A.file, B.file], 1_000), [B.file]);
      assert.deepEqual(await ledger.forgetUploads([], 0), []);
    }));

  it("keeps what a job uses until the last such job is removed", () =>
    withLedger(async ({ ledger, passTime }) => {
      for (const upload of [A, B]) await ledger.keepUpload(upload);
      const first = await submitJob(ledger, [aVisitWith(A.file, B.file, A.file), aVisitWith(A.file)]);
      const second = await submitJob(ledger, [aVisitWith(B.file)]);
      const gone = () => ledger.forgetUploads([A.file, B.file], 0);
      await passTime(1_000);
      assert.deepEqual(await gone(), []);
      await ledger.cancelJob(first);
      assert.deepEqual(await gone(), []);
      await pruneAll(ledger);
      assert.deepEqual(await gone(), [A.file]);
      await ledger.cancelJob(second);
      await pruneAll(ledger);
      assert.deepEqual(await gone(), [A.file, B.file]);
    }));

  it("keeps what a job in preparation uses, until it is discarded", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.keepUpload(A);
      const jobId = await ledger.openJob(jobOptions());
      await ledger.addVisits(jobId, [aVisitWith(A.file)]);
      await ledger.addVisits(jobId, [aVisitWith(A.file)]);
      await passTime(1_000);
      assert.deepEqual(await ledger.forgetUploads([A.file], 0), []);
      await ledger.discardJob(jobId);
      assert.deepEqual(await ledger.forgetUploads([A.file], 0), [A.file]);
    }));
}
