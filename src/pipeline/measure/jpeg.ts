/**
 * JPEG (ITU-T T.81): the size from the first frame header, found marker by marker.
 * Never looks inside a segment that it skips: thumbnails and second images are not the image.
 */
import { orientationFromTiff } from "./exif.ts";
import { corrupt, type HeaderAnswer, NOT_THIS_FORMAT, need, sized, unsupported } from "./header-answer.ts";
import { isFrameHeader, isSkippable, isStandalone, MARKER, nextMarker, nextMarkerInScan } from "./jpeg-markers.ts";
import { hasText, mayStartWith, u16be } from "./read-bytes.ts";

const START = [0xff, 0xd8, 0xff];
/** Length (2), precision (1), height (2), width (2), number of components (1). */
const FRAME_HEADER = 8;
const EXIF_PREFIX = "Exif\0\0";

export function walkJpeg(bytes: Uint8Array): HeaderAnswer {
  if (!mayStartWith(bytes, START)) return NOT_THIS_FORMAT;
  let orientation: number | null = null;
  let at = 2;
  for (;;) {
    const code = nextMarker(bytes, at);
    if (code < 0) return need(bytes.length + 1);
    const marker = bytes[code] ?? 0;
    at = code + 1;
    if (isStandalone(marker)) continue;

    const misplaced = faultBeforeFrame(marker);
    if (misplaced) return misplaced;
    if (bytes.length < at + 2) return need(at + 2);
    const length = u16be(bytes, at);
    if (length < 2 && !isSkippable(marker)) return tooShort(length);

    if (isFrameHeader(marker)) return frameSize(bytes, at, orientation);
    const end = at + Math.max(2, length);
    // Two bytes more: whatever follows a segment is a marker.
    if (end + 2 > bytes.length) return need(end + 2);
    if (marker === MARKER.app1 && hasText(bytes, at + 2, EXIF_PREFIX)) {
      orientation = orientationFromTiff(bytes.subarray(at + 8, end)) ?? orientation;
    }
    at = end;
  }
}

function faultBeforeFrame(marker: number): HeaderAnswer | null {
  if (marker === MARKER.jpegLs) return unsupported("a JPEG-LS file, which is not measured");
  if (marker === MARKER.startOfScan) return corrupt("the JPEG's scan begins before any frame header");
  if (marker === MARKER.endOfImage) return corrupt("the JPEG ends before any frame header");
  if (marker === MARKER.startOfImage) return corrupt("the JPEG begins a second image before any frame header");
  if (marker < 0xc0) return corrupt(`the JPEG has the reserved marker 0x${marker.toString(16)}`);
  return null;
}

/** `at` is the place of the segment's length. */
function frameSize(bytes: Uint8Array, at: number, orientation: number | null): HeaderAnswer {
  if (bytes.length < at + FRAME_HEADER) return need(at + FRAME_HEADER);
  const precision = bytes[at + 2] ?? 0;
  const height = u16be(bytes, at + 3);
  const width = u16be(bytes, at + 5);
  const components = bytes[at + 7] ?? 0;
  if (precision < 2 || precision > 16) return corrupt(`the JPEG says ${precision} bits a sample, wanted 2 to 16`);
  if (components < 1 || u16be(bytes, at) !== FRAME_HEADER + 3 * components) {
    return corrupt(`the JPEG's frame header does not fit its ${components} components`);
  }
  if (height > 0 || width === 0) return sized(width, height, orientation);
  return sizeWithLineCount(bytes, at + u16be(bytes, at), width, orientation);
}

/** T.81 B.2.5: a frame of height 0 is followed, right after its first scan, by a DNL segment with the height. */
function sizeWithLineCount(bytes: Uint8Array, from: number, width: number, orientation: number | null): HeaderAnswer {
  let at: number = from;
  let inScan: boolean = false;
  for (;;) {
    const code = inScan ? nextMarkerInScan(bytes, at) : nextMarker(bytes, at);
    if (code < 0) return need(bytes.length + 1);
    const marker: number = bytes[code] ?? 0;
    at = code + 1;
    if (!inScan && isStandalone(marker)) continue;
    if (marker === MARKER.endOfImage || (inScan && marker !== MARKER.lineCount)) return sized(width, 0);
    if (bytes.length < at + 4) return need(at + 4);
    const length = u16be(bytes, at);
    if (length < 2 && !isSkippable(marker)) return tooShort(length);
    if (inScan) return sized(width, u16be(bytes, at + 2), orientation);
    at += Math.max(2, length);
    inScan = marker === MARKER.startOfScan;
  }
}

function tooShort(length: number): HeaderAnswer {
  return corrupt(`a segment of the JPEG says a length of ${length}, less than its own field`);
}
