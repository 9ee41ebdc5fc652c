/** An image's size, format and outcome: the facts that a result keeps. */
import type { ErrorCode } from "./error-codes.ts";

export type Size = { readonly width: number; readonly height: number };

export const IMAGE_FORMATS = [
  "jpeg",
  "png",
  "gif",
  "webp",
  "bmp",
  "tiff",
  "avif",
  "heic",
  "jxl",
  "ico",
  "psd",
] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** How much of an image must be proven before it counts as measured. */
export const INTEGRITY_LEVELS = ["header", "complete", "decode"] as const;
export type Integrity = (typeof INTEGRITY_LEVELS)[number];

/** `bytes` is the whole file's length, null when the host never told it and it was not read to its end. */
export type Measured = Size & {
  readonly kind: "measured";
  readonly format: ImageFormat;
  /** What was proven; results of older versions do not say. */
  readonly integrity?: Integrity;
  /** Why `decode` was asked for and not reached, null where that is not so. */
  readonly notDecoded?: string | null;
  readonly bytes: number | null;
};

/** What was learnt before the failure is kept: a truncated image still has its size. */
export type Failed = {
  readonly kind: "failed";
  readonly code: ErrorCode;
  readonly detail: string;
  readonly format?: ImageFormat;
  readonly width?: number;
  readonly height?: number;
  readonly bytes?: number | null;
};

export type ImageOutcome = Measured | Failed;

/** 2 × (width + height), in pixels. */
export function perimeterOf(size: Size): number {
  return 2 * (size.width + size.height);
}
