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
  const [top, bottom] = settled(longestRun(busyRows({ width, height, pixels })), height);
  const [left, right] = settled(longestRun(busyColumns({ width, height, pixels }, top, bottom)), width);
  return right - left < 8 || bottom - top < 8 ? whole : { left, top, right, bottom };
}

function busyRows({ width, height, pixels }: GreyPicture): boolean[] {
  return Array.from({ length: height }, (_, y) => {
    let sum = 0;
    let squares = 0;
    for (let at = y * width, end = at + width; at < end; at++) {
      const value = pixels[at] ?? 0;
      sum += value;
      squares += value * value;
    }
    return isBusy(sum, squares, width);
  });
}

/** Row by row, as the pixels lie in memory. */
function busyColumns({ width, pixels }: GreyPicture, top: number, bottom: number): boolean[] {
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let y = top; y < bottom; y++) {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const value = pixels[at] ?? 0;
      sums[x] = (sums[x] ?? 0) + value;
      squares[x] = (squares[x] ?? 0) + value * value;
    }
  }
  return Array.from(sums, (sum, x) => isBusy(sum, squares[x] ?? 0, bottom - top));
}

function isBusy(sum: number, squares: number, count: number): boolean {
  const mean = sum / count;
  return squares / count - mean * mean > PLAIN_DEVIATION ** 2;
}

function longestRun(busy: readonly boolean[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let at = 0; at <= busy.length; at++) {
    if (busy[at]) continue;
    if (at - start > best[1] - best[0]) best = [start, at];
    start = at + 1;
  }
  return best;
}

function settled([from, to]: readonly [number, number], length: number): readonly [number, number] {
  if (to - from < length * LEAST_SHARE) return [0, length];
  return [from < length * THIN_SHARE ? 0 : from, length - to < length * THIN_SHARE ? length : to];
}
