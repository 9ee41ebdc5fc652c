/**
 * A JPEG without what its pixels do not need: application segments, comments, stray bytes between the segments before the first
 * scan. libjpeg only warns of missing pixels, as it does of stray bytes, and sharp cannot tell one warning from another: with
 * the harmless ones gone, a warning means damage. (3 of 66 good corpus files have stray bytes there.) Never touches a scan.
 */
import { isSkippable, isStandalone, MARKER, nextMarker } from "./jpeg-markers.ts";
import { u16be } from "./read-bytes.ts";

/** The very same bytes when they do not lead to a scan. */
export function bareJpeg(bytes: Uint8Array): Uint8Array {
  // One buffer for all: a file of millions of tiny segments must not become millions of pieces.
  const bare = new Uint8Array(bytes.length);
  let length = 0;
  const keep = (from: number, to: number) => {
    bare.set(bytes.subarray(from, to), length);
    length += Math.min(to, bytes.length) - from;
  };
  keep(0, 2);
  let at = 2;
  for (;;) {
    const code = nextMarker(bytes, at);
    const marker = bytes[code];
    if (marker === undefined || marker === MARKER.startOfImage || marker === MARKER.endOfImage) return bytes;
    at = code + 1;
    if (isStandalone(marker)) continue;
    if (at + 2 > bytes.length) return bytes;
    const end = at + Math.max(2, u16be(bytes, at));
    // The scan begins here; it and all behind it stay as they are.
    if (marker === MARKER.startOfScan) {
      keep(code - 1, bytes.length);
      return bare.subarray(0, length);
    }
    if (!isSkippable(marker)) keep(code - 1, end);
    at = end;
  }
}
