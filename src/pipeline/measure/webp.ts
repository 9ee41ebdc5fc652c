/**
 * WebP (RFC 9649): the size from the first chunk (VP8, VP8L or VP8X), and the length that RIFF declares.
 * Never takes an animation frame's size for the canvas's.
 */
import { corrupt, type HeaderAnswer, NOT_THIS_FORMAT, need, sized } from "./header-answer.ts";
import { fourAt, hasText, mayStartWith, u16le, u24le, u32le } from "./read-bytes.ts";

const RIFF = [0x52, 0x49, 0x46, 0x46];
const FIRST_CHUNK = 12;
const DATA = 20;

export function walkWebp(bytes: Uint8Array): HeaderAnswer {
  if (!mayStartWith(bytes, RIFF)) return NOT_THIS_FORMAT;
  if (bytes.length < FIRST_CHUNK) return need(FIRST_CHUNK);
  if (!hasText(bytes, 8, "WEBP")) return NOT_THIS_FORMAT;
  if (bytes.length < DATA) return need(DATA);

  const chunk = fourAt(bytes, FIRST_CHUNK);
  if (chunk !== "VP8 " && chunk !== "VP8L" && chunk !== "VP8X") {
    return corrupt("the WebP begins with a chunk that is none of VP8, VP8L, VP8X");
  }
  const headerBytes = chunk === "VP8L" ? 5 : 10;
  if (u32le(bytes, 16) < headerBytes) return corrupt(`the WebP's ${chunk.trim()} chunk is shorter than its header`);
  if (bytes.length < DATA + headerBytes) return need(DATA + headerBytes);

  if (chunk === "VP8X") return sized(1 + u24le(bytes, DATA + 4), 1 + u24le(bytes, DATA + 7));
  return chunk === "VP8L" ? losslessSize(bytes) : lossySize(bytes);
}

/** Where the file must end, by its own word. */
export function webpEnd(bytes: Uint8Array): number {
  return 8 + u32le(bytes, 4);
}

/** RFC 6386, 9.1: a key frame with its start code, then 14 bits a side (2 more are for scaling). */
function lossySize(bytes: Uint8Array): HeaderAnswer {
  const isKeyFrame = ((bytes[DATA] ?? 0) & 1) === 0;
  if (!isKeyFrame || u24le(bytes, DATA + 3) !== 0x2a019d) {
    return corrupt("the WebP's VP8 data do not begin with a key frame");
  }
  return sized(u16le(bytes, DATA + 6) & 0x3fff, u16le(bytes, DATA + 8) & 0x3fff);
}

/** RFC 9649, 3.4: a signature, 14 bits a side less one, alpha, and three bits of version, which are 0. */
function losslessSize(bytes: Uint8Array): HeaderAnswer {
  const packed = u32le(bytes, DATA + 1);
  if (bytes[DATA] !== 0x2f || packed >>> 29 !== 0)
    return corrupt("the WebP's VP8L data do not begin with its signature");
  return sized(1 + (packed & 0x3fff), 1 + ((packed >>> 14) & 0x3fff));
}
