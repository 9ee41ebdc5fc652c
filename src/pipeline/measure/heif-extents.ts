/**
 * Where the items of an AVIF or HEIC keep their bytes, by the item location box (ISO/IEC 14496-12, 8.11.3).
 * Never looks at what lies there, and moves forward however hostile the box is.
 */
import { type Box, boxAt, boxesWithin } from "./iso-bmff.ts";
import { u16be, u32be, u64be } from "./read-bytes.ts";

const IN_FILE = 0;
const IN_META = 1;

/** `method`: in the file at an offset from its start, or in the meta box's `idat` at an offset from its body. */
export type Extent = {
  readonly item: number;
  readonly method: "file" | "idat" | "elsewhere";
  readonly from: number;
  /** 0 stands for all there is. */
  readonly length: number;
};

/** The meta box among the file's first boxes; one without an end of its own lasts to the file's. Null where it is not, or not whole. */
export function metaBox(bytes: Uint8Array): Box | null {
  let at = 0;
  for (;;) {
    const box = boxAt(bytes, at);
    if (typeof box === "string") return null;
    const end = Math.min(box.end, box.type === "meta" && box.end === Number.POSITIVE_INFINITY ? bytes.length : box.end);
    if (end > bytes.length) return null;
    if (box.type === "meta") return { ...box, end };
    at = end;
  }
}

/** A box directly inside the meta box. */
export function inMeta(bytes: Uint8Array, meta: Box, type: string): Box | null {
  return boxesWithin(bytes, meta.start + 4, meta.end).find((box) => box.type === type) ?? null;
}

export function* extentsOf(iloc: Uint8Array): Generator<Extent, undefined> {
  const version = iloc[0] ?? 0;
  const [offsetBytes, lengthBytes] = nibbles(iloc[4]);
  const [baseBytes, indexBytes] = nibbles(iloc[5]);
  const idBytes = version < 2 ? 2 : 4;
  let at = 6;
  const next = (width: number) => {
    at += width;
    return numberOf(iloc, at - width, width);
  };

  for (let items = next(idBytes); items > 0 && at < iloc.length; items--) {
    const item = next(idBytes);
    const method = version === 0 ? IN_FILE : next(2) & 0xf;
    const reference = next(2);
    const base = next(baseBytes);
    // Extents without a single byte are all the same one: counting out 65,535 of them for each of as many items would take minutes.
    const extentBytes = offsetBytes + lengthBytes + (version > 0 ? indexBytes : 0);
    const extentsSaid = next(2);
    for (
      let extents = extentBytes > 0 ? extentsSaid : Math.min(1, extentsSaid);
      extents > 0 && at < iloc.length;
      extents--
    ) {
      if (version > 0) next(indexBytes);
      const from = base + next(offsetBytes);
      yield { item, method: placeOf(method, reference), from, length: next(lengthBytes) };
    }
  }
}

function placeOf(method: number, reference: number): Extent["method"] {
  if (method === IN_FILE && reference === 0) return "file";
  return method === IN_META ? "idat" : "elsewhere";
}

function nibbles(byte = 0): readonly [number, number] {
  return [byte >> 4, byte & 0xf];
}

/** Widths are 0, 2 (ids and counts), 4 or 8. */
function numberOf(bytes: Uint8Array, at: number, width: number): number {
  if (width === 8) return u64be(bytes, at);
  if (width === 4) return u32be(bytes, at);
  return width === 2 ? u16be(bytes, at) : 0;
}
