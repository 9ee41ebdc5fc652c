/** What the measuring side needs of a decoder: a verdict on a whole file. Nothing that a file does may harm the caller. */
import type { ImageFormat } from "../../domain/image.ts";

export type Decoded = { readonly kind: "decoded" } | { readonly kind: "broken"; readonly detail: string };

export type Decoder = {
  /** Formats that it can judge; others must not be handed in. */
  readonly formats: ReadonlySet<ImageFormat>;
  /** Rejects with the signal's reason when aborted, and with a plain Error when decoding itself cannot be had. */
  decode(bytes: Uint8Array, signal: AbortSignal): Promise<Decoded>;
  /** Ends what is under way; what waits is rejected. Resolves when the last process is gone. */
  close(): Promise<void>;
};
