/**
 * Whether the strips or tiles of a TIFF's first image lie within the file.
 * Looks at nothing but the directory; a directory that names no data is no proof of a cut.
 */
import { u16be, u16le, u32be, u32le, u64be, u64le } from "./read-bytes.ts";

const OFFSETS = new Set([273, 324]);
const LENGTHS = new Set([279, 325]);
const VALUE_BYTES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 16: 8 };

/** Never all at once: a small file can name the same large array in each of 65,535 entries. */
type Values = { readonly count: number; readonly at: (no: number) => number };
const NO_VALUES: Values = { count: 0, at: () => 0 };

export function isTiffComplete(bytes: Uint8Array): boolean {
  const isLittle = bytes[0] === 0x49;
  const isBig = (isLittle ? bytes[2] : bytes[3]) === 43;
  const [u16, u32, u64] = isLittle ? [u16le, u32le, u64le] : [u16be, u32be, u64be];
  const word = isBig ? u64 : u32;
  const wordBytes = isBig ? 8 : 4;
  const directory = word(bytes, isBig ? 8 : 4);
  const count = isBig ? u64(bytes, directory) : u16(bytes, directory);

  /** Reads an entry's values one by one; null when they lie outside the file. */
  function valuesOf(entry: number): Values | null {
    const type = u16(bytes, entry + 2);
    const count = word(bytes, entry + 4);
    const valueBytes = VALUE_BYTES[type] ?? 0;
    if (valueBytes === 0) return NO_VALUES;
    const inline = entry + 4 + wordBytes;
    const from = count * valueBytes <= wordBytes ? inline : word(bytes, inline);
    if (from + count * valueBytes > bytes.length) return null;
    const read = type === 3 ? u16 : type === 4 ? u32 : u64;
    return { count, at: (no) => (no < count ? read(bytes, from + no * valueBytes) : 0) };
  }

  let offsets = NO_VALUES;
  let lengths = NO_VALUES;
  for (let i = 0; i < count; i++) {
    const entry = directory + (isBig ? 8 : 2) + i * (isBig ? 20 : 12);
    if (entry >= bytes.length) return false;
    const tag = u16(bytes, entry);
    if (!OFFSETS.has(tag) && !LENGTHS.has(tag)) continue;
    const values = valuesOf(entry);
    if (values === null) return false;
    if (OFFSETS.has(tag)) offsets = values;
    else lengths = values;
  }
  for (let no = 0; no < offsets.count; no++) {
    if (offsets.at(no) + lengths.at(no) > bytes.length) return false;
  }
  return true;
}
