/** Walls of equal packs, each shot twice with its packs faced anew: no two of them may be called one photo without a doubt. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aShelf } from "../testing/grey-pictures.ts";
import { aWall } from "../testing/walls.ts";
import { createMatcher } from "./match.ts";
import { reuseFrom, type Sighting } from "./reuse-rules.ts";
import { sketchOf } from "./sketch.ts";
import { isWall } from "./wall.ts";
import { exifTime } from "./wall-time.ts";

const WHOLE = { width: 1, height: 1, x: 0, y: 0 };
const LAYOUTS = [
  { rows: 3, columns: 6 },
  { rows: 4, columns: 8 },
  { rows: 2, columns: 4 },
] as const;
const GOODS = [1, 2, 3, 4, 5, 6];

/** Two shots of walls of the same goods in two stores, as the rules see them. */
function twoShots(layout: (typeof LAYOUTS)[number], goods: number, taken: Partial<Sighting> = {}) {
  const [first, second] = [1, 2].map((shot) => sketchOf(aWall({ ...layout, goods, faced: shot, shot, loose: 0.015 })));
  assert.ok(first && second);
  const match = createMatcher(second)(first, [{ earlier: WHOLE, later: WHOLE, view: "as it is", distance: 0 }]);
  const earlier: Sighting = { storeId: "S1", visit: "1/0", day: "2026-03-01", taken: null };
  const later: Sighting = { ...earlier, storeId: "S2", visit: "2/0", ...taken };
  const evidence = { score: match?.score ?? 0, view: "as it is", sameBytes: false, byThumbnail: false } as const;
  return { evidence, earlier, later, first };
}

describe("a wall of equal packs", () => {
  it("is known by being like itself, a step further", () => {
    for (const layout of LAYOUTS) {
      for (const goods of GOODS) assert.equal(isWall(twoShots(layout, goods).first), true, JSON.stringify(layout));
    }
    for (const seed of GOODS) assert.equal(isWall(sketchOf(aShelf(seed))), false);
  });

  it("is never a strong sign, though two shots of it may be as alike as one photo", () => {
    const scores: number[] = [];
    for (const layout of LAYOUTS) {
      for (const goods of GOODS) {
        const { evidence, earlier, later, first } = twoShots(layout, goods);
        scores.push(evidence.score);
        assert.notEqual(reuseFrom({ ...evidence, isWall: isWall(first) }, later, earlier)?.weight, "strong");
      }
    }
    assert.ok(scores.some((score) => score >= 0.95));
  });

  it("is no re-use where clocks say that there were two shots", () => {
    for (const layout of LAYOUTS) {
      for (const goods of GOODS) {
        const { evidence, earlier, later } = twoShots(layout, goods, { taken: exifTime("2026:03:02 10:00:00", null) });
        const before = { ...earlier, taken: exifTime("2026:03:01 10:00:00", null) };
        assert.equal(reuseFrom({ ...evidence, isWall: true }, later, before), null);
      }
    }
  });
});
