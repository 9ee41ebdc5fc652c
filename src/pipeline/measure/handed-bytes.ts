/**
 * An image's bytes on their way to the decoding process: by a pipe of their own, read at once into memory that is used again. As a part of the
 * task's message they cost both sides several copies and the collector a megabyte for each image.
 */
import { readSync } from "node:fs";

/** Behind standard input, output, error, and the channel of messages. */
export const BYTES_PIPE = 4;

/** A larger image has memory of its own, which goes with it. */
const KEPT_BYTES = 8 * 2 ** 20;

/** Reads as many bytes as a task says; null when the parent is gone. They hold until the next call. */
export function createByteReader(): (length: number) => Uint8Array | null {
  let kept = Buffer.alloc(0);
  return (length) => {
    if (length > kept.length && length <= KEPT_BYTES) kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, 2 * length));
    const bytes = length <= kept.length ? kept.subarray(0, length) : Buffer.allocUnsafeSlow(length);
    for (let at = 0; at < length; ) {
      const read = readSync(BYTES_PIPE, bytes, at, length - at, null);
      if (read === 0) return null;
      at += read;
    }
    return bytes;
  };
}
