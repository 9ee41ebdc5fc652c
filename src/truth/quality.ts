/**
 * How good a photo is, as figures and as flags. The figures are taken from a picture of at most 320 pixels a side: what counts
 * is what a person sees in a report, so a blur that vanishes at that size is none.
 */
import { type Thresholds, USUAL_SETTINGS } from "../domain/truth-rules.ts";
import type { GreyPicture } from "./grey-picture.ts";

export type Quality = {
  /** Variance of the Laplacian over variance + 25: falls with blur from a lens out of focus. */
  readonly sharpness: number;
  /**
   * How much of the finest differences a blur of nine pixels leaves (0 to 1, after Crete and others, 2007), in the worst of four
   * directions, and half of how much more that is than across it: a hand that moves softens one direction, a soft subject all.
   */
  readonly smear: number;
  /** Brightness, 0 to 255, that 5, 50 and 95 % of the pixels do not exceed. */
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
};

export type QualityFlag = "blurred" | "dark" | "bright" | "small";

/** Without a quality, since nobody looked at the pixels, the size alone is judged. */
export function qualityFlags(
  quality: Quality | null,
  size: { readonly width: number; readonly height: number },
  thresholds: Thresholds = USUAL_SETTINGS.thresholds,
): readonly QualityFlag[] {
  const flags: QualityFlag[] = [];
  const isDark = quality !== null && quality.p95 < thresholds.dark_below;
  const isBright = quality !== null && quality.p5 > thresholds.bright_above && quality.p50 > 165;
  // A picture without light or without shade is soft for that reason alone.
  if (quality && !isDark && !isBright && isBlurred(quality, thresholds)) flags.push("blurred");
  if (isDark) flags.push("dark");
  if (isBright) flags.push("bright");
  if (Math.min(size.width, size.height) < thresholds.least_side) flags.push("small");
  return flags;
}

function isBlurred({ sharpness, smear }: Quality, thresholds: Thresholds): boolean {
  return sharpness < thresholds.least_sharpness || smear > thresholds.most_smear;
}

export function qualityOf(picture: GreyPicture): Quality {
  const { width, height } = picture;
  const [p5 = 0, p50 = 0, p95 = 0] = percentiles(picture.pixels, [0.05, 0.5, 0.95]);
  // Too small for the blur's nine pixels: nothing is said about sharpness.
  if (Math.min(width, height) < LEAST_SIDE) return { sharpness: 1, smear: 0, p5, p50, p95 };
  return { sharpness: sharpnessOf(picture), smear: smearOf(picture), p5, p50, p95 };
}

const LEAST_SIDE = 24;
/** Across, down and both diagonals, those that cross each other side by side: a hand shakes in any direction. */
const DIRECTIONS = [
  { across: 1, down: 0, reach: 4 },
  { across: 0, down: 1, reach: 4 },
  { across: 1, down: 1, reach: 3 },
  { across: -1, down: 1, reach: 3 },
] as const;

function percentiles(pixels: Uint8Array, shares: readonly number[]): number[] {
  const counts = new Uint32Array(256);
  for (const value of pixels) counts[value] = (counts[value] ?? 0) + 1;
  return shares.map((share) => {
    let below = 0;
    return Math.max(
      0,
      counts.findIndex((count) => {
        below += count;
        return below >= share * pixels.length;
      }),
    );
  });
}

function sharpnessOf({ width, height, pixels }: GreyPicture): number {
  let sum = 0;
  let squares = 0;
  let edges = 0;
  let edgeSquares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const value = pixels[at] ?? 0;
      const edge =
        4 * value -
        (pixels[at - 1] ?? 0) -
        (pixels[at + 1] ?? 0) -
        (pixels[at - width] ?? 0) -
        (pixels[at + width] ?? 0);
      sum += value;
      squares += value * value;
      edges += edge;
      edgeSquares += edge * edge;
    }
  }
  const count = (width - 2) * (height - 2);
  const variance = squares / count - (sum / count) ** 2;
  return (edgeSquares / count - (edges / count) ** 2) / (variance + 25);
}

function smearOf(picture: GreyPicture): number {
  const along = DIRECTIONS.map((direction) => smearAlong(picture, direction));
  const worst = Math.max(...along);
  const crossing = along[along.indexOf(worst) ^ 1] ?? worst;
  return worst + (worst - crossing) / 2;
}

/** A box blur changes a difference of neighbours into that of its two ends over its length: no blurred picture is needed. */
function smearAlong(
  { width, height, pixels }: GreyPicture,
  { across, down, reach }: (typeof DIRECTIONS)[number],
): number {
  const step = down * width + across;
  const [ahead, behind] = [reach * step, (reach + 1) * step];
  const margin = reach + 2;
  const length = 2 * reach + 1;
  // Whole numbers, the blur's length times what they stand for.
  let all = 0;
  let taken = 0;
  for (let y = margin; y < height - margin; y++) {
    for (let at = y * width + margin, end = (y + 1) * width - margin; at < end; at++) {
      const difference = Math.abs((pixels[at] ?? 0) - (pixels[at - step] ?? 0)) * length;
      const left = Math.abs((pixels[at + ahead] ?? 0) - (pixels[at - behind] ?? 0));
      all += difference;
      if (difference > left) taken += difference - left;
    }
  }
  return all === 0 ? 0 : 1 - taken / all;
}
