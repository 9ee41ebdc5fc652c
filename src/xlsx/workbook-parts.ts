/**
 * The parts of a workbook by their names: XML files in a ZIP. Reads the archive's directory, never trusts what it finds there: a part that
 * would grow beyond its bound is refused before a byte of it is inflated, and one that grows beyond what it said ends there.
 */
import type { FileHandle } from "node:fs/promises";
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from "yauzl";
import { ArchiveReader } from "./archive-reader.ts";
import { XlsxFault } from "./xlsx-fault.ts";

/** A workbook has a handful of parts, and one more for each sheet and picture. */
const MOST_PARTS = 10_000;
/** Sheets of real workbooks shrink to a tenth or, with empty cells in formats, to a fiftieth; deflate can go to a thousandth. */
const MOST_GROWTH = 250;
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;
const MOST_PART_BYTES = 8 * 2 ** 30;

export type WorkbookParts = {
  has(name: string): boolean;
  /** The part's bytes as they are inflated. Throws XlsxFault for a part that is not there or too large. */
  open(name: string): AsyncIterable<Uint8Array>;
};

export async function openWorkbookParts(file: FileHandle, size: number): Promise<WorkbookParts> {
  const parts = new Map<string, Entry>();
  const reader = new ArchiveReader(file, size);
  const options = { lazyEntries: true, autoClose: false };
  const zip = await named("it is no workbook", () => fromRandomAccessReaderPromise(reader, size, options));
  await named("it is no workbook", async () => {
    for await (const entry of zip.eachEntry()) {
      // Names are compared without case, as the format says.
      parts.set(entry.fileName.toLowerCase(), entry);
      if (parts.size > MOST_PARTS) throw new XlsxFault(`it has more than ${MOST_PARTS} parts`);
    }
  });
  return {
    has: (name) => parts.has(name.toLowerCase()),
    open: (name) => inflated(zip, parts.get(name.toLowerCase()), name),
  };
}

async function* inflated(zip: ZipFile, entry: Entry | undefined, name: string): AsyncIterable<Uint8Array> {
  if (!entry) throw new XlsxFault(`its part ${name} is missing`);
  const { uncompressedSize: size, compressedSize } = entry;
  const most = Math.min(MOST_PART_BYTES, Math.max(ALWAYS_ALLOWED_BYTES, compressedSize * MOST_GROWTH));
  if (size > most) {
    throw new XlsxFault(
      `its part ${name} would grow from ${compressedSize} to ${size} bytes; at most ${most} are read`,
    );
  }
  const bytes = await named("it is damaged", () => zip.openReadStreamPromise(entry));
  const reading = bytes[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await named("it is damaged", () => reading.next());
      if (done) return;
      yield value;
    }
  } finally {
    bytes.destroy();
  }
}

/** What the library says about the bytes is the file's fault; what the system says about the disk is not. */
async function named<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof XlsxFault || !(cause instanceof Error)) throw cause;
    if ("syscall" in cause) throw cause;
    throw new XlsxFault(`${what}: ${cause.message}`, { cause });
  }
}
