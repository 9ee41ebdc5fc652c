/**
 * GIF (87a, 89a): the size of the logical screen, and whether the blocks lead to the trailer.
 * Never takes a frame's size for the image's.
 */
import { type HeaderAnswer, NOT_THIS_FORMAT, need, sized } from "./header-answer.ts";
import { mayStartWith, u16le } from "./read-bytes.ts";

const GIF87A = [0x47, 0x49, 0x46, 0x38, 0x37, 0x61];
const GIF89A = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61];
const SCREEN_END = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

export function walkGif(bytes: Uint8Array): HeaderAnswer {
  if (!mayStartWith(bytes, GIF89A) && !mayStartWith(bytes, GIF87A)) return NOT_THIS_FORMAT;
  if (bytes.length < 10) return need(10);
  return sized(u16le(bytes, 6), u16le(bytes, 8));
}

/** Whether the blocks of a whole file lead to the trailer. What follows it does not matter. */
export function isGifComplete(bytes: Uint8Array): boolean {
  let at = SCREEN_END + colourTableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === TRAILER) return true;
    if (block === EXTENSION) at = afterSubBlocks(bytes, at + 2);
    else if (block === IMAGE) at = afterSubBlocks(bytes, at + 11 + colourTableBytes(bytes[at + 9] ?? 0));
    // Stray zeros between blocks are written by some encoders and skipped by browsers.
    else if (block === 0) at += 1;
    else return false;
  }
  return false;
}

/** Whether the last bytes are a block's end and the trailer, then nothing but zeros. */
export function hasGifEnd(tail: Uint8Array): boolean {
  let last = tail.length - 1;
  while (last > 0 && tail[last] === 0) last -= 1;
  return tail[last] === TRAILER && tail[last - 1] === 0;
}

function colourTableBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function afterSubBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) break;
  }
  return at;
}
