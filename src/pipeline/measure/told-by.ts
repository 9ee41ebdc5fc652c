/** Which of a photo's first bytes speak of it, and not its pixels: whoever looks for words, or sends them on, needs no more. */
import { firstScan, MARKER } from "./jpeg-markers.ts";

/** What is not before a JPEG's pixels (in a HEIC, a PNG) lies within it. */
const HEAD_BYTES = 2 ** 20;

export function toldBy(bytes: Uint8Array): Uint8Array {
  const isJpeg = bytes[0] === 0xff && bytes[1] === MARKER.startOfImage;
  return bytes.subarray(0, (isJpeg ? firstScan(bytes) : null) ?? HEAD_BYTES);
}
