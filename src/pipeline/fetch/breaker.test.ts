/** When a breaker opens and closes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBreaker } from "./breaker.ts";

const UNREACHED = { probe: false, answered: false, repeated: false };

describe("a breaker", () => {
  function setup() {
    let now = 0;
    const breaker = createBreaker({ failures: 3, openMs: 1_000, maxOpenMs: 4_000, now: () => now });
    const fail = (times: number) => {
      for (let time = 0; time < times; time += 1) breaker.failed(UNREACHED);
    };
    const pass = (ms: number) => {
      now += ms;
    };
    return { breaker, fail, pass };
  }

  it("stays closed while successes come between the failures", () => {
    const { breaker, fail } = setup();
    fail(2);
    breaker.succeeded();
    fail(2);
    assert.deepEqual(breaker.admit(), { kind: "send", probe: false });
  });

  it("opens after so many failures in a row and says for how long", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(400);
    assert.deepEqual(breaker.admit(), { kind: "open", waitMs: 600 });
    assert.equal(breaker.closed, false);
  });

  it("lets one probe through and makes the others wait for its end", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(1_000);
    assert.deepEqual(breaker.peek(), { kind: "send", probe: true });
    assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
    assert.deepEqual(breaker.admit(), { kind: "probing" });
    breaker.succeeded();
    assert.deepEqual(breaker.admit(), { kind: "send", probe: false });
  });

  it("opens for twice as long after each failed probe, up to its limit", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    const opened: number[] = [];
    for (let probe = 0; probe < 4; probe += 1) {
      const open = breaker.admit();
      assert.ok(open.kind === "open");
      opened.push(open.waitMs);
      pass(open.waitMs);
      assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
      breaker.failed({ ...UNREACHED, probe: true });
    }
    assert.deepEqual(opened, [1_000, 2_000, 4_000, 4_000]);
  });

  it("learns nothing from requests sent before it opened", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(999);
    fail(5);
    assert.deepEqual(breaker.admit(), { kind: "open", waitMs: 1 });
  });

  it("opens for a tenth of a second each time while the host answers, though with errors", () => {
    const { breaker, pass } = setup();
    for (let time = 0; time < 3; time += 1) breaker.failed({ ...UNREACHED, answered: true });
    for (let probe = 0; probe < 4; probe += 1) {
      assert.deepEqual(breaker.admit(), { kind: "open", waitMs: 100 });
      pass(100);
      breaker.admit();
      breaker.failed({ probe: true, answered: true, repeated: false });
    }
    assert.equal(breaker.openings, 5);
  });

  it("learns nothing from errors of an image that had failed before", () => {
    const { breaker } = setup();
    for (let time = 0; time < 9; time += 1) breaker.failed({ probe: false, answered: true, repeated: true });
    assert.equal(breaker.closed, true);
  });

  it("lets another probe through when one ended without a verdict", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(1_000);
    breaker.admit();
    breaker.abandoned(true);
    assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
  });
});
