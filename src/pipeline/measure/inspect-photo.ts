/**
 * Looks at one photo inside the decoding process: its EXIF, and its pixels on a small grey copy, which JPEG gives at an eighth of
 * the work. Pixels never leave this process, only what was worked out of them.
 */
import { readExif } from "../../truth/exif.ts";
import type { GreyPicture } from "../../truth/grey-picture.ts";
import { type Inspection, inspectionOf } from "../../truth/inspection.ts";
import { upright } from "../../truth/upright.ts";
import { type DecodeWork, isTrap } from "./decode-messages.ts";
import { NoPicture } from "./raw-picture.ts";
import { smallJpeg } from "./small-jpeg.ts";
import { toldBy } from "./told-by.ts";
import { reasonWithout, uprightPicture } from "./upright-picture.ts";

/** What quality's thresholds were chosen at; a sketch needs a fifth of it. */
const GREY_SIDE = 320;

export async function inspectPhoto(task: DecodeWork, withPixels: boolean): Promise<Inspection> {
  const exif = await readExif(toldBy(task.bytes));
  const seen = withPixels ? await greyPicture(task.bytes, task.maxPixels) : null;
  const thumbnail =
    exif.thumbnail && ((await smallJpeg(exif.thumbnail)) ?? (await greyPicture(exif.thumbnail, task.maxPixels)));
  return inspectionOf({
    exif,
    picture: pictureIn(seen),
    unseen: typeof seen === "string" ? seen : null,
    // It lies as its photo does, and has no EXIF of its own as a rule.
    thumbnail: uprightOf(pictureIn(thumbnail), exif.orientation),
  });
}

const pictureIn = (seen: GreyPicture | string | null) => (typeof seen === "string" ? null : seen);
const uprightOf = (picture: GreyPicture | null, orientation: number) => picture && upright(picture, orientation);

/** Upright; why not, where there are no pixels to be had: the inspection goes on without them. */
async function greyPicture(bytes: Uint8Array, maxPixels: number): Promise<GreyPicture | string> {
  try {
    const { data, info } = await (await uprightPicture(bytes, maxPixels))
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
  } catch (error) {
    // What has become of a WebAssembly decoder after that, nobody knows: its process ends.
    if (isTrap(error)) throw error;
    return error instanceof NoPicture ? error.message : reasonWithout(bytes);
  }
}
