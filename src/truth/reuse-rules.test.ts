/** What a match means depends on stores, days and clocks. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { USUAL_SETTINGS } from "../domain/truth-rules.ts";
import { type Evidence, reuseFrom, type Sighting } from "./reuse-rules.ts";
import { exifTime } from "./wall-time.ts";

const seen = (change: Partial<Sighting> = {}): Sighting => ({
  storeId: "S1",
  visit: "1/0",
  day: "2026-03-01",
  taken: null,
  ...change,
});
const like = (score: number, change: Partial<Evidence> = {}): Evidence => ({
  score,
  view: "as it is",
  sameBytes: false,
  isWall: false,
  byThumbnail: false,
  ...change,
});
const FILE = like(0, { sameBytes: true });

describe("a photo seen before", () => {
  it("in another store is a strong sign, by its bytes or by its picture", () => {
    const later = seen({ storeId: "S2", visit: "2/0" });
    assert.deepEqual(reuseFrom(FILE, later, seen()), {
      kind: "same_bytes",
      score: 1,
      weight: "strong",
      why: "the same file in another store (S1)",
      threshold: 0.95,
    });
    assert.partialDeepStrictEqual(reuseFrom(like(0.95), later, seen()), { kind: "same_picture", weight: "strong" });
    assert.equal(reuseFrom(like(0.94), later, seen()), null);
  });

  it("in the same store on another day is strong, and must be more alike: shelves of equal packs look the same", () => {
    const later = seen({ visit: "2/0", day: "2026-03-09" });
    assert.partialDeepStrictEqual(reuseFrom(like(0.99), later, seen()), {
      weight: "strong",
      why: "the same picture in the same store on another day (2026-03-01)",
    });
    assert.equal(reuseFrom(like(0.97), later, seen()), null);
  });

  it("in the same visit was sent twice, which is a note", () => {
    assert.partialDeepStrictEqual(reuseFrom(FILE, seen(), seen()), {
      weight: "note",
      why: "the same file, sent twice in one visit",
    });
  });

  it("in another visit of the same day to the same store is likely", () => {
    assert.partialDeepStrictEqual(reuseFrom(FILE, seen({ visit: "2/0" }), seen()), { weight: "likely" });
  });

  it("in the same store by two clocks that differ is another photo, unless its bytes are the same", () => {
    const first = seen({ taken: exifTime("2026:03:01 10:00:00", null) });
    const second = seen({ visit: "2/0", day: "2026-03-02", taken: exifTime("2026:03:02 10:00:00", "+05:30") });
    assert.equal(reuseFrom(like(0.999), second, first), null);
    assert.partialDeepStrictEqual(reuseFrom(FILE, second, first), { kind: "same_bytes" });
    assert.partialDeepStrictEqual(reuseFrom(like(0.999), { ...second, storeId: "S2" }, first), { weight: "strong" });
  });

  it("is judged by the tenant's own rules", () => {
    const later = seen({ visit: "2/0", day: "2026-03-09" });
    const rules = {
      ...USUAL_SETTINGS.reuse,
      other_day: { weight: "note", leastScore: 0.9 },
      same_visit: { weight: "off", leastScore: 0.9 },
    } as const;
    assert.partialDeepStrictEqual(reuseFrom(like(0.91), later, seen(), rules), { weight: "note", threshold: 0.9 });
    assert.equal(reuseFrom(FILE, seen(), seen(), rules), null);
  });

  it("says how it was changed", () => {
    const later = seen({ storeId: "S2", visit: "2/0" });
    assert.equal(reuseFrom(like(1, { view: "mirrored" }), later, seen())?.kind, "mirrored");
    assert.equal(reuseFrom(like(1, { view: "turned by 90°" }), later, seen())?.kind, "turned");
  });

  it("that shows a row of equal packs must be more alike, counts less, and is another photo by two clocks, in other stores too", () => {
    const first = seen({ taken: exifTime("2026:03:01 10:00:00", null) });
    const later = seen({ storeId: "S2", visit: "2/0" });
    assert.equal(reuseFrom(like(0.98, { isWall: true }), later, first), null);
    assert.partialDeepStrictEqual(reuseFrom(like(0.99, { isWall: true }), later, first), {
      weight: "likely",
      threshold: 0.985,
      why: "the same picture in another store (S1); a row of equal packs, which can look so in two photos",
    });
    const another = { ...later, taken: exifTime("2026:03:02 10:00:00", null) };
    assert.equal(reuseFrom(like(0.999, { isWall: true }), another, first), null);
    assert.partialDeepStrictEqual(reuseFrom(like(0, { isWall: true, sameBytes: true }), another, first), {
      weight: "strong",
    });
  });

  it("by its thumbnail alone says so", () => {
    assert.equal(
      reuseFrom(like(0.99, { byThumbnail: true }), seen({ storeId: "S2", visit: "2/0" }), seen())?.why,
      "the same picture in another store (S1); by an embedded thumbnail, not by the picture itself",
    );
  });
});
