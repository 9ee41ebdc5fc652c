import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outcomeOf, type Reply, WAITS_MS } from "./webhook-attempt.ts";

const HOUR_MS = 3_600_000;

function answered(status: number, retryAfterMs: number | null = null): Reply {
  return { kind: "answered", status, retryAfterMs, body: "" };
}

describe("an attempt to deliver a webhook", () => {
  it("is over with any 2xx, and with nothing else", () => {
    for (const status of [200, 204, 299]) assert.equal(outcomeOf(answered(status), 1, 0).state, "delivered");
    for (const status of [199, 301, 308, 400, 404, 500])
      assert.equal(outcomeOf(answered(status), 1, 0).state, "pending");
  });

  it("is followed by others over some three days, then given up", () => {
    let waitedMs = 0;
    for (let attempt = 1; attempt <= WAITS_MS.length; attempt += 1)
      waitedMs += outcomeOf(answered(500), attempt, 0).waitMs;
    assert.ok(waitedMs >= 72 * HOUR_MS && waitedMs <= 80 * HOUR_MS, `${waitedMs / HOUR_MS} h`);
    assert.equal(outcomeOf(answered(500), WAITS_MS.length + 1, 0).state, "failed");
  });

  it("waits a little longer by chance, and as long as the receiver asks, a day at most", () => {
    const waits = [0, 0.5, 0.999].map((random) => outcomeOf(answered(500), 2, random).waitMs);
    assert.deepEqual(waits, [300_000, 330_000, 359_940]);
    assert.equal(outcomeOf(answered(429, HOUR_MS), 1, 0).waitMs, HOUR_MS);
    assert.equal(outcomeOf(answered(503, 1_000), 2, 0).waitMs, 300_000);
    assert.equal(outcomeOf(answered(503, 99 * HOUR_MS), 1, 0).waitMs, 24 * HOUR_MS);
  });

  it("switches the endpoint off where it answers 410", () => {
    const { state, disableReason } = outcomeOf(answered(410), 1, 0);
    assert.deepEqual([state, disableReason], ["failed", "the endpoint answered 410 Gone"]);
  });

  it("keeps why there was no answer", () => {
    const { state, error, status } = outcomeOf({ kind: "failed", error: "timeout: no answer" }, 1, 0);
    assert.deepEqual([state, error, status], ["pending", "timeout: no answer", null]);
  });
});
