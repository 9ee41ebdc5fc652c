/** The ledger's promises about requests under keys. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aVisit, claimNext, jobOptions, measured } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { FinishedRequest } from "../port/request-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const HOLD_MS = 500;
const FIRST: FinishedRequest = { key: "k1", holder: "first", fingerprint: "abc" };
const SECOND: FinishedRequest = { ...FIRST, holder: "second" };

async function prepareJob(ledger: Ledger): Promise<number> {
  const jobId = await ledger.openJob(jobOptions());
  await ledger.addVisits(jobId, [aVisit()]);
  return jobId;
}

export function describeRequests(withLedger: WithLedger): void {
  it("gives a key to one request at a time, and remembers the job that it made", () =>
    withLedger(async ({ ledger }) => {
      assert.deepEqual(await ledger.beginRequest(FIRST, HOLD_MS), { kind: "begun" });
      assert.deepEqual(await ledger.beginRequest(SECOND, HOLD_MS), { kind: "running" });
      assert.deepEqual(await ledger.beginRequest({ ...SECOND, key: "k2" }, HOLD_MS), { kind: "begun" });
      const jobId = await prepareJob(ledger);
      assert.equal(await ledger.sealJob(jobId, FIRST), true);
      assert.deepEqual(await ledger.beginRequest(SECOND, HOLD_MS), { kind: "done", jobId, fingerprint: "abc" });
    }));

  it("frees a key that is given back, or whose hold ran out", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.beginRequest(FIRST, HOLD_MS);
      await ledger.dropRequest(SECOND);
      assert.equal((await ledger.beginRequest(SECOND, HOLD_MS)).kind, "running");
      await ledger.dropRequest(FIRST);
      assert.equal((await ledger.beginRequest(SECOND, HOLD_MS)).kind, "begun");
      await passTime(HOLD_MS + 1);
      assert.equal((await ledger.beginRequest(FIRST, HOLD_MS)).kind, "begun");
    }));

  it("keeps a hold that is renewed", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.beginRequest(FIRST, HOLD_MS);
      await ledger.holdRequest(FIRST, 60_000);
      await passTime(HOLD_MS + 1);
      assert.equal((await ledger.beginRequest(SECOND, HOLD_MS)).kind, "running");
    }));

  it("seals nothing for a request that another one took over", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.beginRequest(FIRST, HOLD_MS);
      const jobId = await prepareJob(ledger);
      await passTime(HOLD_MS + 1);
      await ledger.beginRequest(SECOND, 60_000);
      assert.equal(await ledger.sealJob(jobId, FIRST), false);
      assert.equal(await ledger.readJob(jobId), null);
      assert.equal(await ledger.sealJob(await prepareJob(ledger), SECOND), true);
    }));

  it("forgets a key with its job", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.beginRequest(FIRST, HOLD_MS);
      const jobId = await prepareJob(ledger);
      await ledger.sealJob(jobId, FIRST);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      await passTime(10);
      assert.equal((await ledger.prune(5)).removed, jobId);
      assert.equal((await ledger.beginRequest(FIRST, HOLD_MS)).kind, "begun");
    }));
}
