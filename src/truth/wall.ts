/**
 * Whether a sketch shows the same again and again, as a wall of equal packs does: two photos of such a wall, or of two such walls, may
 * be as alike as one photo used twice. Says nothing about whether they are.
 */
import { pyramidOf } from "./align.ts";
import { SKETCH_SIDE, type Sketch } from "./sketch.ts";

/** Nearer than this, neighbours are alike because light is smooth. */
const NEAREST = 7;
const FARTHEST = SKETCH_SIDE / 2;
/** Drawn walls of 2 × 4 packs and more are above 0.8, four in five of 70 real photos below 0.5. */
const ALIKE = 0.6;

export function isWall(sketch: Sketch): boolean {
  const smooth = pyramidOf(sketch).at(-1)?.values ?? new Float32Array(0);
  for (let shift = NEAREST; shift <= FARTHEST; shift++) {
    if (agreement(smooth, shift, 0) >= ALIKE || agreement(smooth, 0, shift) >= ALIKE) return true;
  }
  return false;
}

/** How well the sketch agrees with itself moved, where both are: −1 to 1. */
function agreement(values: Float32Array, right: number, down: number): number {
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let y = 0; y + down < SKETCH_SIDE; y++) {
    for (let x = 0; x + right < SKETCH_SIDE; x++) {
      const a = values[y * SKETCH_SIDE + x] ?? 0;
      const b = values[(y + down) * SKETCH_SIDE + x + right] ?? 0;
      count++;
      sumA += a;
      sumB += b;
      squaresA += a * a;
      squaresB += b * b;
      products += a * b;
    }
  }
  const varianceA = squaresA / count - (sumA / count) ** 2;
  const varianceB = squaresB / count - (sumB / count) ** 2;
  return (products / count - (sumA / count) * (sumB / count)) / Math.sqrt(varianceA * varianceB + 1e-6);
}
