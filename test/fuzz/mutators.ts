/** Changes to the bytes of a file that know nothing of its format. */
import { join } from "../../src/testing/image-bytes.ts";
import type { Choices } from "./choices.ts";

/** Longer files say nothing new to parsers of headers and take longer. */
const MOST_BYTES = 8_192;
/** One in so many is made long by repeating a piece: what takes a parser n × n steps shows only then. */
const LONG_SHARE = 0.5;
const LONG_BYTES = 300_000;

type Mutator = (bytes: Uint8Array, choices: Choices, other: () => Uint8Array) => Uint8Array;

const MUTATORS: readonly [Mutator, ...Mutator[]] = [
  function flipBits(bytes, { below }) {
    const flipped = Uint8Array.from(bytes);
    for (let left = 1 + below(8); left > 0; left--) {
      const at = below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
    }
    return flipped;
  },
  function overwrite(bytes, choices) {
    const written = Uint8Array.from(bytes);
    const at = choices.below(bytes.length);
    written.set(choices.bytes(Math.min(bytes.length - at, 1 + choices.below(6))), at);
    return written;
  },
  function truncate(bytes, { below }) {
    return bytes.subarray(0, below(bytes.length));
  },
  function overwriteNumber(bytes, { below, odd, pick }) {
    const written = Uint8Array.from(bytes);
    const width = pick<1 | 2 | 3 | 4>(1, 2, 2, 4, 4, 3);
    const digits = Array.from({ length: width }, (_, i) => i);
    const order = pick(digits, digits.toReversed());
    const value = odd(width);
    const at = below(bytes.length);
    for (const [i, digit] of order.entries()) {
      if (at + i < written.length) written[at + i] = Math.floor(value / 256 ** digit);
    }
    return written;
  },
  function insert(bytes, choices) {
    const at = choices.below(bytes.length + 1);
    return join(bytes.subarray(0, at), choices.bytes(1 + choices.below(12)), bytes.subarray(at));
  },
  function remove(bytes, { below }) {
    const at = below(bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + below(12)));
  },
  function repeat(bytes, { below, percent }) {
    const at = below(bytes.length);
    const piece = bytes.subarray(at, at + 1 + below(60));
    const wanted = percent(LONG_SHARE) ? LONG_BYTES : piece.length * (1 + below(4));
    const copies = new Uint8Array(wanted - (wanted % piece.length)).map((_, i) => piece[i % piece.length] ?? 0);
    return join(bytes.subarray(0, at), copies, bytes.subarray(at));
  },
  function splice(bytes, { below }, other) {
    const donor = other();
    const from = below(donor.length);
    const at = below(bytes.length + 1);
    return join(bytes.subarray(0, at), donor.subarray(from, from + 1 + below(200)), bytes.subarray(at));
  },
  function cross(bytes, { below }, other) {
    const donor = other();
    return join(bytes.subarray(0, below(bytes.length)), donor.subarray(below(donor.length)));
  },
];

/** One to three changes, one after the other. `other` gives a file to take pieces from. */
export function mutate(bytes: Uint8Array, choices: Choices, other: () => Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let left = choices.pick(1, 1, 1, 2, 3); left > 0 && mutated.length > 0; left--) {
    mutated = choices.pick(...MUTATORS)(mutated, choices, other);
    if (mutated.length > MOST_BYTES && left > 1) break;
  }
  return mutated;
}
