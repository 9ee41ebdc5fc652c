/** What the pace does with answers and refusals; how it fares with real hosts is in `patience.test.ts`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPace } from "./pace.ts";
import { createPaceCells, type PaceCells } from "./pace-cells.ts";

function setup(cells: PaceCells = createPaceCells(), most = 32) {
  let now = 1_000_000;
  const pace = createPace({ cells, most, now: () => now });
  const pass = (ms: number) => {
    now += ms;
    return now;
  };
  /** As many as may be sent at once, each answered after so long. */
  function round(ms: number, answer: "served" | "refused" = "served", holdMs: number | null = null): number {
    let sent = 0;
    const sentAt = now;
    while (pace.waitMs() === 0) {
      pace.began();
      sent += 1;
    }
    pass(ms);
    for (let no = 0; no < sent; no += 1) {
      pace.ended();
      if (answer === "served") pace.served(sentAt);
      else pace.refused(sentAt, holdMs);
    }
    return sent;
  }
  return { pace, pass, round };
}

describe("the pace of a host", () => {
  it("starts low, doubles while all is well, and ends at the most that is allowed", () => {
    const { round } = setup();
    assert.deepEqual(
      Array.from({ length: 5 }, () => round(20)),
      [4, 8, 16, 32, 32],
    );
  });

  it("asks a host that is near for no more than 48 at a time, and a far one for all that is allowed", () => {
    const sentInRounds = (ms: number) => {
      const { round } = setup(createPaceCells(), 96);
      return Array.from({ length: 7 }, () => round(ms));
    };
    assert.deepEqual(sentInRounds(5), [4, 8, 16, 32, 48, 48, 48]);
    assert.deepEqual(sentInRounds(40), [4, 8, 16, 32, 64, 96, 96]);
  });

  it("asks a far host for no more once its answers come later", () => {
    const { round } = setup(createPaceCells(), 96);
    for (let no = 0; no < 4; no += 1) round(40);
    assert.equal(round(60), 64);
    assert.equal(round(60), 64);
  });

  it("is at most halved by one crowd of refusals", () => {
    const { pace, round } = setup();
    for (let no = 0; no < 3; no += 1) round(20);
    assert.equal(round(20, "refused"), 32);
    assert.equal(pace.reading.places, 16);
    assert.equal(pace.reading.rate, null);
  });

  it("is so many requests a second once fewer at a time did not help", () => {
    const { pace, pass, round } = setup();
    round(20);
    round(20, "refused");
    pass(1);
    round(20, "refused");
    assert.ok(pace.reading.rate !== null && pace.reading.rate >= 1, `${pace.reading.rate}`);
    pass(10_000);
    assert.equal(round(20), 1);
  });

  it("leaves the host alone for as long as it asks, and for a minute at most", () => {
    const { pace, pass, round } = setup();
    round(20);
    round(20, "refused", 7_000);
    assert.equal(pace.waitMs(), 7_000);
    pass(7_000);
    round(20, "refused", 86_400_000);
    assert.equal(pace.waitMs(), 60_000);
  });

  it("does not grow for a host that takes ever longer", () => {
    const { pace, round } = setup();
    round(100);
    round(100);
    const before = pace.reading.places;
    round(5_000);
    round(5_000);
    assert.ok(pace.reading.places < before, `${pace.reading.places} of ${before}`);
  });

  it("grows on beside a file that takes long: the others tell how the host is", () => {
    const { pace, pass, round } = setup();
    round(60);
    const slow = pace.reading.places;
    const sentAt = pass(0);
    for (let no = 0; no < slow; no += 1) pace.began();
    for (let no = 1; no < slow; no += 1) {
      pace.ended();
      pace.served(pass(0) - 60);
    }
    pass(3_000);
    pace.ended();
    pace.served(sentAt);
    assert.equal(pace.reading.places, 2 * slow);
  });

  it("does not grow while it is not used", () => {
    const { pace, pass } = setup();
    for (let no = 0; no < 100; no += 1) {
      const sentAt = pass(10) ?? 0;
      pace.began();
      pace.ended();
      pace.served(1_000_000 + sentAt + no * 10);
    }
    assert.equal(pace.reading.places, 4);
  });

  it("counts two that went out in one packet as the host does", () => {
    const rateAfter = (beside: number) => {
      const { pace, pass, round } = setup();
      for (let no = 0; no < 40; no += 1) {
        const sentAt = pass(0);
        pace.began();
        pass(10);
        pace.ended();
        pace.served(sentAt, beside);
      }
      pass(1);
      round(1, "refused", 0);
      return pace.reading.rate;
    };
    assert.equal(rateAfter(0), 40);
    assert.equal(rateAfter(1), 80);
  });

  for (const rate of [5, 20, 40]) {
    it(`finds what a host bears that lets through one request each ${1_000 / rate} ms and refuses all others`, () => {
      const { pace, pass } = setup();
      const images = 20 * rate;
      let served = 0;
      let refused = 0;
      let lastAt = Number.NEGATIVE_INFINITY;
      const startedAt = pass(0);
      while (served < images) {
        const at = pass(Math.ceil(pace.waitMs()));
        pace.began();
        const isServed = at - lastAt >= 1_000 / rate;
        pass(1);
        pace.ended();
        if (isServed) {
          lastAt = at;
          served += 1;
          pace.served(at);
        } else {
          refused += 1;
          pace.refused(at, null);
        }
      }
      const takenMs = pass(0) - startedAt;
      assert.ok(takenMs <= 1.3 * 20_000, `${takenMs} ms, and 20,000 would do`);
      assert.ok(refused <= (served + refused) / 10, `${refused} refused, ${served} served`);
    });
  }

  it("is one for all threads that share its cells", () => {
    const cells = createPaceCells(2);
    const one = setup({ ...cells, thread: 0 });
    const two = setup({ ...cells, thread: 1 });
    for (let no = 0; no < 3; no += 1) one.pace.began();
    two.pace.began();
    assert.equal(one.pace.waitMs(), Number.POSITIVE_INFINITY);
    one.pace.ended();
    assert.equal(two.pace.waitMs(), 0);
    two.pace.refused(1_000_001, null);
    assert.equal(one.pace.reading.refusals, 1);
  });
});
