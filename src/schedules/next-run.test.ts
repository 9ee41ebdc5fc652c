import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { timeZoneFault } from "../domain/zone-offset.ts";
import { cronFault, nextRunAfter } from "./next-run.ts";

const next = (cron: string, timeZone: string, after: string) => {
  const at = nextRunAfter(cron, timeZone, Date.parse(after));
  return at === null ? null : new Date(at).toISOString();
};

describe("the next run of a schedule", () => {
  it("is by the clock of its time zone, in summer and winter", () => {
    assert.equal(next("0 6 * * 1", "Asia/Kolkata", "2026-11-27T12:00:00Z"), "2026-11-30T00:30:00.000Z");
    assert.equal(next("0 6 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T05:00:00.000Z");
    assert.equal(next("0 6 * * *", "Europe/Berlin", "2026-10-23T12:00:00Z"), "2026-10-24T04:00:00.000Z");
  });

  it("is made on the day whose clock leaps over its hour", () => {
    assert.equal(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00.000Z");
    assert.equal(next("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z"), "2026-10-03T15:30:00.000Z");
  });

  it("is made once on the day whose clock goes over its hour twice, and each half hour where each is asked for", () => {
    assert.equal(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00.000Z");
    assert.equal(next("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z"), "2026-10-26T01:30:00.000Z");
    assert.equal(next("30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z"), "2026-11-02T06:30:00.000Z");
    assert.equal(next("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"), "2026-04-05T15:15:00.000Z");
    assert.equal(next("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z"), "2026-10-25T01:00:00.000Z");
    assert.equal(next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z"), "2026-03-29T01:00:00.000Z");
  });

  it("is never the moment that is asked about", () => {
    assert.equal(next("0 6 * * *", "UTC", "2026-01-01T06:00:00Z"), "2026-01-02T06:00:00.000Z");
  });

  it("is told of in words where it cannot be", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    assert.equal(cronFault("0 6 * * 1", now), null);
    assert.match(cronFault("every monday", now) ?? "", /five fields/);
    assert.match(cronFault("* * * * * *", now) ?? "", /five fields/);
    assert.match(cronFault("0 0 31 2 *", now) ?? "", /never comes/);
    assert.equal(timeZoneFault("Asia/Kolkata"), null);
    assert.match(timeZoneFault("Mars/Olympus") ?? "", /time zone/);
  });
});
