/** A file without a name: it is gone when it is closed, and when the process dies. For bytes that have to be read in another order than they came. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function openScratchFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `storewalk-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}

/** Resolves to how many bytes there were. */
export async function spool(
  file: FileHandle,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  let size = 0;
  for await (const piece of bytes) {
    let from = 0;
    while (from < piece.length) {
      const { bytesWritten } = await file.write(piece, from, piece.length - from, size);
      from += bytesWritten;
      size += bytesWritten;
    }
  }
  return size;
}
