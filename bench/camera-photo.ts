/** Photos as cameras write them, for the bench: noise that compresses badly, behind an EXIF preview that puts the frame header at some 20 KB. */
import sharp from "sharp";

const PREVIEW_WIDTH = 640;
const PREVIEW_BYTES = 20_000;

export type PhotoSize = { readonly width: number; readonly height: number };

/** About 1.4 MB. */
export const LARGE_PHOTO: PhotoSize = { width: 3_520, height: 2_640 };
/** About 44 KB. */
export const SMALL_PHOTO: PhotoSize = { width: 464, height: 348 };

/** Noise, blurred by enlarging; the same number makes the same photo. */
export async function cameraPhoto(no: number, size: PhotoSize): Promise<Buffer> {
  const width = Math.floor(size.width / 8);
  const height = Math.floor(size.height / 8);
  const noise = Buffer.alloc(width * height * 3);
  let state = no + 1;
  for (let index = 0; index < noise.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[index] = state >>> 24;
  }
  const raw = { raw: { width, height, channels: 3 as const } };
  const photo = await sharp(noise, raw).resize(size.width, size.height).jpeg({ quality: 50 }).toBuffer();
  const preview = await sharp(noise, raw).resize(PREVIEW_WIDTH).jpeg({ quality: 70 }).toBuffer();
  return withPreview(photo, preview.subarray(0, PREVIEW_BYTES));
}

/** Puts an APP13 segment with the preview behind the start marker, as cameras put theirs before the frame header. */
function withPreview(photo: Buffer, preview: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  head.writeUInt16BE(preview.length + 2, 2);
  return Buffer.concat([photo.subarray(0, 2), head, preview, photo.subarray(2)]);
}
