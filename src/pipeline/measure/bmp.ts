/**
 * BMP: the size from an OS/2 or Windows header, and where the pixels must end.
 * Never trusts the file's own length field where the pixels' length can be computed: writers leave it 0 or wrong.
 */
import { corrupt, type HeaderAnswer, NOT_THIS_FORMAT, need, sized } from "./header-answer.ts";
import { i32le, mayStartWith, u16le, u32le } from "./read-bytes.ts";

const MAGIC = [0x42, 0x4d];
const CORE_HEADER = 12;
/** OS/2 2.x may be cut short at 16; then Windows' 40, 52, 56, OS/2's 64, and versions 4 and 5. */
const HEADER_SIZES = new Set([CORE_HEADER, 16, 40, 52, 56, 64, 108, 124]);
const BITS = new Set([0, 1, 2, 4, 8, 16, 24, 32]);
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;

export function walkBmp(bytes: Uint8Array): HeaderAnswer {
  if (!mayStartWith(bytes, MAGIC)) return NOT_THIS_FORMAT;
  if (bytes.length < 18) return need(18);
  const header = u32le(bytes, 14);
  if (!HEADER_SIZES.has(header)) return NOT_THIS_FORMAT;
  if (bytes.length < 30) return need(30);

  if (header !== CORE_HEADER) {
    const width = i32le(bytes, 18);
    if (width < 0) return corrupt(`the BMP says a width of ${width}`);
    if (!isPlausible(u16le(bytes, 26), u16le(bytes, 28))) return corrupt("the BMP's planes and bits make no sense");
    // A negative height means rows from the top.
    return sized(width, Math.abs(i32le(bytes, 22)));
  }
  if (!isPlausible(u16le(bytes, 22), u16le(bytes, 24))) return corrupt("the BMP's planes and bits make no sense");
  return sized(u16le(bytes, 18), u16le(bytes, 20));
}

/** Where the pixels end: computed when they are not compressed, else as declared; null when nothing tells. */
export function bmpEnd(bytes: Uint8Array, width: number, height: number): number | null {
  const header = u32le(bytes, 14);
  const pixels = u32le(bytes, 10);
  const isCore = header === CORE_HEADER;
  const compression = isCore || header === 16 ? UNCOMPRESSED : u32le(bytes, 30);
  if (compression === UNCOMPRESSED || compression === BIT_FIELDS) {
    const bits = u16le(bytes, isCore ? 24 : 28);
    return pixels + Math.ceil((width * bits) / 32) * 4 * height;
  }
  const declared = u32le(bytes, 2);
  if (declared > pixels) return declared;
  const imageBytes = u32le(bytes, 34);
  return imageBytes > 0 ? pixels + imageBytes : null;
}

/** Some writers leave the planes 0. */
function isPlausible(planes: number, bits: number): boolean {
  return planes <= 1 && BITS.has(bits);
}
