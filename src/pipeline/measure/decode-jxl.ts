/** Decodes a JPEG XL with libjxl. For the decoding process only: it blocks until it is done. */
import { jxl } from "icodec/node";
import { isTrap } from "./decode-messages.ts";
import type { Decoded } from "./decoder.ts";
import { assertFits, NoPicture, type RawPicture } from "./raw-picture.ts";
import { walkHeader } from "./walk-header.ts";

/** Its first frame; a codestream says itself how it is turned, and the decoder turns it. */
export async function jxlPicture(bytes: Uint8Array, maxPixels: number): Promise<RawPicture> {
  await jxl.loadDecoder();
  const answer = walkHeader("jxl", { bytes, complete: true });
  if (answer.kind === "size") assertFits(answer, maxPixels);
  try {
    const { width, height, data } = jxl.decode(new Uint8Array(bytes));
    return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch (error) {
    if (isTrap(error)) throw error;
    throw new NoPicture("its pixel data break off or are damaged");
  }
}

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
