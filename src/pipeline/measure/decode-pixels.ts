/**
 * Decodes every row of an image, and keeps nothing of it: the verdict is all that is wanted. For the decoding process only.
 */
import sharp from "sharp";
import type { ImageFormat } from "../../domain/image.ts";
import { DAMAGED } from "./decode-messages.ts";
import type { Decoded } from "./decoder.ts";
import { detectFormat } from "./detect-format.ts";
import { foreignKind } from "./foreign-kinds.ts";
import { bareJpeg } from "./jpeg-bare.ts";
import { mendedJpeg } from "./jpeg-mended.ts";
import { tallerJpeg } from "./jpeg-taller.ts";

const KEPT_SIDE = 8;
const DECODED: Decoded = { kind: "decoded" };

export async function decodePixels(bytes: Uint8Array, maxPixels: number): Promise<Decoded> {
  const detected = detectFormat(bytes);
  if (detected.kind === "refused") return DAMAGED;
  const { format } = detected;
  switch (format) {
    // Their decoders are loaded by who meets such an image: few processes do.
    case "heic":
      return (await import("./decode-heic.ts")).decodeHeic(bytes);
    case "jxl":
      return await (await import("./decode-jxl.ts")).decodeJxl(bytes);
    case "jpeg":
      return await decodeJpeg(bytes, maxPixels);
    // Its decoder fills in what is missing, and warns.
    case "gif":
      return (await decodesWhole(bytes, "warning", maxPixels)) ? DECODED : DAMAGED;
    // Warnings of TIFF and PNG do no harm: tags of an odd type (3 of 15 good TIFFs in the corpus), colour profiles that are out of date.
    default:
      return (await decodesWhole(bytes, "error", maxPixels)) ? DECODED : foreignOrDamaged(format, bytes);
  }
}

async function decodeJpeg(bytes: Uint8Array, maxPixels: number): Promise<Decoded> {
  const bare = bareJpeg(bytes);
  const decodes = (jpeg: Uint8Array | null) => jpeg !== null && decodesWhole(jpeg, "warning", maxPixels);
  if (await decodes(bare)) return (await decodes(tallerJpeg(bare))) ? DAMAGED : DECODED;
  return (await decodes(mendedJpeg(bare))) ? DECODED : foreignOrDamaged("jpeg", bytes);
}

function foreignOrDamaged(format: ImageFormat, bytes: Uint8Array): Decoded {
  const foreign = foreignKind(format, bytes);
  return foreign === null ? DAMAGED : { kind: "not-decoded", why: `no decoder here reads ${foreign}` };
}

async function decodesWhole(
  bytes: Uint8Array,
  failOn: "warning" | "error",
  limitInputPixels: number,
): Promise<boolean> {
  const image = () => sharp(bytes, { failOn, limitInputPixels, sequentialRead: true });
  try {
    const { width, height } = await image().metadata();
    await image()
      // libvips would let JPEG and WebP decode a smaller picture for what comes next, which skips most of the data; not behind a crop.
      .extract({ left: 0, top: 0, width, height })
      .resize({ width: KEPT_SIDE, height: KEPT_SIDE, fit: "fill" })
      .raw()
      .toBuffer();
    return true;
  } catch {
    return false;
  }
}
