/**
 * A window's code: the signs of its 64 lowest frequencies, lowest first. Two windows that show the same differ in few signs.
 * The first 22 signs are the bucket it is stored in; the likeliest errors of those are asked for too (multi-probe).
 */
import { SKETCH_SIDE, type Sketch } from "./sketch.ts";
import type { View } from "./views.ts";
import type { Window } from "./windows.ts";

export const BUCKET_BITS = 22;
const BUCKET_MASK = 2 ** BUCKET_BITS - 1;

/** 64 signs in two unsigned halves; `low` holds the 32 lowest frequencies. */
export type Code = { readonly low: number; readonly high: number };

const FREQUENCIES = 10;
const SIGNS = 64;

/** Which frequencies count, lowest first, neither axis before the other but at a tie. */
const ORDER: readonly (readonly [number, number])[] = Array.from({ length: FREQUENCIES ** 2 }, (_, i) => [
  i % FREQUENCIES,
  Math.floor(i / FREQUENCIES),
])
  .map(([across = 0, down = 0]) => [across, down] as const)
  .filter(([across, down]) => across + down > 0)
  .sort((a, b) => a[0] ** 2 + a[1] ** 2 - b[0] ** 2 - b[1] ** 2 || a[0] - b[0])
  .slice(0, SIGNS);

/** Windows are worked out on half the sketch's side: the frequencies that count need no more, and it costs a quarter. */
const SIDE = SKETCH_SIDE / 2;

/** `coefficients[down * 10 + across]`, of cosines over the window; those that count in no view are left out, as 0. */
export type Coefficients = Float32Array;

/** Cosines over an axis of a window; none has a pixel outside of `first` to `end`. */
type Basis = { readonly values: Float64Array; readonly first: number; readonly end: number };

/**
 * Works out the windows of a sketch; those that share an axis share the work on it. Everything between is in double precision and rounded to single
 * where it is kept: to read a single costs more.
 */
export function createSpectrum(sketch: Sketch): (window: Window) => Coefficients {
  const small = halved(sketch);
  const columns = new Map<number, Map<number, Float64Array>>();
  return ({ x, y, width, height }) => {
    const ofWidth = columns.get(width) ?? new Map<number, Float64Array>();
    columns.set(width, ofWidth);
    const across = ofWidth.get(x) ?? transformRows(small, basisOf(x, width));
    ofWidth.set(x, across);
    return transformColumns(across, basisOf(y, height));
  };
}

const bases = new Map<number, Map<number, Basis>>();

/** Each cosine integrated over each pixel that the window covers, so that a window may begin anywhere within one. */
function basisOf(offset: number, length: number): Basis {
  const ofLength = bases.get(length) ?? new Map<number, Basis>();
  bases.set(length, ofLength);
  const known = ofLength.get(offset);
  if (known) return known;
  const values = new Float64Array(FREQUENCIES * SIDE);
  const from = 0.5 + offset - length / 2;
  for (let frequency = 0; frequency < FREQUENCIES; frequency++) {
    const turn = (Math.PI * frequency) / length;
    for (let pixel = 0; pixel < SIDE; pixel++) {
      const start = Math.max(from, pixel / SIDE);
      const end = Math.min(from + length, (pixel + 1) / SIDE);
      if (end <= start) continue;
      const covered =
        frequency === 0 ? end - start : (Math.sin(turn * (end - from)) - Math.sin(turn * (start - from))) / turn;
      values[frequency * SIDE + pixel] = Math.fround((covered / length) * (frequency === 0 ? 1 : Math.SQRT2));
    }
  }
  const first = Math.max(0, Math.floor(from * SIDE));
  const basis = { values, first, end: Math.min(SIDE, Math.ceil((from + length) * SIDE)) };
  ofLength.set(offset, basis);
  return basis;
}

/** Four rows at a time, which share the reading of the basis. */
function transformRows(small: Float64Array, { values, first, end }: Basis): Float64Array {
  const out = new Float64Array(FREQUENCIES * SIDE);
  for (let frequency = 0; frequency < FREQUENCIES; frequency++) {
    const from = frequency * SIDE;
    for (let y = 0; y < SIDE; y += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let x = first, at = y * SIDE + first; x < end; x++, at++) {
        const value = values[from + x] ?? 0;
        a += value * (small[at] ?? 0);
        b += value * (small[at + SIDE] ?? 0);
        c += value * (small[at + 2 * SIDE] ?? 0);
        d += value * (small[at + 3 * SIDE] ?? 0);
      }
      out[from + y] = Math.fround(a);
      out[from + y + 1] = Math.fround(b);
      out[from + y + 2] = Math.fround(c);
      out[from + y + 3] = Math.fround(d);
    }
  }
  return out;
}

/** The places of coefficients that count, as it is or with the axes exchanged. */
const COUNTING = Uint8Array.from(new Set(ORDER.flatMap(([a, b]) => [a * FREQUENCIES + b, b * FREQUENCIES + a])));

function transformColumns(across: Float64Array, { values, first, end }: Basis): Coefficients {
  const out = new Float32Array(FREQUENCIES ** 2);
  for (let i = 0; i < COUNTING.length; i++) {
    const place = COUNTING[i] ?? 0;
    const down = (place / FREQUENCIES) | 0;
    const basis = down * SIDE;
    const column = (place - down * FREQUENCIES) * SIDE;
    let sum = 0;
    for (let y = first; y < end; y++) sum += (values[basis + y] ?? 0) * (across[column + y] ?? 0);
    out[place] = sum;
  }
  return out;
}

/** Means of four pixels: quarters, which a single has room for. */
function halved(sketch: Sketch): Float64Array {
  const small = new Float64Array(SIDE * SIDE);
  for (let y = 0, to = 0; y < SIDE; y++) {
    for (let x = 0, at = y * 2 * SKETCH_SIDE; x < SIDE; x++, at += 2, to++) {
      const below = at + SKETCH_SIDE;
      small[to] = ((sketch[at] ?? 0) + (sketch[at + 1] ?? 0) + (sketch[below] ?? 0) + (sketch[below + 1] ?? 0)) / 4;
    }
  }
  return small;
}

/** Of a view, for each of the 64: its coefficient's place, and what it is multiplied with. */
type Reading = { readonly places: Uint8Array; readonly signs: Float32Array };

const readings = new Map<View, Reading>();

function readingOf(view: View): Reading {
  const known = readings.get(view);
  if (known) return known;
  const places = new Uint8Array(SIGNS);
  const signs = new Float32Array(SIGNS);
  for (const [i, [a, b]] of ORDER.entries()) {
    const [across, down] = view.swaps ? [b, a] : [a, b];
    const isNegated = (view.flipsX && across % 2 === 1) !== (view.flipsY && down % 2 === 1);
    places[i] = down * FREQUENCIES + across;
    signs[i] = isNegated ? -1 : 1;
  }
  const reading = { places, signs };
  readings.set(view, reading);
  return reading;
}

/** 64 coefficients and their bits, by which signs are read without a jump that nobody could foresee. */
export type Seen = { readonly values: Float32Array; readonly bits: Int32Array };

export function createSeen(): Seen {
  const values = new Float32Array(SIGNS);
  return { values, bits: new Int32Array(values.buffer) };
}

/** The 64 coefficients that count, as the view shows them, in place of what was seen before. */
export function see(view: View, coefficients: Coefficients, { values }: Seen): void {
  const { places, signs } = readingOf(view);
  for (let i = 0; i < SIGNS; i++) values[i] = (coefficients[places[i] ?? 0] ?? 0) * (signs[i] ?? 1);
}

export function codeOf({ bits }: Seen): Code {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 32; i++) {
    low |= isPositive(bits[i] ?? 0) << i;
    high |= isPositive(bits[i + 32] ?? 0) << i;
  }
  return { low: low >>> 0, high: high >>> 0 };
}

/** 1 or 0, of a number's bits; no zero is positive. */
function isPositive(bits: number): number {
  return (-bits >>> 31) & ~(bits >>> 31);
}

export function bucketOf(code: Code): number {
  return code.low & BUCKET_MASK;
}

/** How many of 64 signs differ. */
export function distanceOf(a: Code, b: Code): number {
  return bitsIn(a.low ^ b.low) + bitsIn(a.high ^ b.high);
}

export function bitsIn(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Typical size of each coefficient of the order (natural pictures: falling with frequency), by which a doubtful sign is known:
 * what counts is how near to zero a value is for its frequency.
 */
const TYPICAL = Float64Array.from(
  ORDER.slice(0, BUCKET_BITS),
  ([across, down]) => (across * across + down * down) ** -0.62,
);
const DOUBTFUL = 10;
/** Sets of flips that are open at a time are two more with each that is found. */
const MOST_ASKED = 16;

/** Used again by each call, which costs a third of it. */
const doubts = { costs: new Float64Array(DOUBTFUL), flips: new Int32Array(DOUBTFUL) };
const open = {
  costs: new Float64Array(2 * MOST_ASKED),
  lasts: new Int32Array(2 * MOST_ASKED),
  flips: new Int32Array(2 * MOST_ASKED),
};

/**
 * The bucket of the signs, and of the likeliest readings of the same window after small changes, into `buckets` from `at` up to `end`: sets of
 * flips by rising cost (after Lv and others, Multi-Probe LSH, 2007). Each set grows by the next doubt, or moves its last on.
 */
export function putLikelyBuckets(
  { values }: Seen,
  bucket: number,
  buckets: Uint32Array,
  at: number,
  end: number,
): void {
  const { costs, lasts, flips } = open;
  rankDoubts(values);
  buckets[at] = bucket;
  costs[0] = doubts.costs[0] ?? 0;
  lasts[0] = 0;
  flips[0] = doubts.flips[0] ?? 0;
  let length = 1;
  for (let next = at + 1; next < end && length > 0; next++) {
    let cheapest = 0;
    for (let i = 1; i < length; i++) if ((costs[i] ?? 0) < (costs[cheapest] ?? 0)) cheapest = i;
    const cost = costs[cheapest] ?? 0;
    const last = lasts[cheapest] ?? 0;
    const flipped = flips[cheapest] ?? 0;
    buckets[next] = bucket ^ flipped;
    length -= 1;
    costs[cheapest] = costs[length] ?? 0;
    lasts[cheapest] = lasts[length] ?? 0;
    flips[cheapest] = flips[length] ?? 0;
    if (last + 1 === DOUBTFUL) continue;
    const nextCost = doubts.costs[last + 1] ?? 0;
    const nextFlip = doubts.flips[last + 1] ?? 0;
    costs[length] = cost + nextCost;
    lasts[length] = last + 1;
    flips[length] = flipped | nextFlip;
    length += 1;
    costs[length] = cost - (doubts.costs[last] ?? 0) + nextCost;
    lasts[length] = last + 1;
    flips[length] = (flipped ^ (doubts.flips[last] ?? 0)) | nextFlip;
    length += 1;
  }
}

/** The signs that are likeliest to fall otherwise, the likeliest first. */
function rankDoubts(values: Float32Array): void {
  const { costs, flips } = doubts;
  let length = 0;
  for (let bit = 0; bit < BUCKET_BITS; bit++) {
    const cost = Math.abs(values[bit] ?? 0) / (TYPICAL[bit] ?? 1);
    if (length === DOUBTFUL && cost >= (costs[DOUBTFUL - 1] ?? 0)) continue;
    let at = length === DOUBTFUL ? DOUBTFUL - 1 : length;
    for (; at > 0 && (costs[at - 1] ?? 0) > cost; at--) {
      costs[at] = costs[at - 1] ?? 0;
      flips[at] = flips[at - 1] ?? 0;
    }
    costs[at] = cost;
    flips[at] = 1 << bit;
    length = Math.min(DOUBTFUL, length + 1);
  }
}
