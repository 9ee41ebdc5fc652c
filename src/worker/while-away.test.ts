import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { repeatWhileAway } from "./while-away.ts";

describe("a call that outlasts a ledger that is away", () => {
  it("is made again until it gets through, less and less often", async () => {
    const clock = createFakeClock();
    const startedAt = clock.now();
    const calls: number[] = [];
    const answer = repeatWhileAway({ clock, signal: new AbortController().signal }, async (attempt) => {
      calls.push(clock.now() - startedAt);
      if (attempt < 8) throw new LedgerUnavailable("away");
      return attempt;
    });
    await clock.pass(10_000);
    assert.equal(await answer, 8);
    assert.deepEqual(calls, [0, 100, 300, 700, 1_500, 3_000, 4_500, 6_000]);
  });

  it("is not made again for any other error", async () => {
    let calls = 0;
    const call = async () => {
      calls += 1;
      throw new Error("image 7 is not in the chunk");
    };
    await assert.rejects(
      repeatWhileAway({ clock: createFakeClock(), signal: new AbortController().signal }, call),
      /image 7/,
    );
    assert.equal(calls, 1);
  });

  it("gives up with the ledger's error when nobody wants to wait any more", async () => {
    const clock = createFakeClock();
    const giveUp = new AbortController();
    const call = async () => {
      throw new LedgerUnavailable("away");
    };
    const answer = repeatWhileAway({ clock, signal: giveUp.signal }, call);
    giveUp.abort();
    await assert.rejects(answer, { name: "LedgerUnavailable" });
  });
});
