/**
 * Whether a JPEG's end is there: the EOI of the first image, not one of a thumbnail or of a second image.
 * Never calls a file whole because an EOI stands somewhere before its scan.
 */
import { firstScan, MARKER, nextMarkerInScan } from "./jpeg-markers.ts";
import { lastIndexOfBytes, u16be } from "./read-bytes.ts";

const TAIL_BYTES = 4096;
const START_OF_SCAN = [0xff, MARKER.startOfScan];
const END_OF_IMAGE = [0xff, MARKER.endOfImage];

/**
 * Whether the file's last bytes show its end, or the segments and scans of a whole file lead to EOI: what follows that (second images, vendors'
 * trailers) does not matter. The last bytes first, as a walk through a scan costs ten times as much; damage inside a scan that looks like a segment
 * ends a walk early.
 */
export function isJpegComplete(bytes: Uint8Array): boolean {
  return hasJpegEnd(bytes, bytes.subarray(-TAIL_BYTES)) || leadsToEnd(bytes);
}

function leadsToEnd(bytes: Uint8Array): boolean {
  let at = firstScan(bytes);
  if (at === null) return false;
  for (;;) {
    const code = nextMarkerInScan(bytes, at);
    if (code < 0) return false;
    if (bytes[code] === MARKER.endOfImage) return true;
    if (code + 3 > bytes.length) return false;
    at = code + 1 + Math.max(2, u16be(bytes, code + 1));
  }
}

/**
 * Whether the file's last bytes prove the end: the first scan has begun, and an EOI stands behind the last start of a scan.
 * A no may be a false alarm.
 */
export function hasJpegEnd(head: Uint8Array, tail: Uint8Array): boolean {
  const end = lastIndexOfBytes(tail, END_OF_IMAGE);
  return end >= 0 && firstScan(head) !== null && lastIndexOfBytes(tail.subarray(end), START_OF_SCAN) < 0;
}

/** Whether the first scan has begun among these bytes. */
export function hasJpegScan(head: Uint8Array): boolean {
  return firstScan(head) !== null;
}
