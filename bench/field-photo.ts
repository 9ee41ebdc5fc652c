/** Photos as phones send them from the field, for the bench of inspections: a drawn shelf under grain, 3 MP and some 1 MB, with EXIF and its thumbnail. */
import sharp from "sharp";
import { aShelf } from "../src/testing/grey-pictures.ts";
import { ascii, join, segment, u16le, u32le, zeros } from "../src/testing/image-bytes.ts";

/** So many photos have pixels of their own, so many a thumbnail. */
export const PICTURES = 320;
export const THUMBNAILS = 2_000;
/** From this number on photos have no EXIF, as after a chat. */
export const BARE = 10_000;

const SIZE = { width: 2_048, height: 1_536 };
const THUMBNAIL_WIDTH = 160;
const GRAIN = 40;
const QUALITY = 93;
/** What an encoder writes before its tables, which the beginning takes the place of. */
const START_BYTES = 2;

let grain: Promise<Buffer> | undefined;

/** Its beginning and its pixels. The same number makes the same photo; no two of different numbers show the same. */
export async function fieldPhoto(no: number): Promise<readonly [Uint8Array, Uint8Array]> {
  grain ??= drawGrain();
  const picture = await shelfPicture(no)
    .resize(SIZE.width, SIZE.height)
    .toColourspace("srgb")
    .png({ compressionLevel: 1 })
    .toBuffer();
  const photo = await sharp(picture)
    .composite([{ input: await grain, blend: "soft-light" }])
    .jpeg({ quality: QUALITY })
    .toBuffer();
  const thumbnail = await sharp(photo).resize(THUMBNAIL_WIDTH).jpeg({ quality: 80 }).toBuffer();
  return [beginningOf(thumbnail), photo.subarray(START_BYTES)];
}

export async function thumbnailOf(no: number): Promise<Uint8Array> {
  return await shelfPicture(no).resize(THUMBNAIL_WIDTH).jpeg({ quality: 80 }).toBuffer();
}

function shelfPicture(no: number) {
  const { width, height, pixels } = aShelf(no + 1);
  return sharp(pixels, { raw: { width, height, channels: 1 } });
}

async function drawGrain(): Promise<Buffer> {
  const [width, height] = [SIZE.width / 2, SIZE.height / 2];
  const noise = Buffer.alloc(width * height * 3);
  let state = 7;
  for (let i = 0; i < noise.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[i] = 128 + ((state >>> 24) % (2 * GRAIN)) - GRAIN;
  }
  return await sharp(noise, { raw: { width, height, channels: 3 } })
    .resize(SIZE.width, SIZE.height)
    .png({ compressionLevel: 1 })
    .toBuffer();
}

type Entry = readonly [tag: number, type: 2 | 4 | 5, count: number, value: readonly number[]];

/** A JPEG's start with an EXIF block: camera, time, place, thumbnail. */
export function beginningOf(thumbnail: Uint8Array): Uint8Array {
  const text = (tag: number, value: string): Entry => [tag, 2, value.length + 1, [...ascii(value), 0]];
  const long = (tag: number, value: number): Entry => [tag, 4, 1, u32le(value)];
  const degrees = (tag: number, parts: readonly number[]): Entry => [
    tag,
    5,
    3,
    parts.flatMap((part) => [...u32le(part), ...u32le(1)]),
  ];
  const at = { camera: 8, exif: 200, gps: 350, small: 500, thumbnail: 600 };
  const camera = directoryAt(
    at.camera,
    [text(0x010f, "Bench"), text(0x0110, "Phone of the bench"), long(0x8769, at.exif), long(0x8825, at.gps)],
    at.small,
  );
  const exif = directoryAt(at.exif, [text(0x9003, "2026:01:05 09:00:00"), text(0x9011, "+00:00")], 0);
  const gps = directoryAt(
    at.gps,
    [text(0x0001, "N"), degrees(0x0002, [18, 31, 0]), text(0x0003, "E"), degrees(0x0004, [73, 51, 0])],
    0,
  );
  const small = directoryAt(at.small, [long(0x0201, at.thumbnail), long(0x0202, thumbnail.length)], 0);
  const tiff = new Uint8Array(at.thumbnail + thumbnail.length);
  tiff.set([...ascii("II"), 42, 0, ...u32le(at.camera)]);
  for (const [place, bytes] of [
    [at.camera, camera],
    [at.exif, exif],
    [at.gps, gps],
    [at.small, small],
    [at.thumbnail, thumbnail],
  ] as const)
    tiff.set(bytes, place);
  return join([0xff, 0xd8], segment(0xe1, join(ascii("Exif\0\0"), tiff)));
}

/** Values of more than four bytes lie behind the directory. */
function directoryAt(place: number, entries: readonly Entry[], next: number): Uint8Array {
  let behind = place + 2 + 12 * entries.length + 4;
  const rows: number[] = [];
  const values: number[] = [];
  for (const [tag, type, count, value] of entries) {
    const isInside = value.length <= 4;
    rows.push(
      ...u16le(tag),
      ...u16le(type),
      ...u32le(count),
      ...(isInside ? [...value, ...zeros(4 - value.length)] : u32le(behind)),
    );
    if (isInside) continue;
    values.push(...value);
    behind += value.length;
  }
  return join(u16le(entries.length), rows, u32le(next), values);
}
