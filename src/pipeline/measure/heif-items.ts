/**
 * The coded pictures of a HEIC: which items its primary image is made of, and their bytes as they lie in the file.
 * Never decodes, and answers with nothing where the boxes do not lead to an item.
 */
import { propertiesOf } from "./heif.ts";
import { extentsOf, inMeta, metaBox } from "./heif-extents.ts";
import { type Box, boxesWithin } from "./iso-bmff.ts";
import { fourAt, u16be, u32be } from "./read-bytes.ts";

/** A grid has 256 x 256 tiles at most; a file may say more. */
const MOST_ITEMS = 65_536;

export type CodedItem = {
  readonly parameterSets: readonly Uint8Array[];
  /** Units of HEVC, each behind its length. */
  readonly bytes: Uint8Array;
};

/** The HEVC pictures of the primary image, in the order in which it names them: itself, or the tiles and layers of a derived one; none where they cannot be decoded one by one. */
export function hevcItemsOf(bytes: Uint8Array): readonly CodedItem[] {
  const meta = metaBox(bytes);
  const pitm = meta && inMeta(bytes, meta, "pitm");
  if (!meta || !pitm) return [];
  const primary = bytes[pitm.start] === 0 ? u16be(bytes, pitm.start + 4) : u32be(bytes, pitm.start + 4);
  const types = itemTypes(bytes, meta);
  const parts = types.get(primary) === "hvc1" ? [primary] : referencesFrom(bytes, meta, "dimg", primary);
  // Coded as what changed since other pictures: nothing by themselves (ISO/IEC 23008-12, 6.4.9).
  if (parts.some((part) => referencesFrom(bytes, meta, "pred", part).length > 0)) return [];
  const data = itemData(bytes, meta, new Set(parts));
  const properties = inMeta(bytes, meta, "iprp");
  return [...new Set(parts)].flatMap((id) => {
    if (types.get(id) !== "hvc1") return [];
    const configuration = properties && propertiesOf(bytes, properties, id).find(({ type }) => type === "hvcC");
    const parameterSets = configuration ? parameterSetsOf(bytes.subarray(configuration.start, configuration.end)) : [];
    return [{ parameterSets, bytes: data.get(id) ?? new Uint8Array(0) }];
  });
}

/** ISO/IEC 14496-15, 8.3.3.1: arrays of units behind 22 bytes. */
function parameterSetsOf(configuration: Uint8Array): readonly Uint8Array[] {
  const sets: Uint8Array[] = [];
  let at = 23;
  for (let arrays = configuration[22] ?? 0; arrays > 0; arrays--) {
    const count = u16be(configuration, at + 1);
    at += 3;
    for (let i = 0; i < count && at < configuration.length; i++) {
      const end = at + 2 + u16be(configuration, at);
      sets.push(configuration.subarray(at + 2, end));
      at = end;
    }
  }
  return sets;
}

/** By the items' types, where the meta box is among the bytes. */
export function codedFormat(bytes: Uint8Array): "heic" | "avif" | null {
  const meta = metaBox(bytes);
  const types = meta ? [...itemTypes(bytes, meta).values()] : [];
  if (types.includes("hvc1")) return "heic";
  return types.includes("av01") ? "avif" : null;
}

function itemTypes(bytes: Uint8Array, meta: Box): ReadonlyMap<number, string> {
  const infos = inMeta(bytes, meta, "iinf");
  const types = new Map<number, string>();
  if (!infos) return types;
  const first = infos.start + (bytes[infos.start] === 0 ? 6 : 8);
  for (const { type, start } of boxesWithin(bytes, first, infos.end)) {
    const version = bytes[start] ?? 0;
    if (type !== "infe" || version < 2) continue;
    const [id, at] = version === 2 ? [u16be(bytes, start + 4), start + 8] : [u32be(bytes, start + 4), start + 10];
    types.set(id, fourAt(bytes, at));
  }
  return types;
}

/** ISO/IEC 14496-12, 8.11.12; "dimg" names what an item is derived from. */
function referencesFrom(bytes: Uint8Array, meta: Box, wanted: string, item: number): readonly number[] {
  const references = inMeta(bytes, meta, "iref");
  if (!references) return [];
  const isWide = bytes[references.start] !== 0;
  const width = isWide ? 4 : 2;
  const idAt = (at: number) => (isWide ? u32be(bytes, at) : u16be(bytes, at));
  for (const { type, start } of boxesWithin(bytes, references.start + 4, references.end)) {
    if (type !== wanted || idAt(start) !== item) continue;
    const count = Math.min(u16be(bytes, start + width), MOST_ITEMS);
    return Array.from({ length: count }, (_, i) => idAt(start + width + 2 + width * i));
  }
  return [];
}

function itemData(bytes: Uint8Array, meta: Box, wanted: ReadonlySet<number>): ReadonlyMap<number, Uint8Array> {
  const iloc = inMeta(bytes, meta, "iloc");
  const idat = inMeta(bytes, meta, "idat");
  const data = new Map<number, Uint8Array>();
  let copied = 0;
  for (const { item, method, from, length } of iloc ? extentsOf(bytes.subarray(iloc.start, iloc.end)) : []) {
    if (!wanted.has(item) || method === "elsewhere") continue;
    const within = method === "file" ? bytes : bytes.subarray(idat?.start ?? 0, idat?.end ?? 0);
    const piece = within.subarray(from, length === 0 ? undefined : from + length);
    const before = data.get(item);
    copied += before ? before.length + piece.length : 0;
    // A hostile file may name the same bytes again and again.
    if (copied > 4 * bytes.length) return data;
    data.set(item, before ? Buffer.concat([before, piece]) : piece);
  }
  return data;
}
