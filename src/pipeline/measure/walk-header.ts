/**
 * The one door to the header walkers: a format by its name, the bytes, an answer.
 * Only for a format that the bytes were detected as; holds no rule of its own.
 */
import type { ImageFormat } from "../../domain/image.ts";
import type { Prefix } from "../byte-source.ts";
import { walkBmp } from "./bmp.ts";
import { walkGif } from "./gif.ts";
import type { HeaderAnswer } from "./header-answer.ts";
import { walkHeif } from "./heif.ts";
import { walkIco } from "./ico.ts";
import { walkJpeg } from "./jpeg.ts";
import { walkJxl } from "./jxl.ts";
import { walkPng } from "./png.ts";
import { walkPsd } from "./psd.ts";
import { walkTiff } from "./tiff.ts";
import { walkWebp } from "./webp.ts";

export function walkHeader(format: ImageFormat, head: Prefix): HeaderAnswer {
  switch (format) {
    case "jpeg":
      return walkJpeg(head.bytes);
    case "png":
      return walkPng(head.bytes);
    case "gif":
      return walkGif(head.bytes);
    case "webp":
      return walkWebp(head.bytes);
    case "bmp":
      return walkBmp(head.bytes);
    case "avif":
    case "heic":
      return walkHeif(head.bytes, head.complete);
    case "jxl":
      return walkJxl(head.bytes);
    case "tiff":
      return walkTiff(head.bytes);
    case "ico":
      return walkIco(head.bytes);
    case "psd":
      return walkPsd(head.bytes);
  }
}
