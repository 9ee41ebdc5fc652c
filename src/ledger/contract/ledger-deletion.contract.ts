/** The ledger's promises about jobs that somebody deletes. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { DEFAULT_TENANT } from "../../domain/scopes.ts";
import { uploadUrl } from "../../domain/upload.ts";
import { aVisit, claimNext, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import { NO_PROBES } from "../../truth/fingerprint.ts";
import { ANY_JOB } from "../port/job-reader.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const DAY_MS = 86_400_000;
const NEVER = Number.MAX_SAFE_INTEGER;
const DIGEST = "ab".repeat(32);
const FILE = `${DIGEST}-${"1".repeat(16)}`;
const EVERYBODY = { tenant: null, from: null, to: null } as const;

/** A job of two photos that were seen, one of which came with it. */
async function aSeenJob(ledger: Ledger, tenant = "default"): Promise<number> {
  const visit = aVisit({ imageUrls: [uploadUrl(FILE, "1.jpg"), "http://photos.example/1.jpg"] });
  const jobId = await submitJob(ledger, [visit], { ...jobOptions(), tenant, inspect: "full" });
  const { lease, images } = await claimNext(ledger);
  const print = { image: 0, digest: DIGEST, sketch: null, entries: [], restsOn: null, taken: null };
  await ledger.keepPrints(jobId, [print]);
  await ledger.record(
    lease,
    images.map(({ no }) => measured(no)),
    LEASE_MS,
  );
  return jobId;
}

/** What readers know of a job. */
async function seenOf(ledger: Ledger, jobId: number) {
  const { jobs } = await ledger.listJobs({ ...ANY_JOB, tenant: null }, { before: null, limit: 10 });
  const sums = await ledger.readVisits(["S1"], EVERYBODY);
  const alike = await ledger.findAlikeTo("default", DIGEST, NO_PROBES);
  return [
    (await ledger.readJob(jobId))?.status,
    await ledger.readTenant(jobId),
    jobs.map((job) => job.jobId),
    [...sums.values()].flat().map(({ perimeter }) => perimeter),
    alike.map((photo) => photo.jobId),
  ];
}

async function pruneAll(ledger: Ledger): Promise<readonly number[]> {
  const removed: number[] = [];
  for (let more = true; more; ) {
    const step = await ledger.prune(NEVER);
    if (step.removed !== null) removed.push(step.removed);
    more = step.more;
  }
  return removed;
}

export function describeDeletion(withLedger: WithLedger): void {
  it("hides a deleted job from every reader, and restores all of it", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await aSeenJob(ledger);
      const before = await seenOf(ledger, jobId);
      assert.deepEqual(before, ["completed", "default", [jobId], [28], [jobId]]);
      assert.equal((await ledger.deleteJob(jobId, DAY_MS))?.kind, "deleted");
      assert.deepEqual(await seenOf(ledger, jobId), [undefined, null, [], [], []]);
      assert.equal(await ledger.deleteJob(jobId, DAY_MS), null);
      assert.equal(await ledger.openDraft(jobId), null);
      assert.deepEqual(await pruneAll(ledger), []);
      assert.equal(await ledger.restoreJob(jobId, "default"), true);
      assert.deepEqual(await seenOf(ledger, jobId), before);
      assert.equal(await ledger.restoreJob(jobId, "default"), false);
    }));

  it("removes a deleted job when its time to be restored is over, with its photos and fingerprints", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.keepUpload({ tenant: DEFAULT_TENANT, sha256: DIGEST, file: FILE });
      const jobId = await aSeenJob(ledger);
      const kept = await submitJob(ledger, [aVisit()]);
      await ledger.cancelJob(kept);
      await ledger.deleteJob(jobId, DAY_MS);
      await passTime(DAY_MS - 1);
      assert.deepEqual(await pruneAll(ledger), []);
      assert.deepEqual(await ledger.forgetUploads([FILE], 0), []);
      await passTime(1);
      assert.equal(await ledger.restoreJob(jobId, null), false);
      assert.deepEqual(await pruneAll(ledger), [jobId]);
      assert.deepEqual(await ledger.forgetUploads([FILE], 0), [FILE]);
      assert.deepEqual(await ledger.findAlikeTo("default", DIGEST, NO_PROBES), []);
      assert.equal((await ledger.readJob(kept))?.status, "cancelled");
    }));

  it("keeps a deleted job for its time although jobs of its age are removed", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await aSeenJob(ledger);
      await passTime(1_000);
      await ledger.deleteJob(jobId, DAY_MS);
      assert.deepEqual(await ledger.prune(10), { removed: null, more: false });
      assert.equal(await ledger.restoreJob(jobId, null), true);
      assert.deepEqual(await ledger.prune(10), { removed: jobId, more: true });
    }));

  it("lists what can be restored, to its tenant, which alone restores it", () =>
    withLedger(async ({ ledger }) => {
      const mine = await aSeenJob(ledger, "a");
      const theirs = await aSeenJob(ledger, "b");
      for (const jobId of [mine, theirs]) await ledger.deleteJob(jobId, DAY_MS);
      const listed = async (tenant: string | null) =>
        (await ledger.listDeletedJobs(tenant)).map(({ jobId, status, images }) => [jobId, status, images]);
      assert.deepEqual(await listed(null), [
        [theirs, "completed", 2],
        [mine, "completed", 2],
      ]);
      assert.deepEqual(await listed("a"), [[mine, "completed", 2]]);
      assert.equal(await ledger.restoreJob(mine, "b"), false);
      assert.equal(await ledger.restoreJob(mine, "a"), true);
      assert.deepEqual(await listed(null), [[theirs, "completed", 2]]);
    }));

  it("deletes no job that is not over, and none that there is not", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      assert.deepEqual(await ledger.deleteJob(jobId, DAY_MS), { kind: "not_over", status: "ongoing" });
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
      assert.equal(await ledger.deleteJob(jobId + 1, DAY_MS), null);
      const preparing = await ledger.openJob(jobOptions());
      assert.equal(await ledger.deleteJob(preparing, DAY_MS), null);
    }));
}
