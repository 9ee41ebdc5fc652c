/** The ledger's promises about changing a job's course and listing jobs. */
import assert from "node:assert/strict";
import { it } from "node:test";
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
import { ANY_JOB, type JobFilter } from "../port/job-reader.ts";
import { LEASE_MS, SWEEP, type WithLedger } from "./ledger-under-test.ts";

const ANY: JobFilter = { ...ANY_JOB, tenant: null };
const ALL = { before: null, limit: 100 } as const;

export function describeControl(withLedger: WithLedger): void {
  it("begins nothing of a paused job, also what was queued, until it is resumed", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const [queued] = await dispatchAll(ledger);
      assert.ok(queued);
      assert.equal(await ledger.pauseJob(jobId), "paused");
      assert.equal(await ledger.claim(queued, LEASE_MS), null);
      assert.deepEqual(await dispatchAll(ledger), []);
      assert.equal(await ledger.resumeJob(jobId), "ongoing");
      assert.equal((await claimNext(ledger)).lease.jobId, jobId);
    }));

  it("lets what runs finish, and the job end, while the job is paused", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      const { lease } = await claimNext(ledger);
      await ledger.pauseJob(jobId);
      const reply = await ledger.record(lease, [measured(0), failed(1)], LEASE_MS);
      assert.equal(reply.kind === "recorded" && reply.jobStatus, "failed");
      assert.equal((await ledger.readEnds(0, 10)).length, 1);
      assert.equal(await ledger.resumeJob(jobId), "failed");
    }));

  it("does not run a dead worker's chunk again while its job is paused", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.pauseJob(jobId);
      assert.equal(await ledger.takeOver(lease, LEASE_MS), null);
      await passTime(LEASE_MS + 1);
      await ledger.sweep(SWEEP);
      assert.deepEqual(await dispatchAll(ledger), []);
      await ledger.resumeJob(jobId);
      assert.equal((await claimNext(ledger)).images.length, 1);
    }));

  it("pauses and resumes twice as well as once, and neither an unknown job nor one that is over", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      assert.deepEqual([await ledger.pauseJob(jobId), await ledger.pauseJob(jobId)], ["paused", "paused"]);
      assert.deepEqual([await ledger.resumeJob(jobId), await ledger.resumeJob(jobId)], ["ongoing", "ongoing"]);
      assert.deepEqual([await ledger.pauseJob(jobId + 1), await ledger.resumeJob(jobId + 1)], [null, null]);
      await ledger.cancelJob(jobId);
      assert.deepEqual([await ledger.pauseJob(jobId), await ledger.resumeJob(jobId)], ["cancelled", "cancelled"]);
    }));

  it("lists jobs newest first, page by page, without those in preparation", () =>
    withLedger(async ({ ledger }) => {
      const ids: number[] = [];
      for (let job = 0; job < 5; job += 1) ids.unshift(await submitJob(ledger, [aVisit()]));
      await ledger.openJob(jobOptions());
      const seen: number[][] = [];
      let before: number | null = null;
      do {
        const page: Awaited<ReturnType<typeof ledger.listJobs>> = await ledger.listJobs(ANY, { before, limit: 2 });
        seen.push(page.jobs.map(({ jobId }) => jobId));
        before = page.next;
      } while (before !== null);
      assert.deepEqual(seen, [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    }));

  it("lists each job as it reads it alone", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0), failed(1, "timeout")], LEASE_MS);
      assert.deepEqual((await ledger.listJobs(ANY, ALL)).jobs, [await ledger.readJob(jobId)]);
    }));

  it("narrows the list to statuses, a store, an area and a time, all at once", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.importStores([aStore({ id: "S1", area: "north" }), aStore({ id: "S2", area: "south" })]);
      const first = await submitJob(ledger, [aVisit({ storeId: "S1" })]);
      const createdAt = (await ledger.readJob(first))?.createdAt ?? 0;
      await passTime(10);
      const second = await submitJob(ledger, [aVisit({ storeId: "S2" }), aVisit({ storeId: "S1" })]);
      await ledger.pauseJob(second);
      const numbers = async (filter: Partial<JobFilter>) =>
        (await ledger.listJobs({ ...ANY, ...filter }, ALL)).jobs.map(({ jobId }) => jobId);
      assert.deepEqual(await numbers({ statuses: ["paused", "failed"] }), [second]);
      assert.deepEqual(await numbers({ statuses: ["completed"] }), []);
      assert.deepEqual(await numbers({ storeId: "S1" }), [second, first]);
      assert.deepEqual(await numbers({ storeId: "S2" }), [second]);
      assert.deepEqual(await numbers({ storeId: "S\0" }), []);
      assert.deepEqual(await numbers({ area: "south" }), [second]);
      assert.deepEqual(await numbers({ createdBefore: createdAt + 1 }), [first]);
      assert.deepEqual(await numbers({ createdFrom: createdAt + 1 }), [second]);
      assert.deepEqual(await numbers({ area: "north", statuses: ["ongoing"] }), [first]);
    }));
}
