/** A pair of photos falls onto each other where it should. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { layOverOf } from "./lay-over.ts";
import { VIEWS, viewOf } from "./views.ts";
import { warpBetween } from "./warp.ts";

const WHOLE = { width: 1, height: 1, x: 0, y: 0 };
const SIDE = 64;

function moved(matrix: readonly number[] | null, x: number, y: number): readonly [number, number] {
  assert.ok(matrix);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrix;
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

const near = ([x, y]: readonly [number, number], [wantedX, wantedY]: readonly [number, number]) =>
  assert.ok(Math.hypot(x - wantedX, y - wantedY) < 1e-3, `${x}, ${y} must be ${wantedX}, ${wantedY}`);

describe("a photo laid over another", () => {
  for (const view of VIEWS) {
    it(`falls onto it: ${view.name}`, () => {
      // One bright pixel of the later photo, and where the view shows it: there the earlier photo has it.
      const later = new Uint8Array(SIDE * SIDE);
      later[20 * SIDE + 9] = 255;
      const at = viewOf(later, view).indexOf(255);
      const seenAt = [((at % SIDE) + 0.5) / SIDE, (Math.floor(at / SIDE) + 0.5) / SIDE] as const;
      const photo = [9.5 / SIDE, 20.5 / SIDE] as const;
      const match = { warp: Array.from(warpBetween(WHOLE, WHOLE)), view: view.name };
      near(moved(layOverOf(match, "onto"), ...photo), seenAt);
      near(moved(layOverOf(match, "back"), ...seenAt), photo);
    });
  }

  it("falls onto the part that it was cropped from", () => {
    const match = {
      warp: Array.from(warpBetween({ width: 0.8, height: 0.8, x: 0.1, y: 0 }, WHOLE)),
      view: "as it is",
    } as const;
    near(moved(layOverOf(match, "onto"), 0, 0), [0.2, 0.1]);
    near(moved(layOverOf(match, "onto"), 1, 1), [1, 0.9]);
  });
});
