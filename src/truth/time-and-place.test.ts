/** A photo's own time and place against its visit's, in whatever time zone this process runs. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { metresBetween, placeFrom } from "./place.ts";
import { placeApart, timeApart } from "./time-and-place.ts";
import { exifTime, visitClock } from "./wall-time.ts";

const ZONES = ["UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns"];
// biome-ignore lint/style/noProcessEnv: the time zone of this process is what is tested
const environment = process.env;
const zone = environment.TZ;

const VISIT = "2026-03-06T10:30:00+05:30";
function findingOf(taken: string, offset: string | null, visit = VISIT, gps: string | null = null) {
  const apart = timeApart({
    taken: exifTime(taken, offset),
    gpsSeconds: gps === null ? null : Date.parse(gps) / 1000,
    visit: visitClock(visit),
    toleranceHours: 12,
  });
  return apart?.why == null ? null : apart;
}

for (const each of ZONES) {
  describe(`with this process in ${each}, a photo`, () => {
    afterEach(() => {
      if (zone === undefined) delete environment.TZ;
      else environment.TZ = zone;
    });

    const inZone = (name: string, test: () => void) =>
      it(name, () => {
        environment.TZ = each;
        test();
      });

    inZone("taken within the tolerance is right", () => {
      assert.equal(findingOf("2026:03:06 10:12:00", "+05:30"), null);
      assert.equal(findingOf("2026:03:06 04:42:00", "+00:00"), null);
      assert.equal(findingOf("2026:03:06 22:29:00", "+05:30"), null);
    });

    inZone("taken beyond it is wrong, and says how far and when", () => {
      assert.equal(
        findingOf("2026:02:25 10:12:00", "+05:30")?.why,
        "taken 9 days before the visit (2026-02-25 10:12+05:30)",
      );
      assert.equal(
        findingOf("2026:03:06 22:31:00", "+05:30")?.why,
        "taken 12 hours after the visit (2026-03-06 22:31+05:30)",
      );
    });

    inZone("without an offset has 14 hours of doubt more, said aloud", () => {
      assert.equal(findingOf("2026:03:07 12:29:00", null), null);
      assert.match(
        findingOf("2026:03:07 12:31:00", null)?.why ?? "",
        /^taken 26 hours after .* even with 14 hours for a time zone/,
      );
      assert.equal(findingOf("2026:03:07 12:29:00", "+05:30", "2026-03-06T10:30:00"), null);
    });

    inZone("takes its offset from the satellites where its clock has none", () => {
      assert.equal(findingOf("2026:03:06 10:12:00", null, VISIT, "2026-03-06T04:41:40Z"), null);
      assert.match(
        findingOf("2026:03:07 10:12:00", null, VISIT, "2026-03-07T04:41:40Z")?.why ?? "",
        /24 hours after .*\+05:30\)$/,
      );
    });

    inZone("with no time, or at a visit with a day only, is not judged", () => {
      for (const none of [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2005:0?:03 10:00:00",
        "1998:01:01 00:00:00",
        "2026:02:30 10:00:00",
      ]) {
        assert.equal(exifTime(none, "+05:30"), null, none);
      }
      assert.equal(findingOf("2020:01:01 00:00:00", null, "2026-03-06"), null);
    });
  });
}

describe("a place", () => {
  const store = { latitude: 27.1, longitude: 83.9 };

  it("is wrong when it is farther from the store than allowed, in metres", () => {
    assert.partialDeepStrictEqual(placeApart({ latitude: 27.1012, longitude: 83.9008 }, store, 1000), { why: null });
    assert.deepEqual(placeApart({ latitude: 27.12, longitude: 83.9 }, store, 1000), {
      metres: 2224,
      why: "taken 2224 m from the store",
    });
    assert.match(
      placeApart({ latitude: 19, longitude: 72.8 }, store, 1000)?.why ?? "",
      /^taken \d{4} km from the store$/,
    );
  });

  it("is none at 0,0, beyond the poles, and where there is no number", () => {
    for (const [latitude, longitude] of [
      [0, 0],
      [Number.NaN, 5],
      [213.64, 5],
      [10, 181],
    ] as const) {
      assert.equal(placeFrom(latitude, longitude), null);
    }
    assert.deepEqual(placeFrom(0, 9.5), { latitude: 0, longitude: 9.5 });
  });

  it("is not judged where the store has none", () => assert.equal(placeApart(store, null, 1), null));

  it("is a quarter of the earth away from the pole at the equator", () => {
    assert.equal(
      Math.round(metresBetween({ latitude: 90, longitude: 0 }, { latitude: 0, longitude: 50 }) / 1000),
      10_008,
    );
  });
});
