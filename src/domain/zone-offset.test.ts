import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dayIn, isTimeZone, offsetInZone } from "./zone-offset.ts";

describe("the offset of a time zone", () => {
  for (const [zone, date, clock, offset] of [
    ["Asia/Kolkata", "2026-11-20", "10:30:00", "+05:30"],
    ["Europe/Berlin", "2026-01-05", "10:30:00", "+01:00"],
    ["Europe/Berlin", "2026-07-05", "10:30:00", "+02:00"],
    ["America/New_York", "2026-11-20", "23:59:59", "-05:00"],
    ["UTC", "2026-11-20", "00:00:00", "+00:00"],
    ["Asia/Kathmandu", "2026-11-20", "00:00:00", "+05:45"],
  ] as const) {
    it(`is ${offset} in ${zone} at ${date} ${clock}`, () => assert.equal(offsetInZone(zone, date, clock), offset));
  }

  it("is that of the first time where clocks are set back, and of the time before where they are set forward", () => {
    assert.equal(offsetInZone("Europe/Berlin", "2026-10-25", "02:30:00"), "+02:00");
    assert.equal(offsetInZone("Europe/Berlin", "2026-10-25", "03:30:00"), "+01:00");
    assert.equal(offsetInZone("Europe/Berlin", "2026-03-29", "02:30:00"), "+01:00");
    assert.equal(offsetInZone("Europe/Berlin", "2026-03-29", "03:30:00"), "+02:00");
  });

  it("is there for names of the time zone database only", () => {
    assert.ok(isTimeZone("Europe/Berlin"));
    for (const name of ["+05:30", "Nowhere/Town", "", "berlin"]) assert.equal(isTimeZone(name), false, name);
  });
});

describe("the day of an instant", () => {
  it("is that of its own time zone", () => {
    assert.equal(dayIn("Asia/Kolkata", Date.parse("2026-11-29T20:00:00Z")), "2026-11-30");
  });
});
