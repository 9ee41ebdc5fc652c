/** The ledger's promises about uploaded photos: one name for each content, and none forgotten that a job uses. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { uploadUrl } from "../../domain/upload.ts";
import { aVisit, jobOptions, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { WithLedger } from "./ledger-under-test.ts";

const anUpload = (digit: string, random = "0") => ({
  sha256: digit.repeat(64),
  file: `${digit.repeat(64)}-${random.repeat(16)}`,
});
const A = anUpload("a");
const B = anUpload("b");

const aVisitWith = (...files: readonly string[]) =>
  aVisit({ imageUrls: files.map((file) => uploadUrl(file, "1.jpg")) });

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
