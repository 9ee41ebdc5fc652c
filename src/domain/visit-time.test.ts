import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { visitDateOf } from "./visit-time.ts";

describe("the date of a visit", () => {
  for (const [text, date] of [
    ["2020-10-10", "2020-10-10"],
    ["2020-10-10 10:00:00", "2020-10-10"],
    ["2020-10-10T10:00", "2020-10-10"],
    ["2020-10-10T10:00:00Z", "2020-10-10"],
    ["2020-10-10T10:00:00.123456Z", "2020-10-10"],
    ["2020-10-10t10:00:00z", "2020-10-10"],
    ["2020-10-10 10:00:00 +05:30", "2020-10-10"],
    ["2020-10-10T23:59:60-0800", "2020-10-10"],
    ["  2020-10-10  ", "2020-10-10"],
    ["2024-02-29", "2024-02-29"],
  ] as const) {
    it(`is ${date} for "${text}"`, () => assert.equal(visitDateOf(text), date));
  }

  for (const text of [
    "",
    "yesterday",
    "2023-02-29",
    "2020-13-01",
    "2020-00-10",
    "2020-10-10T25:00",
    "2020-10-10T10:61",
    "10/10/2020",
    "2020-10-10x",
    "20201010",
    "2020-1-1",
  ]) {
    it(`is unknown for "${text}"`, () => assert.equal(visitDateOf(text), null));
  }

  it("is the day as written, whatever the offset", () => {
    assert.equal(visitDateOf("2020-10-10T23:30:00+14:00"), "2020-10-10");
    assert.equal(visitDateOf("2020-10-10T00:30:00-11:00"), "2020-10-10");
  });

  it("is found in every time that JavaScript writes", () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          assert.equal(visitDateOf(date.toISOString()), date.toISOString().slice(0, 10));
        },
      ),
    ));
});
