/** Decodes a JPEG XL with libjxl. For the decoding process only: it blocks until it is done. */
import { jxl } from "icodec/node";
import { isTrap } from "./decode-messages.ts";
import type { Decoded } from "./decoder.ts";

export async function decodeJxl(bytes: Uint8Array): Promise<Decoded> {
  await jxl.loadDecoder();
  try {
    jxl.decode(new Uint8Array(bytes));
    return { kind: "decoded" };
  } catch (error) {
    if (isTrap(error)) throw error;
    // A bare codestream has no end to look for: one that was cut off is found here.
    return { kind: "broken", detail: "it does not decode: its pixel data break off or are damaged" };
  }
}
