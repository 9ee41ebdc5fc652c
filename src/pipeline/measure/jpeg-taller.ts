/**
 * Whether a JPEG's data may go on behind its last row. Zeros in the middle of a scan are codes like any other, mostly short ones: the decoder comes
 * to the last row before the data end, and is content. Asked to decode rows more, it must run out of data; where it does not, bytes
 * were lost. Never decodes.
 */
import { isStandalone, MARKER, nextMarker } from "./jpeg-markers.ts";
import { u16be } from "./read-bytes.ts";

/** So many zeros stand in the scan of a plain picture, too: they are a reason to look, no verdict. */
const SUSPICIOUS = Buffer.alloc(64);
/** At least one row of the largest units. */
const MORE_ROWS = 32;

/** The JPEG with rows more in its header; null where there is no reason to look. For sequential JPEGs: others are read to their end anyhow. */
export function tallerJpeg(bytes: Uint8Array): Uint8Array | null {
  const scan = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame = 0;
  for (let at = 2; ; ) {
    const code = nextMarker(bytes, at);
    const marker = bytes[code];
    if (marker === undefined || marker === MARKER.endOfImage || marker === 0xc2) return null;
    at = code + 1;
    if (isStandalone(marker)) continue;
    if (marker === 0xc0 || marker === 0xc1) frame = at;
    if (marker === MARKER.startOfScan) break;
    at += Math.max(2, u16be(bytes, at));
    if (frame > 0 && scan.indexOf(SUSPICIOUS, at) < 0) return null;
  }
  const height = u16be(bytes, frame + 3);
  if (frame === 0 || height === 0 || height + MORE_ROWS > 0xffff) return null;
  const taller = Buffer.from(bytes);
  taller.writeUInt16BE(height + MORE_ROWS, frame + 3);
  return taller;
}
