/**
 * Whether the data of an AVIF's or HEIC's items are there. Never judges data that lie elsewhere than in this file.
 */
import { extentsOf, inMeta, metaBox } from "./heif-extents.ts";
import { boxesFill } from "./iso-bmff.ts";

const DATA = ["mdat", "idat"];

/** `head` is the beginning of a file of `total` bytes; null when it does not reach far enough to tell. */
export function isHeifThere(head: Uint8Array, total: number): boolean | null {
  const meta = metaBox(head);
  if (!meta) return boxesFill(head, total, DATA);
  const iloc = inMeta(head, meta, "iloc");
  const idat = inMeta(head, meta, "idat");
  let isInMeta = false;
  let end = 0;
  for (const { method, from, length } of iloc ? extentsOf(head.subarray(iloc.start, iloc.end)) : []) {
    if (method === "file") end = Math.max(end, from + length);
    if (method !== "idat") continue;
    isInMeta = true;
    if (!idat || idat.start + from + length > idat.end) return false;
  }
  if (end > total) return false;
  // A photo may lie in the meta box as a whole.
  return isInMeta && end === 0 ? meta.end <= total : boxesFill(head, total, DATA);
}
