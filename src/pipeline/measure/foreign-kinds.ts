/**
 * Kinds of images that the decoder does not know, told by their headers once it has failed over one: they are not corrupt.
 * Never says so of a kind that the decoder reads.
 */
import type { ImageFormat } from "../../domain/image.ts";
import { isFrameHeader, isStandalone, MARKER, nextMarker } from "./jpeg-markers.ts";
import { fourAt, u16be, u16le, u32be, u32le } from "./read-bytes.ts";

const HUFFMAN_FRAMES = new Set([0xc0, 0xc1, 0xc2]);
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const OLD_JPEG = 6;
const TIFF_COLOURS: ReadonlyMap<number, string> = new Map([
  [4, "a mask"],
  [8, "in CIE Lab"],
  [9, "in ICC Lab"],
  [10, "in ITU Lab"],
  [32_803, "of a camera's raw sensor values"],
  [32_844, "in LogL"],
  [32_845, "in LogLuv"],
  [34_892, "of linear raw values"],
]);

/** What kind it is, in words; null when it is none of these. */
export function foreignKind(format: ImageFormat, bytes: Uint8Array): string | null {
  switch (format) {
    case "jpeg":
      return foreignJpeg(bytes);
    case "tiff":
      return foreignTiff(bytes);
    case "avif":
      return fourAt(bytes, 8) === "avis" ? "an AVIF sequence" : null;
    default:
      return null;
  }
}

function foreignJpeg(bytes: Uint8Array): string | null {
  for (let at = 2; ; ) {
    const code = nextMarker(bytes, at);
    const marker = bytes[code];
    if (marker === undefined || marker === MARKER.startOfScan) return null;
    at = code + 1;
    if (isStandalone(marker)) continue;
    if (!isFrameHeader(marker)) {
      at += Math.max(2, u16be(bytes, at));
      continue;
    }
    if (!HUFFMAN_FRAMES.has(marker)) return "a lossless, hierarchical or arithmetic-coded JPEG";
    return bytes[at + 2] === 8 ? null : `a JPEG of ${bytes[at + 2]} bits a sample`;
  }
}

function foreignTiff(bytes: Uint8Array): string | null {
  const [u16, u32] = bytes[0] === 0x49 ? [u16le, u32le] : [u16be, u32be];
  if (u16(bytes, 2) !== 42) return null;
  const directory = u32(bytes, 4);
  const tags = new Map<number, number>();
  for (let i = 0; i < u16(bytes, directory); i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > bytes.length) break;
    tags.set(u16(bytes, entry), u16(bytes, entry + 8));
  }
  if (tags.get(COMPRESSION) === OLD_JPEG) return "a TIFF of the old JPEG kind";
  const colours = TIFF_COLOURS.get(tags.get(PHOTOMETRIC) ?? -1);
  return colours === undefined ? null : `a TIFF ${colours}`;
}
