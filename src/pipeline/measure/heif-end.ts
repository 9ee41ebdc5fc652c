/**
 * Where the data of an AVIF's or HEIC's items end, by the item location box (ISO/IEC 14496-12, 8.11.3).
 * Never judges data that lie elsewhere than in this file, and answers 0 where no box tells.
 */
import { boxAt, boxesWithin } from "./iso-bmff.ts";
import { u16be, u32be, u64be } from "./read-bytes.ts";

const IN_FILE = 0;

export function heifDataEnd(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const found = boxAt(bytes, at);
    if (typeof found === "string" || found.end > bytes.length) return 0;
    at = found.end;
    if (found.type !== "meta") continue;
    const locations = boxesWithin(bytes, found.start + 4, found.end).find((inner) => inner.type === "iloc");
    return locations ? lastExtentEnd(bytes.subarray(locations.start, locations.end)) : 0;
  }
}

function lastExtentEnd(iloc: Uint8Array): number {
  const version = iloc[0] ?? 0;
  const [offsetBytes, lengthBytes] = nibbles(iloc[4]);
  const [baseBytes, indexBytes] = nibbles(iloc[5]);
  const idBytes = version < 2 ? 2 : 4;
  let at = 6;
  const next = (width: number) => {
    at += width;
    return numberOf(iloc, at - width, width);
  };

  let end = 0;
  for (let items = next(idBytes); items > 0 && at < iloc.length; items--) {
    next(idBytes);
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
      const extentEnd = base + next(offsetBytes) + next(lengthBytes);
      if (method === IN_FILE && reference === 0) end = Math.max(end, extentEnd);
    }
  }
  return end;
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
