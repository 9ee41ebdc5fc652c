/**
 * How a TIFF's first directory is read: TIFF 6.0 and, with longer offsets, BigTIFF, in either order of bytes. Holds no rule about what the entries
 * mean, and never reads a list of values at once: a small file can name the same large one in each of 65,535 entries.
 */
import { u16be, u16le, u32be, u32le, u64be, u64le } from "./read-bytes.ts";

export type Values = { readonly count: number; readonly at: (no: number) => number };

/** Where the directory lies; offsets count from the file's start. */
export type TiffDirectory = {
  /** Where the count of entries ends and they begin. */
  readonly entries: number;
  readonly entryBytes: number;
  /** Reads 0 where the bytes end before the count. */
  readonly count: number;
  readonly tagAt: (entry: number) => number;
  /** The one whole number that stands in the entry itself; null where it has several, none, or they stand elsewhere. */
  readonly ownValueAt: (entry: number) => number | null;
  /** Null when they lie outside the bytes; none where they are no whole numbers. */
  readonly valuesAt: (entry: number) => Values | null;
};

const NO_VALUES: Values = { count: 0, at: () => 0 };
const SHORT = 3;
const LONG = 4;
const VALUE_BYTES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, 16: 8 };

/** At least 16 bytes, which begin as a TIFF does. */
export function tiffDirectory(bytes: Uint8Array): TiffDirectory {
  const isLittle = bytes[0] === 0x49;
  const isBig = (isLittle ? bytes[2] : bytes[3]) === 43;
  const [u16, u32, u64] = isLittle ? [u16le, u32le, u64le] : [u16be, u32be, u64be];
  const [word, wordBytes] = isBig ? [u64, 8] : [u32, 4];
  const directory = word(bytes, wordBytes);
  return {
    entries: directory + (isBig ? 8 : 2),
    entryBytes: 4 + 2 * wordBytes,
    count: isBig ? u64(bytes, directory) : u16(bytes, directory),
    tagAt: (entry) => u16(bytes, entry),
    ownValueAt(entry) {
      const type = u16(bytes, entry + 2);
      const valueBytes = VALUE_BYTES[type] ?? 0;
      if (valueBytes === 0 || valueBytes > wordBytes || word(bytes, entry + 4) !== 1) return null;
      return (type === SHORT ? u16 : type === LONG ? u32 : u64)(bytes, entry + 4 + wordBytes);
    },
    valuesAt(entry) {
      const type = u16(bytes, entry + 2);
      const count = word(bytes, entry + 4);
      const valueBytes = VALUE_BYTES[type] ?? 0;
      if (valueBytes === 0) return NO_VALUES;
      const inline = entry + 4 + wordBytes;
      const from = count * valueBytes <= wordBytes ? inline : word(bytes, inline);
      if (from + count * valueBytes > bytes.length) return null;
      const read = type === SHORT ? u16 : type === LONG ? u32 : u64;
      return { count, at: (no) => (no < count ? read(bytes, from + no * valueBytes) : 0) };
    },
  };
}
