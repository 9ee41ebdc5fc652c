/**
 * Boxes of the ISO base media file format (ISO/IEC 14496-12), on which AVIF, HEIC and JPEG XL are built.
 * Never follows a length out of its parent, and always moves forward.
 */
import { fourAt, u32be, u64be } from "./read-bytes.ts";

/** `start` to `end` is the body; an `end` of Infinity means up to the file's end. */
export type Box = { readonly type: string; readonly start: number; readonly end: number };

/** The box at the offset, "cut" when its header is not among the bytes, "corrupt" when it is shorter than its own header. */
export function boxAt(bytes: Uint8Array, at: number): Box | "cut" | "corrupt" {
  if (at + 8 > bytes.length) return "cut";
  const type = fourAt(bytes, at + 4);
  const size = u32be(bytes, at);
  if (size === 0) return { type, start: at + 8, end: Number.POSITIVE_INFINITY };
  if (size > 1) return size < 8 ? "corrupt" : { type, start: at + 8, end: at + size };
  if (at + 16 > bytes.length) return "cut";
  const largeSize = u64be(bytes, at + 8);
  return largeSize < 16 ? "corrupt" : { type, start: at + 16, end: at + largeSize };
}

/** More boxes side by side than any image has; a hostile file may have millions. */
const MOST_BOXES = 65_536;

/** The boxes between two offsets that are among the bytes, up to the first that does not fit. */
export function* boxesWithin(bytes: Uint8Array, from: number, to: number): Generator<Box, undefined> {
  let at = from;
  for (let left = MOST_BOXES; at < to && left > 0; left--) {
    const box = boxAt(bytes, at);
    if (typeof box === "string" || box.end > to) return;
    yield box;
    at = box.end;
  }
}

/**
 * Whether the top-level boxes end where the file ends, with image data among them: true, false, or null when a box begins
 * behind the given bytes.
 */
export function boxesFill(bytes: Uint8Array, totalBytes: number, dataBoxes: readonly string[]): boolean | null {
  let hasData = false;
  let at = 0;
  while (at < totalBytes) {
    const box = boxAt(bytes, at);
    // Behind the image data, bytes that are no box are padding or a vendor's trailer.
    if (box === "corrupt") return hasData;
    if (box === "cut") return bytes.length < totalBytes ? null : hasData;
    hasData ||= dataBoxes.includes(box.type);
    if (box.end === Number.POSITIVE_INFINITY) return hasData;
    at = box.end;
  }
  return hasData && at === totalBytes;
}
