/**
 * Finds the photo inside a picture: plain borders and the bars of a screenshot are left out.
 * Never cuts into a photo for being dark or plain in places: what is left must be a good part of the picture.
 */
import type { Box, GreyPicture } from "./grey-picture.ts";

/** A row or column whose brightness varies less than this (standard deviation, of 255) shows nothing. */
const PLAIN_DEVIATION = 5;
/** Less than this share of a side is no photo with borders around it, but a plain photo. */
const LEAST_SHARE = 0.25;
/** Thinner borders than this share of a side are left: cutting them moves every window for nothing. */
const THIN_SHARE = 0.03;

export function contentBoxOf({ width, height, pixels }: GreyPicture): Box {
  const whole = { left: 0, top: 0, right: width, bottom: height };
  const rows = longestRun(height, (y) => variesAlong(pixels, y * width, 1, width));
  const [top, bottom] = settled(rows, height);
  const columns = longestRun(width, (x) => variesAlong(pixels, top * width + x, width, bottom - top));
  const [left, right] = settled(columns, width);
  return right - left < 8 || bottom - top < 8 ? whole : { left, top, right, bottom };
}

function variesAlong(pixels: Uint8Array, start: number, stride: number, count: number): boolean {
  let sum = 0;
  let squares = 0;
  for (let i = 0, at = start; i < count; i++, at += stride) {
    const value = pixels[at] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return squares / count - mean * mean > PLAIN_DEVIATION ** 2;
}

function longestRun(length: number, isBusy: (at: number) => boolean): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let at = 0; at <= length; at++) {
    if (at < length && isBusy(at)) continue;
    if (at - start > best[1] - best[0]) best = [start, at];
    start = at + 1;
  }
  return best;
}

function settled([from, to]: readonly [number, number], length: number): readonly [number, number] {
  if (to - from < length * LEAST_SHARE) return [0, length];
  return [from < length * THIN_SHARE ? 0 : from, length - to < length * THIN_SHARE ? length : to];
}
