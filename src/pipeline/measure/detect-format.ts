/**
 * Names a file's format by its first bytes, from an allow-list: what is not on it is refused with what it looks like.
 * Never lets a text document through, whatever images it has inside.
 */
import type { ErrorCode } from "../../domain/error-codes.ts";
import type { ImageFormat } from "../../domain/image.ts";
import { describeStranger } from "./describe-stranger.ts";
import { codedFormat } from "./heif-items.ts";
import { fourAt, hasText, mayStartWith, u32be } from "./read-bytes.ts";

export type Detected =
  | { readonly kind: "format"; readonly format: ImageFormat }
  | {
      readonly kind: "refused";
      readonly code: Extract<ErrorCode, "not_an_image" | "unsupported_format">;
      readonly detail: string;
    };

const SIGNATURES: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ["jpeg", [0xff, 0xd8, 0xff]],
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["gif", [0x47, 0x49, 0x46, 0x38, 0x37, 0x61]],
  ["gif", [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
  ["tiff", [0x49, 0x49, 42, 0]],
  ["tiff", [0x4d, 0x4d, 0, 42]],
  ["tiff", [0x49, 0x49, 43, 0, 8, 0, 0, 0]],
  ["tiff", [0x4d, 0x4d, 0, 43, 0, 8, 0, 0]],
  ["jxl", [0xff, 0x0a]],
  ["jxl", [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a]],
  ["psd", [0x38, 0x42, 0x50, 0x53, 0, 1]],
  ["psd", [0x38, 0x42, 0x50, 0x53, 0, 2]],
];
const AVIF_BRANDS = new Set(["avif", "avis"]);
const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]);
/** They say that there is an image, not how it is coded. */
const GENERAL_BRANDS = new Set(["mif1", "mif2", "msf1", "miaf"]);
const LONGEST_FTYP = 4096;

/** The bytes are the file's beginning, or all of it: a file too short for any signature is not an image. */
export function detectFormat(bytes: Uint8Array): Detected {
  for (const [format, signature] of SIGNATURES) {
    if (bytes.length >= signature.length && mayStartWith(bytes, signature)) return { kind: "format", format };
  }
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return { kind: "format", format: "webp" };
  if (isBmp(bytes)) return { kind: "format", format: "bmp" };
  if (isIco(bytes)) return { kind: "format", format: "ico" };
  if (hasText(bytes, 4, "ftyp")) return detectBrand(bytes);
  return { kind: "refused", ...describeStranger(bytes) };
}

/** "BM" alone begins many a text; the length of the second header is what tells, where there is one. */
function isBmp(bytes: Uint8Array): boolean {
  if (!hasText(bytes, 0, "BM")) return false;
  return bytes.length < 18 ? bytes.includes(0) : bytes[15] === 0 && bytes[16] === 0 && bytes[17] === 0;
}

/** Type 1, at least one image, and a first entry that is as an entry must be (its reserved byte is 0 or, by some writers, 255). */
function isIco(bytes: Uint8Array): boolean {
  if (bytes.length < 22 || u32be(bytes, 0) !== 0x0000_0100) return false;
  const hasImages = bytes[4] !== 0 || bytes[5] !== 0;
  return hasImages && (bytes[9] === 0 || bytes[9] === 255);
}

function detectBrand(bytes: Uint8Array): Detected {
  const end = Math.min(u32be(bytes, 0), bytes.length, LONGEST_FTYP);
  const major = fourAt(bytes, 8);
  const brands = [major];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(fourAt(bytes, at));

  // The major brand decides; the general ones (mif1, miaf, …) leave it to the compatible brands.
  for (const brand of brands) {
    if (AVIF_BRANDS.has(brand)) return { kind: "format", format: "avif" };
    if (HEIC_BRANDS.has(brand)) return { kind: "format", format: "heic" };
  }
  const name = /^[ -~]{4}$/.test(major) ? ` of brand "${major}"` : "";
  if (brands.some((brand) => GENERAL_BRANDS.has(brand))) {
    const coded = codedFormat(bytes);
    if (coded) return { kind: "format", format: coded };
    return { kind: "refused", code: "unsupported_format", detail: `an HEIF file${name} with an unknown codec` };
  }
  return { kind: "refused", code: "not_an_image", detail: `a video or other media file${name}` };
}
