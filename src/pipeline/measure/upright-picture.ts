/**
 * A picture's pixels, upright, for whoever looks at them: a small one is made of it next. Shows what is there, damaged or not: whether all is there
 * is not the question here. For the decoding process only.
 */
import sharp, { type Sharp } from "sharp";
import type { ImageFormat } from "../../domain/image.ts";
import { detectFormat } from "./detect-format.ts";
import { foreignKind } from "./foreign-kinds.ts";
import type { RawPicture } from "./raw-picture.ts";

/** Rejects with NoPicture, and with what a WebAssembly decoder ends of. */
export async function uprightPicture(bytes: Uint8Array, maxPixels: number): Promise<Sharp> {
  const detected = detectFormat(bytes);
  const format = detected.kind === "refused" ? null : detected.format;
  // Their decoders are loaded by who meets such an image: few processes do.
  if (format === "heic") return ofRaw(await (await import("./heic-picture.ts")).heicPicture(bytes, maxPixels));
  if (format === "jxl") return ofRaw(await (await import("./decode-jxl.ts")).jxlPicture(bytes, maxPixels));
  return sharp(bytes, { failOn: "none", limitInputPixels: maxPixels, sequentialRead: true }).rotate();
}

function ofRaw({ width, height, rgba }: RawPicture): Sharp {
  return sharp(rgba, { raw: { width, height, channels: 4 } });
}

/** Why sharp made no picture of it. */
export function reasonWithout(bytes: Uint8Array): string {
  const detected = detectFormat(bytes);
  if (detected.kind === "refused") return "no decoder here reads it";
  const { format } = detected;
  const kind = foreignKind(format, bytes) ?? (UNREAD.has(format) ? format.toUpperCase() : null);
  return kind === null ? "its pixel data are damaged or missing" : `no decoder here reads ${kind}`;
}

const UNREAD: ReadonlySet<ImageFormat> = new Set(["bmp", "ico", "psd"]);
