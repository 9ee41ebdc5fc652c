import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_LABELS } from "../domain/labels.ts";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import type { JobSnapshot } from "../ledger/ledger.ts";
import { createRateMeter } from "./rate-meter.ts";

function aJob(job: Partial<JobSnapshot>): JobSnapshot {
  return {
    jobId: 1,
    tenant: DEFAULT_TENANT,
    status: "ongoing",
    run: 1,
    priority: 5,
    visits: 1,
    images: 100,
    succeeded: 0,
    failed: 0,
    failuresByCode: {},
    labels: NO_LABELS,
    callbackUrl: null,
    createdAt: 0,
    startedAt: 0,
    finishedAt: null,
    ...job,
  };
}

function setup() {
  let at = 0;
  const meter = createRateMeter({ now: () => at });
  /** What it says of a job that it sees so late. */
  const rateAt = (ms: number, job: Partial<JobSnapshot>) => {
    at = ms;
    return meter.imagesPerSecond(aJob(job));
  };
  return { rateAt };
}

describe("the rate of a job", () => {
  it("is its average until there are two samples, then that of the last 15 s", () => {
    const { rateAt } = setup();
    assert.equal(rateAt(10_000, { succeeded: 20 }), 2);
    assert.equal(rateAt(12_000, { succeeded: 40 }), 10);
    assert.equal(rateAt(26_000, { succeeded: 40, failed: 14 }), 1);
  });

  it("is the average of its run when it is over", () => {
    const { rateAt } = setup();
    rateAt(10_000, { succeeded: 20 });
    assert.equal(rateAt(99_000, { succeeded: 99, failed: 1, finishedAt: 50_000, status: "failed" }), 2);
  });

  it("is not known at first after a retry, which began long after the job", () => {
    const { rateAt } = setup();
    assert.equal(rateAt(3_600_000, { run: 2, succeeded: 90 }), 0);
    assert.equal(rateAt(3_602_000, { run: 2, succeeded: 94 }), 2);
  });
});
