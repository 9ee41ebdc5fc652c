/**
 * Photos by the million for the index bench: codes alone, no pixels. Each is a drawn shelf's codes with the same signs turned in all of
 * its windows, so that windows, probes and near misses lie as a real photo's do, while photos crowd into common buckets as real ones do.
 */
import { aShelf } from "../src/testing/grey-pictures.ts";
import { askedCode, type Fingerprint, fingerprintOf, type Probes, QUESTIONS } from "../src/truth/fingerprint.ts";
import { sketchOf } from "../src/truth/sketch.ts";
import { BUCKET_BITS, type Code } from "../src/truth/window-code.ts";

const SHELVES = 200;
const LOW_MASK = 2 ** BUCKET_BITS - 1;

export type Signs = { readonly low: number; readonly high: number };

/** 32 random bits, the same run for the same seed (xorshift). */
export function createBits(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Drawn once: they take a second or two. */
export function drawShelves(): readonly Fingerprint[] {
  return Array.from({ length: SHELVES }, (_, seed) => fingerprintOf(sketchOf(aShelf(seed + 1))));
}

/**
 * Which signs a photo's codes have turned. Of the lowest 22 each falls the rarer way in 11 of 32 photos: the rows that a look-up met were 1.4
 * times as many as by chance, where 70 real photos of different goods had 3.2 times. What is printed is too good by so much.
 */
export function turnedSigns(shelf: Fingerprint, bits: () => number): Signs {
  const first = shelf.entries[0]?.code.low ?? 0;
  const rare = (((bits() | bits()) & bits()) | bits()) & bits();
  return { low: (((rare & LOW_MASK) | (bits() & ~LOW_MASK)) ^ (first & LOW_MASK)) >>> 0, high: bits() };
}

export function turned({ low, high }: Code, signs: Signs): Code {
  return { low: (low ^ signs.low) >>> 0, high: (high ^ signs.high) >>> 0 };
}

/** The whole photo, as the ledger is given it. */
export function photoOf(shelf: Fingerprint, signs: Signs): Fingerprint {
  const bucketSigns = signs.low & LOW_MASK;
  return {
    sketch: shelf.sketch,
    entries: shelf.entries.map(({ window, bucket, code }) => ({
      window,
      bucket: bucket ^ bucketSigns,
      code: turned(code, signs),
    })),
    probes: askedWith(shelf.probes, signs),
  };
}

function askedWith(probes: Probes, signs: Signs): Probes {
  const asked = probes.slice();
  for (const { at, buckets } of QUESTIONS) {
    const code = turned(askedCode(probes, { at }), signs);
    asked[at] = code.low;
    asked[at + 1] = code.high;
    for (let i = 0; i < buckets; i++) asked[at + 2 + i] = (probes[at + 2 + i] ?? 0) ^ (signs.low & LOW_MASK);
  }
  return asked;
}
