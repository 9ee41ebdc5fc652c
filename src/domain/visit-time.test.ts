import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { possibleOrders, readVisitTime, visitDateOf, visitTimeText } from "./visit-time.ts";

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
    ["2020-1-1", "2020-01-01"],
    ["2020-10-10T24:00:00Z", "2020-10-10"],
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
    "2020-10-10T24:01",
    "2020-10-10T10:00:00+24:00",
    "2020-10-10T10:00:00+05:60",
    "2020-10-10T10:61",
    "10/10/2020",
    "2020-10-10x",
    "20201010",
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

describe("the time of a visit as people write it", () => {
  for (const [text, time] of [
    ["Nov 20, 2026 3pm", "2026-11-20T15:00:00"],
    ["November 20 2026, 12:05 am", "2026-11-20T00:05:00"],
    ["20 Nov 2026 10:30", "2026-11-20T10:30:00"],
    ["20-Nov-26", "2026-11-20"],
    ["Fri, 20 Nov 2026 10:30:00 GMT", "2026-11-20T10:30:00Z"],
    ["Fri Nov 20 2026 10:30:00 GMT+0530 (India Standard Time)", "2026-11-20T10:30:00+0530"],
    ["2026/11/20 10:30", "2026-11-20T10:30:00"],
    ["2026.11.20", "2026-11-20"],
    ["2026-11-20T10:30+05:30", "2026-11-20T10:30:00+05:30"],
  ] as const) {
    it(`is ${time} for "${text}", which can be read in one way only`, () => {
      const read = readVisitTime(text);
      assert.equal(read && visitTimeText(read), time);
      assert.deepEqual(possibleOrders(text), []);
    });
  }

  for (const [text, orders] of [
    ["20/11/2026 10:30", ["dmy"]],
    ["11/20/2026 3:05 PM", ["mdy"]],
    ["20.11.2026", ["dmy"]],
    ["03/04/2026", ["dmy", "mdy"]],
    ["03-04-05", ["dmy", "mdy", "ymd"]],
    ["31/31/2026", []],
    ["noon", []],
    ["Nov 31, 2026", []],
  ] as const) {
    it(`is unknown for "${text}" until somebody says its order, of ${orders.length} that it could have`, () => {
      assert.equal(readVisitTime(text), null);
      assert.deepEqual(possibleOrders(text), orders);
    });
  }

  it("is read in the order that was said, and is none where that is impossible: nothing is ever turned round", () => {
    const date = (text: string, order: "dmy" | "mdy" | "ymd") => readVisitTime(text, order)?.date ?? null;
    assert.equal(date("03/04/2026", "dmy"), "2026-04-03");
    assert.equal(date("03/04/2026", "mdy"), "2026-03-04");
    assert.equal(date("26.04.03", "ymd"), "2026-04-03");
    assert.equal(date("20/11/2026", "mdy"), null);
    assert.equal(date("11/20/2026", "dmy"), null);
    assert.equal(date("20/11/2026", "ymd"), null);
    assert.equal(date("2026-11-20", "dmy"), "2026-11-20");
  });
});
