import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { JobSnapshot } from "../ledger/port/job-reader.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aVisit, submitJob } from "../testing/ledger-builders.ts";
import { createRateMeter } from "./rate-meter.ts";

async function setup(t: TestContext) {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: () => 0 });
  t.after(() => ledger.close());
  const begun = await ledger.readJob(await submitJob(ledger, [aVisit({ images: 100 })]));
  assert.ok(begun);
  let at = 0;
  const meter = createRateMeter({ now: () => at });
  /** What it says of the job, begun at 0, when it sees it so late as this. */
  const rateAt = (ms: number, seen: Partial<JobSnapshot>) => {
    at = ms;
    return meter.imagesPerSecond({ ...begun, startedAt: 0, ...seen });
  };
  return { rateAt };
}

describe("the rate of a job", () => {
  it("is its average until there are two samples, then that of the last 15 s", async (t) => {
    const { rateAt } = await setup(t);
    assert.equal(rateAt(10_000, { succeeded: 20 }), 2);
    assert.equal(rateAt(12_000, { succeeded: 40 }), 10);
    assert.equal(rateAt(26_000, { succeeded: 40, failed: 14 }), 1);
  });

  it("is the average of the time in which it went when it is over", async (t) => {
    const { rateAt } = await setup(t);
    rateAt(10_000, { succeeded: 20 });
    const over = { succeeded: 99, failed: 1, finishedAt: 50_000, status: "failed" } as const;
    assert.equal(rateAt(99_000, over), 2);
    assert.equal(rateAt(99_000, { ...over, stillMs: 30_000 }), 5);
  });

  it("is nothing while the job is paused, and then leaves out that time", async (t) => {
    const { rateAt } = await setup(t);
    assert.equal(rateAt(10_000, { succeeded: 20 }), 2);
    assert.equal(rateAt(20_000, { succeeded: 40, status: "paused" }), 0);
    assert.equal(rateAt(3_600_000, { succeeded: 40, stillMs: 3_580_000 }), 2);
    assert.equal(rateAt(3_602_000, { succeeded: 46, stillMs: 3_580_000 }), 3);
  });
});
