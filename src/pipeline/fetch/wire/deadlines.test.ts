import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDeadlines, type Deadline, NO_DEADLINE } from "./deadlines.ts";

describe("deadlines", () => {
  function setup(t: {
    mock: { timers: { enable(options: { apis: ["setInterval"] }): void; tick(ms: number): void } };
  }) {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const deadlines = createDeadlines();
    const passed: string[] = [];
    const watch = (name: string, at: number): Deadline => {
      const deadline: Deadline = { at, onPassed: () => passed.push(name) };
      deadlines.watch(deadline);
      return deadline;
    };
    return { deadlines, passed, watch, pass: (ms: number) => t.mock.timers.tick(ms) };
  }

  it("pass when their time is over, never before, and soon", (t) => {
    const { deadlines, passed, watch, pass } = setup(t);
    watch("without end", NO_DEADLINE);
    pass(40);
    watch("soon", deadlines.after(75));
    pass(75);
    assert.deepEqual(passed, []);
    pass(100);
    assert.equal(passed[0], "soon");
  });

  it("may be put off, and forgotten", (t) => {
    const { deadlines, passed, watch, pass } = setup(t);
    const [one, other] = [watch("one", deadlines.after(100)), watch("other", deadlines.after(100))];
    pass(90);
    one.at = deadlines.after(100);
    deadlines.forget(other);
    pass(90);
    assert.deepEqual(passed, []);
    pass(110);
    assert.equal(passed[0], "one");
    deadlines.forget(one);
  });
});
