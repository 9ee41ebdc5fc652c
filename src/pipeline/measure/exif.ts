/**
 * The orientation tag of an EXIF block.
 * Never reads another tag: a thumbnail's size must not come near the image's.
 */
import { hasText, u16be, u16le, u32be, u32le } from "./read-bytes.ts";

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** 1 to 8 as EXIF numbers them; null when the TIFF structure at the start of the bytes does not say. */
export function orientationFromTiff(tiff: Uint8Array): number | null {
  const isLittle = hasText(tiff, 0, "II");
  if (!isLittle && !hasText(tiff, 0, "MM")) return null;
  const u16 = isLittle ? u16le : u16be;
  const u32 = isLittle ? u32le : u32be;
  const directory = u32(tiff, 4);
  const entries = u16(tiff, directory);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return null;
    if (u16(tiff, at) !== ORIENTATION_TAG) continue;
    const value = u16(tiff, at + 8);
    return u16(tiff, at + 2) === SHORT && value >= 1 && value <= 8 ? value : null;
  }
  return null;
}
