/**
 * How one sketch lies over another: a plane's move from the earlier sketch to the later one, in units of the side, from the centre.
 * x' = (a·x + b·y + c) / (1 + g·x + h·y), y' = (d·x + e·y + f) / (1 + g·x + h·y): shift, scale, shear, turn, and a plane seen aslant.
 */
import type { Window } from "./windows.ts";

/** a, b, c, d, e, f, g, h of the formula. */
export type Warp = Float64Array;

/** The earlier sketch's window falls on the later one's. */
export function warpBetween(earlier: Window, later: Window): Warp {
  const across = later.width / earlier.width;
  const down = later.height / earlier.height;
  return Float64Array.of(across, 0, later.x - across * earlier.x, 0, down, later.y - down * earlier.y, 0, 0);
}

/** Whether a photo may really have been changed so: beyond this an alignment has lost its way. */
export function isLikely(warp: Warp): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = warp;
  const across = Math.hypot(a, d);
  const down = Math.hypot(b, e);
  const area = a * e - b * d;
  return (
    area > 0.4 &&
    area < 2.4 &&
    Math.min(across, down) > 0.62 &&
    Math.max(across, down) < 1.6 &&
    Math.abs(Math.atan2(d, a)) < 0.25 &&
    Math.abs(a * b + d * e) < 0.25 &&
    Math.max(Math.abs(c), Math.abs(f)) < 0.35 &&
    Math.max(Math.abs(g), Math.abs(h)) < 0.25
  );
}

/** The later sketch as it lies over the earlier, its slopes (for each side's length), and which pixels it covers. */
export type Laid = {
  readonly values: Float32Array;
  readonly slopeX: Float32Array;
  readonly slopeY: Float32Array;
  readonly covered: Uint8Array;
};

export function roomFor(side: number): Laid {
  const length = side * side;
  return {
    values: new Float32Array(length),
    slopeX: new Float32Array(length),
    slopeY: new Float32Array(length),
    covered: new Uint8Array(length),
  };
}

/** Looks the later picture up where the warp says, between its pixels. Fills `laid`. */
export function layOver(later: Float32Array, side: number, warp: Warp, laid: Laid): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = warp;
  const last = side - 1.001;
  let at = 0;
  for (let row = 0; row < side; row++) {
    const y = (row + 0.5) / side - 0.5;
    for (let column = 0; column < side; column++, at++) {
      const x = (column + 0.5) / side - 0.5;
      const depth = 1 + g * x + h * y;
      const across = ((a * x + b * y + c) / depth + 0.5) * side - 0.5;
      const down = ((d * x + e * y + f) / depth + 0.5) * side - 0.5;
      if (!(across >= 0 && down >= 0 && across <= last && down <= last)) {
        laid.covered[at] = 0;
        continue;
      }
      const left = Math.floor(across);
      const top = Math.floor(down);
      const u = across - left;
      const v = down - top;
      const from = top * side + left;
      const topLeft = later[from] ?? 0;
      const topRight = later[from + 1] ?? 0;
      const lowLeft = later[from + side] ?? 0;
      const lowRight = later[from + side + 1] ?? 0;
      laid.values[at] = (topLeft * (1 - u) + topRight * u) * (1 - v) + (lowLeft * (1 - u) + lowRight * u) * v;
      laid.slopeX[at] = ((topRight - topLeft) * (1 - v) + (lowRight - lowLeft) * v) * side;
      laid.slopeY[at] = ((lowLeft - topLeft) * (1 - u) + (lowRight - topRight) * u) * side;
      laid.covered[at] = 1;
    }
  }
}
