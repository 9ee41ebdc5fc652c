/** Prints as the version before `print_entries` kept them: the reader of those must go on finding them. Tests only. */
import { entriesOf } from "../../truth/fingerprint.ts";
import type { Sketch } from "../../truth/sketch.ts";
import { BUCKET_BITS } from "../../truth/window-code.ts";

/** A print's list of buckets, 3 bytes each, and its entries of 10 bytes by bucket. */
export function printBefore(no: number, sketch: Sketch) {
  const entries = entriesOf(sketch).map(({ bucket, window, code }) => {
    const bytes = Buffer.alloc(10);
    bytes.writeUInt32LE(no, 0);
    bytes.writeUInt16LE((window << (32 - BUCKET_BITS)) | (code.low >>> BUCKET_BITS), 4);
    bytes.writeUInt32LE(code.high, 6);
    return { bucket, bytes };
  });
  const list = [...new Set(entries.map(({ bucket }) => bucket))];
  const buckets = Buffer.alloc(list.length * 3);
  for (const [i, bucket] of list.entries()) buckets.writeUIntLE(bucket, i * 3, 3);
  return { buckets, entries };
}
