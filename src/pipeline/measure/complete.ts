/**
 * Whether a file's end is there, by what its format says of itself.
 * The quick answer may be a false alarm, never a false comfort where the format can tell; the answer on the whole file is final.
 */
import type { ImageFormat, Size } from "../../domain/image.ts";
import type { ByteSource, Prefix } from "../byte-source.ts";
import { bmpEnd } from "./bmp.ts";
import { hasGifEnd, isGifComplete } from "./gif.ts";
import { isHeifThere } from "./heif-end.ts";
import { boxesFill } from "./iso-bmff.ts";
import { hasJpegEnd, hasJpegScan, isJpegComplete } from "./jpeg-end.ts";
import { hasPngEnd, isPngComplete } from "./png.ts";
import { u16le, u32be, u32le } from "./read-bytes.ts";
import { isTiffComplete } from "./tiff.ts";
import { webpEnd } from "./webp.ts";

const TAIL_BYTES = 4096;
const MOST_HEAD_BYTES = 65_536;
const A_LITTLE_BYTES = 4_096;
const JXL_DATA = ["jxlc", "jxlp"];

export type Sized = { readonly format: ImageFormat; readonly size: Size };

/** Looks at as few bytes as will do; fetches the whole file before it ever says no. */
export async function isEndThere(source: ByteSource, { format, size }: Sized, head: Prefix): Promise<boolean> {
  let seen = head;
  // A longer beginning is cheaper than the whole file, which is what a beginning that shows too little would cost.
  while (!seen.complete && seen.bytes.length < MOST_HEAD_BYTES && !showsData(format, seen.bytes, source.totalBytes())) {
    seen = await source.prefix(seen.bytes.length + A_LITTLE_BYTES);
  }
  if (seen.complete) return isComplete(format, size, seen.bytes);
  if (await isQuicklyProven(source, format, size, seen.bytes)) return true;
  return isComplete(format, size, await source.whole());
}

/** Whether the beginning reaches as far as the quick proof looks: to the pixels. */
function showsData(format: ImageFormat, head: Uint8Array, total: number | null): boolean {
  switch (format) {
    case "jpeg":
      return hasJpegScan(head);
    case "avif":
    case "heic":
      return total === null || isHeifThere(head, total) !== null;
    case "jxl":
      return total === null || head[0] === 0xff || boxesFill(head, total, JXL_DATA) !== null;
    default:
      return true;
  }
}

async function isQuicklyProven(
  source: ByteSource,
  format: ImageFormat,
  size: Size,
  head: Uint8Array,
): Promise<boolean> {
  switch (format) {
    case "jpeg":
      return hasJpegEnd(head, await source.tail(TAIL_BYTES));
    case "png":
      return hasPngEnd(await source.tail(TAIL_BYTES));
    case "gif":
      return hasGifEnd(await source.tail(TAIL_BYTES));
    case "tiff":
      return false;
    default:
      return isLengthRight(format, size, head, source.totalBytes());
  }
}

/** On a whole file. True as well where the format has no end to look for (a bare JPEG XL codestream). */
export function isComplete(format: ImageFormat, size: Size, bytes: Uint8Array): boolean {
  switch (format) {
    case "jpeg":
      return isJpegComplete(bytes);
    case "png":
      return isPngComplete(bytes);
    case "gif":
      return isGifComplete(bytes);
    case "tiff":
      return isTiffComplete(bytes);
    default:
      return isLengthRight(format, size, bytes, bytes.length);
  }
}

type SelfMeasured = Exclude<ImageFormat, "jpeg" | "png" | "gif" | "tiff">;

/** Formats whose header says where the file ends. */
function isLengthRight(format: SelfMeasured, size: Size, head: Uint8Array, total: number | null): boolean {
  if (total === null) return false;
  switch (format) {
    case "webp":
      return webpEnd(head) <= total;
    case "bmp":
      return (bmpEnd(head, size.width, size.height) ?? 0) <= total;
    case "avif":
    case "heic":
      return isHeifThere(head, total) === true;
    case "jxl":
      return head[0] === 0xff || boxesFill(head, total, JXL_DATA) === true;
    case "ico":
      return icoEnd(head) <= total;
    case "psd":
      return psdDataStart(head) < total;
  }
}

function icoEnd(bytes: Uint8Array): number {
  let end = 0;
  for (let i = 0; i < u16le(bytes, 4); i++) {
    const entry = 6 + 16 * i;
    end = Math.max(end, u32le(bytes, entry + 8) + u32le(bytes, entry + 12));
  }
  return end;
}

/** PSD has three sections, each behind its length, before the pixels; the large variant (version 2) has a longer third length. */
function psdDataStart(bytes: Uint8Array): number {
  let at = 26;
  at += 4 + u32be(bytes, at);
  at += 4 + u32be(bytes, at);
  return bytes[5] === 2 ? at + 12 : at + 4 + u32be(bytes, at);
}
