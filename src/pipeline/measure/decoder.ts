/** What the measuring side needs of a decoder: a verdict on a whole file. Nothing that a file does may harm the caller. */
import type { ImageFormat } from "../../domain/image.ts";
import type { Inspection } from "../../truth/inspection.ts";

/** No process that decodes can be had: nothing is known of the image. */
export class DecoderUnavailable extends Error {}

/** What one image may cost; beyond it its process is killed. */
export type DecodeLimits = {
  readonly maxPixels: number;
  readonly timeLimitMs: number;
  readonly maxMemoryBytes: number;
};

/** `not-decoded`: of a kind that no decoder here knows, which says nothing against the image. */
export type Decoded =
  | { readonly kind: "decoded" }
  | { readonly kind: "not-decoded"; readonly why: string }
  | { readonly kind: "broken"; readonly detail: string };

/** A small WebP of an image. */
export type Thumbnail = { readonly kind: "picture"; readonly bytes: Uint8Array } | Extract<Decoded, { kind: "broken" }>;

/** What a photo's bytes say. Broken where the process that looked at them was ended, or could not look. */
export type Inspected =
  | { readonly kind: "inspected"; readonly inspection: Inspection }
  | Extract<Decoded, { kind: "broken" }>;

export type Decoder = {
  /** Formats that it can judge; others must not be handed in for a verdict. */
  readonly formats: ReadonlySet<ImageFormat>;
  /** Rejects with the signal's reason when aborted, and with DecoderUnavailable when decoding itself cannot be had. */
  decode(bytes: Uint8Array, signal: AbortSignal): Promise<Decoded>;
  /** The whole image, turned as its camera says, in a square of `side` pixels at most. Rejects as `decode` does. */
  thumbnail(bytes: Uint8Array, side: number, signal: AbortSignal): Promise<Thumbnail>;
  /** Of a whole file, or without its pixels of its beginning. What no decoder reads is inspected without pixels. Rejects as `decode` does. */
  inspect(bytes: Uint8Array, withPixels: boolean, signal: AbortSignal): Promise<Inspected>;
  /** Ends what is under way; what waits is rejected. Resolves when the last process is gone. */
  close(): Promise<void>;
};
