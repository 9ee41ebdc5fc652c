/**
 * Reads an archive's bytes for the library that knows ZIP. Must never read where there is no file: an archive may say of its directory that
 * it begins at 2^63, and what the system throws at such a place would end the process, for nobody waits there.
 */
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";

const PIECE_BYTES = 64 * 1024;

/** The library wants a class of its own. Errors are the system's, or say that the file ends before. */
export class ArchiveReader extends RandomAccessReader {
  readonly #file: FileHandle;
  readonly #size: number;

  constructor(file: FileHandle, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#read(buffer.subarray(offset, offset + length), position).then(() => callback(null), callback);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, end), { objectMode: false });
  }

  async *#pieces(start: number, end: number): AsyncIterable<Buffer> {
    for (let from = start; from < end; from += PIECE_BYTES) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - from));
      await this.#read(piece, from);
      yield piece;
    }
  }

  async #read(into: Buffer, position: number): Promise<void> {
    if (position + into.length > this.#size) throw new Error("the file ends before what it says is in it");
    for (let got = 0; got < into.length; ) {
      const { bytesRead } = await this.#file.read(into, got, into.length - got, position + got);
      if (bytesRead === 0) throw new Error("the file ends before what it says is in it");
      got += bytesRead;
    }
  }
}
