/**
 * A workbook's table of texts, by number. Lives in a file without a name: a million photo URLs are no burden on the heap. Cells ask for
 * texts mostly in their order, so the last pages read are kept.
 */
import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { XlsxFault } from "./xlsx-fault.ts";

const PAGE_BYTES = 16 * 1024;
const MOST_PAGES = 512;
const WRITE_BYTES = 256 * 1024;
/** More than all rows of a sheet with eight texts each. */
const MOST_TEXTS = 2 ** 23;

export type StringPool = {
  add(text: string): void;
  /** Writes what was added; to be called often while adding, and with true at the end. */
  flush(isLast: boolean): Promise<void>;
  /** Null for a number that no text has. */
  get(no: number): string | null;
};

export function createStringPool(file: FileHandle): StringPool {
  let ends = new Float64Array(1024);
  let texts = 0;
  let written = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const pages = new Map<number, Buffer>();

  // Within a loop over cells that cannot wait. What was just written comes out of the system's memory, in microseconds.
  function read(from: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let got = 0;
    while (got < length) {
      const more = readSync(file.fd, bytes, got, length - got, from + got);
      if (more === 0) break;
      got += more;
    }
    return bytes.subarray(0, got);
  }

  function page(no: number): Buffer {
    const known = pages.get(no);
    if (known) {
      pages.delete(no);
      pages.set(no, known);
      return known;
    }
    const bytes = read(no * PAGE_BYTES, PAGE_BYTES);
    pages.set(no, bytes);
    const [oldest] = pages.keys();
    if (pages.size > MOST_PAGES && oldest !== undefined) pages.delete(oldest);
    return bytes;
  }

  return {
    add(text) {
      if (texts === MOST_TEXTS) throw new XlsxFault(`it has more than ${MOST_TEXTS} different texts`);
      if (texts === ends.length) {
        const larger = new Float64Array(ends.length * 2);
        larger.set(ends);
        ends = larger;
      }
      const bytes = Buffer.from(text);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      ends[texts] = written + waitingBytes;
      texts += 1;
    },

    async flush(isLast) {
      if (waitingBytes === 0 || (waitingBytes < WRITE_BYTES && !isLast)) return;
      const bytes = Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, from, bytes.length - from, written);
        from += bytesWritten;
        written += bytesWritten;
      }
    },

    get(no) {
      if (!Number.isInteger(no) || no < 0 || no >= texts) return null;
      const from = no === 0 ? 0 : (ends[no - 1] ?? 0);
      const end = ends[no] ?? from;
      const first = Math.floor(from / PAGE_BYTES);
      if (end > (first + 1) * PAGE_BYTES) return read(from, end - from).toString();
      return page(first).toString("utf8", from - first * PAGE_BYTES, end - first * PAGE_BYTES);
    },
  };
}
