/** The ledger's promises about the time in which a job stood still. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const WORK_MS = 500;
const STILL_MS = 5_000;

/** The clock of a real database goes on by itself, so both are at least so long. */
async function mustHaveStood(ledger: Ledger, jobId: number, { stoodMs, workedMs }: Readonly<Record<string, number>>) {
  const job = await ledger.readJob(jobId);
  assert.ok(job?.startedAt && job.finishedAt && stoodMs !== undefined && workedMs !== undefined);
  const told = `${job.stillMs} of ${job.finishedAt - job.startedAt} ms`;
  assert.ok(job.stillMs >= stoodMs, told);
  assert.ok(job.finishedAt - job.startedAt - job.stillMs >= workedMs, told);
}

export function describeStandstill(withLedger: WithLedger): void {
  it("counts the time for which a job was paused, however often", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      for (let pause = 0; pause < 2; pause++) {
        await passTime(WORK_MS);
        await ledger.pauseJob(jobId);
        await ledger.pauseJob(jobId);
        await passTime(STILL_MS);
        await ledger.resumeJob(jobId);
        await ledger.resumeJob(jobId);
      }
      await ledger.record(lease, [measured(0)], 100 * LEASE_MS);
      await mustHaveStood(ledger, jobId, { stoodMs: 2 * STILL_MS, workedMs: 2 * WORK_MS });
    }));

  it("counts a pause to its end where the job ends in it, and none from before the job began", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await ledger.pauseJob(jobId);
      await passTime(STILL_MS);
      await ledger.resumeJob(jobId);
      const { lease } = await claimNext(ledger);
      await passTime(WORK_MS);
      await ledger.pauseJob(jobId);
      await passTime(STILL_MS);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      await mustHaveStood(ledger, jobId, { stoodMs: STILL_MS, workedMs: WORK_MS });
    }));

  it("counts the time between the runs of a job: cancelled in a pause, retried, grown", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      const { lease } = await claimNext(ledger);
      await passTime(WORK_MS);
      await ledger.record(lease, [failed(0), failed(1)], LEASE_MS);
      await passTime(STILL_MS);
      assert.equal(await ledger.retryImages(jobId, 1, [0, 1]), 2);
      const again = await claimNext(ledger);
      await passTime(WORK_MS);
      await ledger.record(again.lease, [measured(0), measured(1)], LEASE_MS);
      await passTime(STILL_MS);
      const draft = await ledger.openDraft(jobId);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [aVisit()]);
      await ledger.addDraft(draft, jobId);
      await ledger.discardJob(draft);
      await claimNext(ledger);
      await passTime(WORK_MS);
      await ledger.pauseJob(jobId);
      await passTime(STILL_MS);
      await ledger.cancelJob(jobId);
      await mustHaveStood(ledger, jobId, { stoodMs: 3 * STILL_MS, workedMs: 3 * WORK_MS });
    }));

  it("counts nothing of a job that grows while it goes", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await passTime(WORK_MS);
      const draft = await ledger.openDraft(jobId);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [aVisit()]);
      await ledger.addDraft(draft, jobId);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      const job = await ledger.readJob(jobId);
      assert.deepEqual([job?.status, job?.stillMs], ["ongoing", 0]);
    }));
}
