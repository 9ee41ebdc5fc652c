/**
 * AVIF and HEIC (ISO/IEC 23008-12): the size of the primary item, from the properties that belong to it.
 * Never takes the size of a thumbnail or an auxiliary image, and refuses a crop that it cannot apply exactly.
 */
import { corrupt, type HeaderAnswer, need, sized, unsupported } from "./header-answer.ts";
import { type Box, boxAt, boxesWithin } from "./iso-bmff.ts";
import { u16be, u32be } from "./read-bytes.ts";

/** Numbers of properties have 15 bits at most. */
const MOST_PROPERTIES = 0x7fff;

/** `isWhole`: the bytes are the whole file, so that what is not among them does not exist. */
export function walkHeif(bytes: Uint8Array, isWhole: boolean): HeaderAnswer {
  let at = 0;
  for (;;) {
    if (isWhole && at === bytes.length) return unsupported("a file of image boxes without a still image");
    const box = boxAt(bytes, at);
    if (box === "cut") return need(Math.max(at + 16, bytes.length + 1));
    if (box === "corrupt") return corrupt(`the box at byte ${at} is shorter than its own header`);
    if (box.end === Number.POSITIVE_INFINITY) {
      if (box.type !== "meta") return corrupt(`no meta box before the endless ${box.type} box`);
      // It lasts to the file's end (ISO/IEC 14496-12, 4.2).
      return isWhole ? primarySize(bytes, { ...box, end: bytes.length }) : need(bytes.length + 1);
    }
    if (box.type === "meta") return box.end > bytes.length ? need(box.end) : primarySize(bytes, box);
    at = box.end;
  }
}

function primarySize(bytes: Uint8Array, meta: Box): HeaderAnswer {
  const inMeta = () => boxesWithin(bytes, meta.start + 4, meta.end);
  const primary = inMeta().find((box) => box.type === "pitm");
  const properties = inMeta().find((box) => box.type === "iprp");
  if (!primary || !properties) return corrupt("the meta box lacks a primary item or its properties");
  const item = bytes[primary.start] === 0 ? u16be(bytes, primary.start + 4) : u32be(bytes, primary.start + 4);

  const own = propertiesOf(bytes, properties, item);
  const extents = own.find((box) => box.type === "ispe" && box.end - box.start >= 12);
  if (!extents) return corrupt("the primary item has no size");
  const width = u32be(bytes, extents.start + 4);
  const height = u32be(bytes, extents.start + 8);
  const crop = own.find((box) => box.type === "clap" && box.end - box.start >= 32);
  return crop ? cropped(bytes, crop, width, height) : sized(width, height);
}

/** The properties of one item, in the order in which they are its own. */
export function propertiesOf(bytes: Uint8Array, properties: Box, item: number): readonly Box[] {
  const inProperties = () => boxesWithin(bytes, properties.start, properties.end);
  const container = inProperties().find((box) => box.type === "ipco");
  if (!container) return [];
  const all = [...boxesWithin(bytes, container.start, container.end).take(MOST_PROPERTIES)];
  const associations = inProperties().filter((box) => box.type === "ipma");
  const numbers = associations.flatMap((box) => propertyNumbers(bytes, box, item)).take(MOST_PROPERTIES);
  return [...numbers].flatMap((no) => all[no - 1] ?? []);
}

/** Numbers, from 1, of the properties that an item-property-association box gives to the item. */
function* propertyNumbers(bytes: Uint8Array, box: Box, wanted: number): Generator<number, undefined> {
  const version = bytes[box.start] ?? 0;
  const isWide = ((bytes[box.start + 3] ?? 0) & 1) === 1;
  let at = box.start + 8;
  while (at < box.end) {
    const item = version === 0 ? u16be(bytes, at) : u32be(bytes, at);
    at += version === 0 ? 2 : 4;
    const count = bytes[at] ?? 0;
    at += 1;
    for (let i = 0; i < count && at < box.end; i++) {
      if (item === wanted) yield isWide ? u16be(bytes, at) & 0x7fff : (bytes[at] ?? 0) & 0x7f;
      at += isWide ? 2 : 1;
    }
  }
}

/** The clean aperture, ISO/IEC 14496-12, 12.1.4: both sides as fractions, which MIAF wants to be whole pixels. */
function cropped(bytes: Uint8Array, crop: Box, fullWidth: number, fullHeight: number): HeaderAnswer {
  const width = u32be(bytes, crop.start) / u32be(bytes, crop.start + 4);
  const height = u32be(bytes, crop.start + 8) / u32be(bytes, crop.start + 12);
  if (!Number.isInteger(width) || !Number.isInteger(height)) return unsupported("a crop to a fraction of a pixel");
  if (width > fullWidth || height > fullHeight) {
    return corrupt(`a crop to ${width} x ${height} of an image of ${fullWidth} x ${fullHeight}`);
  }
  return sized(width, height);
}
