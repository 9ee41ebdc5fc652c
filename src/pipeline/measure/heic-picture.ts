/** The primary picture of a HEIC as libheif shows it: upright, cropped as the file says, a damaged one too. For the decoding process only. */
import libheif from "libheif-js/wasm-bundle.js";
import { assertFits, NoPicture, type RawPicture } from "./raw-picture.ts";

export async function heicPicture(bytes: Uint8Array, maxPixels: number): Promise<RawPicture> {
  const decoder = new libheif.HeifDecoder();
  const images = decoder.decode(bytes);
  try {
    // Another picture of the file is another picture.
    const primary = images.find((image) => image.is_primary());
    if (!primary) throw new NoPicture("no decoder here reads a HEIC of this kind");
    const size = { width: primary.get_width(), height: primary.get_height() };
    assertFits(size, maxPixels);
    const data = new Uint8ClampedArray(size.width * size.height * 4);
    const shown = await new Promise((resolve) => primary.display({ ...size, data }, resolve));
    if (shown === null) throw new NoPicture("its pixel data are damaged or missing");
    return { ...size, rgba: new Uint8Array(data.buffer) };
  } finally {
    for (const image of images) image.free();
    if (decoder.decoder) libheif.heif_context_free(decoder.decoder);
  }
}
