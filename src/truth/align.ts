/**
 * Aligns two sketches: a few Gauss–Newton steps from a first guess, on 16, 32 and 64 pixels, what fits badly counting little
 * (a burnt-in stamp must not pull). Never searches: a guess that is far off ends in "no".
 */
import { SKETCH_SIDE, type Sketch } from "./sketch.ts";
import { solve } from "./solve.ts";
import { isLikely, type Laid, layOver, roomFor, type Warp } from "./warp.ts";

type Level = { readonly side: number; readonly values: Float32Array };

/** A sketch made smooth, in the three sizes that aligning goes through. */
export type Pyramid = readonly Level[];

const STEPS_AT: Readonly<Record<number, number>> = { 16: 14, 32: 8, 64: 7 };
const PARAMETERS = 8;
/** Perspective is let in at the end: on 16 pixels it would only be noise. */
const PLAIN_PARAMETERS = 6;
const LEAST_COVER = 0.3;
/** Unrelated photos are given up on the small levels, where it costs little. */
const LEAST_AGREEMENT = 0.6;
const rooms = new Map([16, 32, 64].map((side) => [side, roomFor(side)]));

export function pyramidOf(sketch: Sketch): Pyramid {
  const full = Float32Array.from(sketch);
  const half = halved(full, SKETCH_SIDE);
  const quarter = halved(half, SKETCH_SIDE / 2);
  return [
    { side: SKETCH_SIDE / 4, values: smoothed(quarter, SKETCH_SIDE / 4) },
    { side: SKETCH_SIDE / 2, values: smoothed(half, SKETCH_SIDE / 2) },
    { side: SKETCH_SIDE, values: smoothed(full, SKETCH_SIDE) },
  ];
}

/** Which rows of the earlier sketch are looked at, as shares of its height: a stamp's rows can be left out. */
export type Rows = { readonly from: number; readonly to: number };

/** The warp from the earlier sketch to the later one, null where they do not come together. */
export function align(earlier: Pyramid, later: Pyramid, guess: Warp, rows: Rows): Warp | null {
  const warp = Float64Array.from(guess);
  for (const [i, { side, values }] of earlier.entries()) {
    const room = rooms.get(side);
    const other = later[i];
    if (!room || !other) return null;
    if (!descend({ earlier: values, later: other.values, side, warp, room, rows })) return null;
    if (!isLikely(warp) || agreementOf(values, room) < LEAST_AGREEMENT) return null;
  }
  return warp;
}

type Descent = {
  readonly earlier: Float32Array;
  readonly later: Float32Array;
  readonly side: number;
  /** Changed in place. */
  readonly warp: Warp;
  readonly room: Laid;
  readonly rows: Rows;
};

function descend({ earlier, later, side, warp, room, rows }: Descent): boolean {
  const count = side === SKETCH_SIDE ? PARAMETERS : PLAIN_PARAMETERS;
  for (let step = 0; step < (STEPS_AT[side] ?? 0); step++) {
    layOver(later, side, warp, room);
    room.covered.fill(0, 0, Math.round(rows.from * side) * side);
    room.covered.fill(0, Math.round(rows.to * side) * side);
    const light = lightOf(earlier, room);
    if (light.covered < side * side * LEAST_COVER) return false;
    const move = stepOf({ earlier, side, warp, room, count, light });
    if (!move) return false;
    let greatest = 0;
    for (let i = 0; i < count; i++) {
      warp[i] = (warp[i] ?? 0) + (move[i] ?? 0);
      greatest = Math.max(greatest, Math.abs(move[i] ?? 0));
    }
    if (greatest < 0.02 / side) return true;
    if (!(greatest < 2)) return false;
  }
  return true;
}

/** How well both agree as a whole, −1 to 1, where the last step laid them. */
function agreementOf(earlier: Float32Array, room: Laid): number {
  const { covered, meanEarlier, meanLater, spreadEarlier, spreadLater } = lightOf(earlier, room);
  let sum = 0;
  for (let i = 0; i < earlier.length; i++) {
    if (room.covered[i] === 1) sum += ((earlier[i] ?? 0) - meanEarlier) * ((room.values[i] ?? 0) - meanLater);
  }
  return sum / covered / spreadEarlier / spreadLater;
}

/** Mean and deviation of both where both are: exposure and contrast must not count as a difference. */
type Light = {
  readonly covered: number;
  readonly meanEarlier: number;
  readonly meanLater: number;
  readonly spreadEarlier: number;
  readonly spreadLater: number;
};

function lightOf(earlier: Float32Array, { values, covered }: Laid): Light {
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < values.length; i++) {
    if (covered[i] === 0) continue;
    const a = earlier[i] ?? 0;
    const b = values[i] ?? 0;
    count++;
    sumA += a;
    sumB += b;
    squaresA += a * a;
    squaresB += b * b;
  }
  const meanEarlier = sumA / count;
  const meanLater = sumB / count;
  return {
    covered: count,
    meanEarlier,
    meanLater,
    spreadEarlier: Math.sqrt(Math.max(0, squaresA / count - meanEarlier ** 2)) + 1e-3,
    spreadLater: Math.sqrt(Math.max(0, squaresB / count - meanLater ** 2)) + 1e-3,
  };
}

function stepOf(
  the: Omit<Descent, "later" | "rows"> & { readonly count: number; readonly light: Light },
): Float64Array | null {
  const { earlier, side, warp, room, count, light } = the;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = warp;
  const curvature = new Float64Array(count * count);
  const pull = new Float64Array(count);
  const slopes = new Float64Array(PARAMETERS);
  let at = 0;
  for (let row = 0; row < side; row++) {
    const y = (row + 0.5) / side - 0.5;
    for (let column = 0; column < side; column++, at++) {
      if (room.covered[at] === 0) continue;
      const x = (column + 0.5) / side - 0.5;
      const error =
        ((earlier[at] ?? 0) - light.meanEarlier) / light.spreadEarlier -
        ((room.values[at] ?? 0) - light.meanLater) / light.spreadLater;
      const weight = 1 / (1 + 4 * error * error);
      const depth = 1 + g * x + h * y;
      const slopeX = (room.slopeX[at] ?? 0) / light.spreadLater / depth;
      const slopeY = (room.slopeY[at] ?? 0) / light.spreadLater / depth;
      slopes[0] = slopeX * x;
      slopes[1] = slopeX * y;
      slopes[2] = slopeX;
      slopes[3] = slopeY * x;
      slopes[4] = slopeY * y;
      slopes[5] = slopeY;
      if (count === PARAMETERS) {
        const aslant = -(slopeX * (a * x + b * y + c) + slopeY * (d * x + e * y + f)) / depth;
        slopes[6] = aslant * x;
        slopes[7] = aslant * y;
      }
      for (let i = 0; i < count; i++) {
        const weighted = (slopes[i] ?? 0) * weight;
        pull[i] = (pull[i] ?? 0) + weighted * error;
        for (let j = i; j < count; j++)
          curvature[i * count + j] = (curvature[i * count + j] ?? 0) + weighted * (slopes[j] ?? 0);
      }
    }
  }
  for (let i = 0; i < count; i++) {
    curvature[i * count + i] = (curvature[i * count + i] ?? 0) * 1.001;
    for (let j = 0; j < i; j++) curvature[i * count + j] = curvature[j * count + i] ?? 0;
  }
  return solve(curvature, pull);
}

function halved(values: Float32Array, side: number): Float32Array {
  const half = side / 2;
  return Float32Array.from({ length: half * half }, (_, i) => {
    const from = Math.floor(i / half) * 2 * side + (i % half) * 2;
    return (
      ((values[from] ?? 0) + (values[from + 1] ?? 0) + (values[from + side] ?? 0) + (values[from + side + 1] ?? 0)) / 4
    );
  });
}

/** A [1 2 1] filter each way: crops that fall between pixels then agree to 0.997 instead of 0.97 (prototype's figures). */
function smoothed(values: Float32Array, side: number): Float32Array {
  const rows = new Float32Array(values.length);
  const both = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = i % side;
    const left = values[x === 0 ? i : i - 1] ?? 0;
    const right = values[x === side - 1 ? i : i + 1] ?? 0;
    rows[i] = (left + 2 * (values[i] ?? 0) + right) / 4;
  }
  for (let i = 0; i < values.length; i++) {
    const above = rows[i < side ? i : i - side] ?? 0;
    const below = rows[i >= values.length - side ? i : i + side] ?? 0;
    both[i] = (above + 2 * (rows[i] ?? 0) + below) / 4;
  }
  return both;
}
