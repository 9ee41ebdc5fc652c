import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { addDays, mondayOf, periodOf, periodsOf, spansOf } from "./calendar.ts";

describe("the calendar", () => {
  it("names a week by its Monday and a month by its first day", () => {
    assert.equal(mondayOf("2026-11-29"), "2026-11-23");
    assert.equal(mondayOf("2026-11-23"), "2026-11-23");
    assert.equal(periodOf("month", "2024-02-29"), "2024-02-01");
    assert.deepEqual(periodsOf({ grain: "month", first: "2025-12-01", last: "2026-02-01" }), [
      "2025-12-01",
      "2026-01-01",
      "2026-02-01",
    ]);
  });

  it("makes a range of whole months, weeks and days", () => {
    assert.deepEqual(spansOf("2026-01-30", "2026-03-10"), [
      { grain: "day", first: "2026-01-30", last: "2026-01-31" },
      { grain: "month", first: "2026-02-01", last: "2026-02-01" },
      { grain: "day", first: "2026-03-01", last: "2026-03-01" },
      { grain: "week", first: "2026-03-02", last: "2026-03-02" },
      { grain: "day", first: "2026-03-09", last: "2026-03-10" },
    ]);
    assert.deepEqual(spansOf("2026-03-02", "2026-03-01"), []);
  });

  it("covers each day of any range once", () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays("1990-01-01", days));
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 800 }), (from, days) => {
        const to = addDays(from, days);
        const covered = spansOf(from, to).flatMap((span) =>
          periodsOf(span).flatMap((period) => {
            const inPeriod: string[] = [];
            for (let at = period; periodOf(span.grain, at) === period; at = addDays(at, 1)) inPeriod.push(at);
            return inPeriod;
          }),
        );
        assert.deepEqual(covered, periodsOf({ grain: "day", first: from, last: to }));
      }),
    );
  });
});
