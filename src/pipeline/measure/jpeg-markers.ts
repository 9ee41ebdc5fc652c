/**
 * The markers of JPEG (ITU-T T.81, table B.1) and the two ways to find the next one: between segments and inside a scan.
 * Both stop at the end of the given bytes and always move forward.
 */

import { u16be } from "./read-bytes.ts";

export const MARKER = {
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  lineCount: 0xdc,
  hierarchy: 0xde,
  app1: 0xe1,
  jpegLs: 0xf7,
} as const;

/** SOF0 to SOF15 without DHT, JPG and DAC; and DHP, which states the size of a hierarchical image. */
export function isFrameHeader(marker: number): boolean {
  if (marker === MARKER.hierarchy) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** TEM and RST0 to RST7: markers without a segment. */
export function isStandalone(marker: number): boolean {
  return marker === 0x01 || isRestart(marker);
}

/** APP0 to APP15 and COM: decoders take a length of less than 2 as nothing to skip, where other segments make them give up. */
export function isSkippable(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

/**
 * The place of the next marker's code, or -1 when it is not among the bytes. Fill bytes and, as every decoder does,
 * stray bytes before the marker are passed over.
 */
export function nextMarker(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0) {
    while (bytes[at] === 0xff) at += 1;
    if (at >= bytes.length) return -1;
    if (bytes[at] !== 0) return at;
    at = bytes.indexOf(0xff, at + 1);
  }
  return -1;
}

/** The same inside entropy-coded data, where stuffed zeros and restart markers belong to the scan. */
export function nextMarkerInScan(bytes: Uint8Array, from: number): number {
  let code = nextMarker(bytes, from);
  while (code >= 0) {
    const marker = bytes[code] ?? 0;
    // A code below SOF0 cannot follow a scan: damaged data, which decoders pass over as well.
    if (!isRestart(marker) && marker >= 0xc0) return code;
    code = nextMarker(bytes, code + 1);
  }
  return -1;
}

/** Where the first scan's data begin, null when that is not among the bytes. */
export function firstScan(bytes: Uint8Array): number | null {
  let at = 2;
  for (;;) {
    const code = nextMarker(bytes, at);
    if (code < 0) return null;
    at = code + 1;
    if (isStandalone(bytes[code] ?? 0)) continue;
    if (at + 2 > bytes.length) return null;
    at += Math.max(2, u16be(bytes, at));
    if (bytes[code] === MARKER.startOfScan) return at;
  }
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}
