/**
 * The formats that are rare among photos. AVIF, HEIC and JPEG XL have walkers of our own; TIFF, ICO and PSD go to image-meta,
 * which only ever sees bytes whose signature we know. Never throws: what the library cannot read is a need or a fault.
 */
import { imageMeta } from "image-meta";
import type { ImageFormat } from "../../domain/image.ts";
import { corrupt, type HeaderAnswer, need, sized, unsupported } from "./header-answer.ts";
import { walkHeif } from "./heif.ts";
import { walkJxl } from "./jxl.ts";
import { hasText, u16be, u16le, u32be, u32le, u64be, u64le } from "./read-bytes.ts";

export type RareFormat = Extract<ImageFormat, "tiff" | "avif" | "heic" | "jxl" | "ico" | "psd">;

const PSD_HEADER = 26;
const ICO_HEADER = 6;
const ICO_ENTRY = 16;
const NEW_SUBFILE_TYPE = 254;

export function walkRareFormat(format: RareFormat, bytes: Uint8Array, isWhole: boolean): HeaderAnswer {
  switch (format) {
    case "avif":
    case "heic":
      return walkHeif(bytes, isWhole);
    case "tiff":
      return walkTiff(bytes);
    case "jxl":
      return walkJxl(bytes);
    case "ico": {
      const end = ICO_HEADER + ICO_ENTRY * u16le(bytes, 4);
      if (bytes.length < Math.max(end, ICO_HEADER)) return need(Math.max(end, ICO_HEADER));
      return askLibrary(format, bytes) ?? corruptHeader(format);
    }
    case "psd":
      return bytes.length < PSD_HEADER ? need(PSD_HEADER) : (askLibrary(format, bytes) ?? corruptHeader(format));
  }
}

/** The first directory must be among the bytes, whole, wherever in the file it lies. */
function walkTiff(bytes: Uint8Array): HeaderAnswer {
  if (bytes.length < 16) return need(16);
  const isLittle = bytes[0] === 0x49;
  const isBig = (isLittle ? bytes[2] : bytes[3]) === 43;
  const [u16, u32, u64] = isLittle ? [u16le, u32le, u64le] : [u16be, u32be, u64be];
  const directory = isBig ? u64(bytes, 8) : u32(bytes, 4);
  const entries = directory + (isBig ? 8 : 2);
  if (entries > bytes.length) return need(entries);
  const count = isBig ? u64(bytes, directory) : u16(bytes, directory);
  const end = entries + count * (isBig ? 20 : 12);
  if (end > bytes.length) return need(end);

  // Camera raw files are TIFFs whose first directory may be a preview.
  const isReduced = u16(bytes, entries) === NEW_SUBFILE_TYPE && (u32(bytes, entries + (isBig ? 12 : 8)) & 1) === 1;
  if (isReduced || hasText(bytes, 8, "CR"))
    return unsupported("a TIFF that begins with a preview, as camera raw files do");
  return askLibrary("tiff", bytes) ?? corruptHeader("tiff");
}

function askLibrary(format: RareFormat, bytes: Uint8Array): HeaderAnswer | null {
  try {
    const found = imageMeta(bytes);
    if (found.type !== format) return null;
    return sized(found.width, found.height, found.orientation ?? null);
  } catch {
    return null;
  }
}

function corruptHeader(format: RareFormat): HeaderAnswer {
  return corrupt(`the ${format.toUpperCase()} header cannot be read`);
}
