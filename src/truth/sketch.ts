/**
 * A photo's sketch: 64 × 64 grey values of what the photo shows, whatever its shape. Everything that telling re-used photos
 * needs comes from the sketch alone, so that a run repeated gives the same answer and the photo itself need not be kept.
 */
import { contentBoxOf } from "./content-box.ts";
import { type GreyPicture, shrinkByArea } from "./grey-picture.ts";

export const SKETCH_SIDE = 64;

/** Changes whenever the same photo would give another sketch or other codes: only equal versions are compared. */
export const SKETCH_VERSION = 1;

/** 64 rows of 64 grey values. */
export type Sketch = Uint8Array;

/** The upright picture's sketch, plain borders and screenshot bars cut off. */
export function sketchOf(picture: GreyPicture): Sketch {
  const cells = shrinkByArea(picture, contentBoxOf(picture), SKETCH_SIDE, SKETCH_SIDE);
  // Not `Uint8Array.from`, which takes longer over it than all the rest.
  const sketch = new Uint8Array(cells.length);
  for (let i = 0; i < cells.length; i++) sketch[i] = Math.max(0, Math.min(255, Math.round(cells[i] ?? 0)));
  return sketch;
}

/** Too plain to be told from another: a lens cap, a white wall. Nothing is said about the re-use of such photos. */
export function isPlain(sketch: Sketch): boolean {
  let sum = 0;
  let squares = 0;
  for (const value of sketch) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / sketch.length;
  return squares / sketch.length - mean * mean < 36;
}
