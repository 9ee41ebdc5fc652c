/**
 * Looks at one photo inside the decoding process: its EXIF, and its pixels on a small grey copy, which JPEG gives at an eighth of
 * the work. Pixels never leave this process, only what was worked out of them.
 */
import sharp from "sharp";
import { readExif } from "../../truth/exif.ts";
import type { GreyPicture } from "../../truth/grey-picture.ts";
import { type Inspection, inspectionOf } from "../../truth/inspection.ts";
import type { DecodeWork } from "./decode-messages.ts";
import { firstScanOf, MARKER } from "./jpeg-markers.ts";

/** What quality's thresholds were chosen at; a sketch needs a fifth of it. */
const GREY_SIDE = 320;
/** What is not before a JPEG's pixels (in a HEIC, a PNG) lies within it. */
const HEAD_BYTES = 2 ** 20;

export async function inspectPhoto(task: DecodeWork, withPixels: boolean): Promise<Inspection> {
  const exif = await readExif(headOf(task.bytes));
  return inspectionOf({
    exif,
    picture: withPixels ? await greyPicture(task.bytes, task.maxPixels) : null,
    thumbnail: exif.thumbnail && (await greyPicture(exif.thumbnail, task.maxPixels)),
  });
}

/** What a JPEG says of itself stands before its pixels: nobody needs to look for more in them. */
function headOf(bytes: Uint8Array): Uint8Array {
  const isJpeg = bytes[0] === 0xff && bytes[1] === MARKER.startOfImage;
  return bytes.subarray(0, (isJpeg ? firstScanOf(bytes) : null) ?? HEAD_BYTES);
}

/** Upright. Null for what sharp does not read: the inspection goes on without pixels. */
async function greyPicture(bytes: Uint8Array, maxPixels: number): Promise<GreyPicture | null> {
  try {
    const { data, info } = await sharp(bytes, { failOn: "none", limitInputPixels: maxPixels, sequentialRead: true })
      .rotate()
      .resize({ width: GREY_SIDE, height: GREY_SIDE, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#fff" })
      .toColourspace("b-w")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const pixels =
      channels === 1
        ? new Uint8Array(data)
        : Uint8Array.from({ length: width * height }, (_, i) => data[i * channels] ?? 0);
    return { width, height, pixels };
  } catch {
    return null;
  }
}
