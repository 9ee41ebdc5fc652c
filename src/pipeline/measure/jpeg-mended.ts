/**
 * A JPEG without two slips of writers that change no pixel, and of which libjpeg warns as it does of missing ones: a scan of a sequential
 * JPEG that says less than the whole spectrum (as some phones write), and zeros between two scans. Never adds a byte.
 */
import { isStandalone, MARKER, nextMarker, nextMarkerInScan } from "./jpeg-markers.ts";
import { u16be } from "./read-bytes.ts";

const BASELINE = 0xc0;
const EXTENDED = 0xc1;
/** From the first coefficient to the last, at once. */
const WHOLE_SPECTRUM = [0, 63, 0];

/** Null where there is nothing to mend. */
export function mendedJpeg(bytes: Uint8Array): Uint8Array | null {
  const mended = new Uint8Array(bytes.length);
  let length = 0;
  const keep = (from: number, to: number) => {
    mended.set(bytes.subarray(from, to), length);
    length += to - from;
  };
  let isMended = false;
  let isSequential = false;
  let kept = 0;
  let at = 2;
  for (;;) {
    const code = nextMarker(bytes, at);
    const marker = bytes[code];
    if (marker === undefined || marker === MARKER.endOfImage) break;
    at = code + 1;
    if (isStandalone(marker)) continue;
    if (at + 2 > bytes.length) break;
    const end = Math.min(bytes.length, at + Math.max(2, u16be(bytes, at)));
    if (marker === BASELINE || marker === EXTENDED) isSequential = true;
    at = end;
    if (marker !== MARKER.startOfScan) continue;
    keep(kept, end);
    kept = end;
    if (isSequential && WHOLE_SPECTRUM.some((value, i) => mended[length - 3 + i] !== value)) {
      mended.set(WHOLE_SPECTRUM, length - 3);
      isMended = true;
    }
    const next = nextMarkerInScan(bytes, end);
    if (next < 0) break;
    at = next - 1;
    const dataEnd = endOfData(bytes, end, at);
    if (dataEnd === at) continue;
    keep(kept, dataEnd);
    kept = at;
    isMended = true;
  }
  keep(kept, bytes.length);
  return isMended ? mended.subarray(0, length) : null;
}

/** Without the zeros before the marker; the one behind 0xff belongs to the scan. */
function endOfData(bytes: Uint8Array, from: number, marker: number): number {
  let end = marker;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end < marker && bytes[end - 1] === 0xff ? end + 1 : end;
}
