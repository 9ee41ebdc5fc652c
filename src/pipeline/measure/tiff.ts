/**
 * TIFF: the size from the first directory, wherever in the file it lies, and whether its data lie within the file.
 * Never measures a preview: camera raw files are TIFFs that may begin with one.
 */
import { corrupt, type HeaderAnswer, need, sized, unsupported } from "./header-answer.ts";
import { hasText } from "./read-bytes.ts";
import { tiffDirectory, type Values } from "./tiff-directory.ts";

const HEADER = 16;
const NEW_SUBFILE_TYPE = 254;
const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const ORIENTATION = 274;
/** Of a LONG. A BigTIFF may write a LONG8 in its place, and no image needs one. */
const LONGEST_SIDE = 2 ** 32 - 1;
/** Strips and tiles. */
const OFFSETS = new Set([273, 324]);
const LENGTHS = new Set([279, 325]);

export function walkTiff(bytes: Uint8Array): HeaderAnswer {
  if (bytes.length < HEADER) return need(HEADER);
  const { entries, entryBytes, count, tagAt, ownValueAt } = tiffDirectory(bytes);
  if (entries > bytes.length) return need(entries);
  const end = entries + count * entryBytes;
  if (end > bytes.length) return need(end);

  // Entries are in the order of their tags.
  const isPreview = tagAt(entries) === NEW_SUBFILE_TYPE && ((ownValueAt(entries) ?? 0) & 1) === 1;
  if (isPreview || hasText(bytes, 8, "CR")) {
    return unsupported("a TIFF that begins with a preview, as camera raw files do");
  }
  const found: Record<number, number> = {};
  for (let entry = entries; entry < end; entry += entryBytes) {
    const tag = tagAt(entry);
    if (tag !== IMAGE_WIDTH && tag !== IMAGE_LENGTH && tag !== ORIENTATION) continue;
    const value = ownValueAt(entry);
    if (value !== null) found[tag] ??= value;
  }
  const { [IMAGE_WIDTH]: width, [IMAGE_LENGTH]: height, [ORIENTATION]: turn = 0 } = found;
  if (width === undefined || height === undefined) {
    return corrupt("the TIFF's first directory names no width and height");
  }
  if (Math.max(width, height) > LONGEST_SIDE) return corrupt(`the TIFF says ${width} x ${height} pixels`);
  return sized(width, height, turn >= 1 && turn <= 8 ? turn : null);
}

/** Looks at nothing but the directory; one that names no data is no proof of a cut. */
export function isTiffComplete(bytes: Uint8Array): boolean {
  const { entries, entryBytes, count, tagAt, valuesAt } = tiffDirectory(bytes);
  let offsets: Values | null = null;
  let lengths: Values | null = null;
  for (let i = 0; i < count; i++) {
    const entry = entries + i * entryBytes;
    if (entry >= bytes.length) return false;
    const tag = tagAt(entry);
    if (!OFFSETS.has(tag) && !LENGTHS.has(tag)) continue;
    const values = valuesAt(entry);
    if (values === null) return false;
    if (OFFSETS.has(tag)) offsets = values;
    else lengths = values;
  }
  for (let no = 0; no < (offsets?.count ?? 0); no++) {
    if ((offsets?.at(no) ?? 0) + (lengths?.at(no) ?? 0) > bytes.length) return false;
  }
  return true;
}
