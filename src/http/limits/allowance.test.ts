import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createAllowance } from "./allowance.ts";

function setup({ quota = 10, windowMs = 1_000, mostCallers = 100 } = {}) {
  let at = 5_000;
  const allowance = createAllowance({ quota, windowMs }, { now: () => at, mostCallers });
  return {
    ...allowance,
    pass: (ms: number) => {
      at += ms;
    },
    callers: () => allowance.callers,
    takes: (caller: string, times: number) =>
      Array.from({ length: times }, () => allowance.take(caller, 1)).filter(({ kind }) => kind === "taken").length,
  };
}

describe("an allowance", () => {
  it("gives its quota at once, then as it comes back", () => {
    const { takes, pass } = setup();
    assert.equal(takes("a", 12), 10);
    pass(300);
    assert.equal(takes("a", 12), 3);
    pass(60_000);
    assert.equal(takes("a", 12), 10);
  });

  it("is each caller's own", () => {
    const { takes } = setup();
    assert.equal(takes("a", 20), 10);
    assert.equal(takes("b", 20), 10);
  });

  it("says after which wait it would be enough, and keeps its word", () => {
    const { take, takes, pass, waitMs } = setup();
    takes("a", 8);
    assert.deepEqual(take("a", 5), { kind: "refused", waitMs: 300 });
    pass(299);
    assert.equal(waitMs("a", 5), 1);
    pass(1);
    assert.deepEqual(take("a", 5), { kind: "taken" });
  });

  it("lets more than its quota through when it is whole, and is in debt then", () => {
    const { take, pass, standing } = setup();
    assert.deepEqual(take("a", 25), { kind: "taken" });
    assert.deepEqual(standing("a"), { remaining: 0, wholeInMs: 2_500 });
    assert.deepEqual(take("a", 1), { kind: "refused", waitMs: 1_600 });
    assert.deepEqual(take("a", 25), { kind: "refused", waitMs: 2_500 });
    pass(2_500);
    assert.deepEqual(take("a", 25), { kind: "taken" });
  });

  it("takes back what came to nothing", () => {
    const { take, giveBack, standing } = setup();
    take("a", 7);
    giveBack("a", 7);
    assert.deepEqual(standing("a"), { remaining: 10, wholeInMs: 0 });
  });

  it("forgets callers whose bucket is whole", () => {
    const { takes, callers, pass } = setup();
    for (let caller = 0; caller < 50; caller += 1) takes(`c${caller}`, 1);
    assert.equal(callers(), 50);
    pass(2_000);
    assert.equal(callers(), 0);
  });

  it("holds no more callers than it may: newcomers share a bucket, the others keep theirs", () => {
    const { takes, callers } = setup({ mostCallers: 5 });
    for (let caller = 0; caller < 5; caller += 1) takes(`c${caller}`, 10);
    assert.equal(takes("newcomer", 6), 6);
    assert.equal(takes("another", 6), 4);
    assert.equal(takes("c0", 1), 0);
    assert.equal(callers(), 6);
  });

  it("never lets more through in a time than the quota and what came back in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ cost: fc.integer({ min: 1, max: 10 }), pause: fc.integer({ min: 0, max: 400 }) })),
        (steps) => {
          const { take, pass } = setup();
          let taken = 0;
          let passed = 0;
          for (const { cost, pause } of steps) {
            if (take("a", cost).kind === "taken") taken += cost;
            assert.ok(taken <= 10 + passed / 100 + 1e-6, `${taken} in ${passed} ms`);
            pass(pause);
            passed += pause;
          }
        },
      ),
    );
  });
});
