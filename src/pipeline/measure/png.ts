/**
 * PNG (ISO/IEC 15948): the size from the IHDR chunk, and whether IEND is there.
 * Never takes a size from an IHDR whose checksum does not hold.
 */
import { crc32 } from "node:zlib";
import { corrupt, type HeaderAnswer, NOT_THIS_FORMAT, need, sized } from "./header-answer.ts";
import { hasText, lastIndexOfBytes, mayStartWith, u32be } from "./read-bytes.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const IEND = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];
const CHUNK_FRAME = 12;
const IHDR_BYTES = 13;
const LARGEST = 0x7fff_ffff;
/** Bit depths by colour type, table 11.1 of the specification. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

export function walkPng(bytes: Uint8Array): HeaderAnswer {
  if (!mayStartWith(bytes, SIGNATURE)) return NOT_THIS_FORMAT;
  let at = SIGNATURE.length;
  // Apple's toolchain puts a CgBI chunk of 4 bytes before IHDR.
  if (hasText(bytes, at + 4, "CgBI")) at += CHUNK_FRAME + 4;
  if (bytes.length < at + CHUNK_FRAME + IHDR_BYTES) return need(at + CHUNK_FRAME + IHDR_BYTES);

  if (!hasText(bytes, at + 4, "IHDR") || u32be(bytes, at) !== IHDR_BYTES) {
    return corrupt("the PNG's first chunk is not an IHDR of 13 bytes");
  }
  const data = at + 8;
  if (crc32(bytes.subarray(at + 4, data + IHDR_BYTES)) !== u32be(bytes, data + IHDR_BYTES)) {
    return corrupt("the checksum of the PNG's IHDR does not hold");
  }
  const depth = bytes[data + 8] ?? 0;
  const colourType = bytes[data + 9] ?? 0;
  if (!DEPTHS[colourType]?.includes(depth)) {
    return corrupt(`the PNG says colour type ${colourType} with ${depth} bits, which do not go together`);
  }
  const width = u32be(bytes, data);
  const height = u32be(bytes, data + 4);
  if (width > LARGEST || height > LARGEST)
    return corrupt(`the PNG says ${width} x ${height}, beyond the format's range`);
  return sized(width, height);
}

/** Whether the chunks of a whole file lead to IEND. What follows it does not matter. */
export function isPngComplete(bytes: Uint8Array): boolean {
  let at = SIGNATURE.length;
  while (at + CHUNK_FRAME <= bytes.length) {
    if (hasText(bytes, at + 4, "IEND")) return true;
    at += CHUNK_FRAME + u32be(bytes, at);
  }
  return false;
}

/** Whether the file's last bytes hold the IEND chunk. */
export function hasPngEnd(tail: Uint8Array): boolean {
  return lastIndexOfBytes(tail, IEND) >= 0;
}
