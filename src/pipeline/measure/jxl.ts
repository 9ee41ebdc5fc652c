/**
 * JPEG XL (ISO/IEC 18181): the size from the codestream's first bits, bare or in a container (18181-2), where it may lie in parts.
 * Never looks behind the size header, so that a prefix that holds it says what the whole file says.
 */
import { corrupt, type HeaderAnswer, need, sized } from "./header-answer.ts";
import { boxAt } from "./iso-bmff.ts";
import { u16be } from "./read-bytes.ts";

const CODESTREAM = 0xff0a;
/** The signature, and a size header of at most 68 bits. */
const HEADER_BYTES = 11;
/** Widths as shares of the height, by the ratio's number; 0 stands for a width of its own. */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;
const SIDE_BITS = [9, 13, 18, 30] as const;

export function walkJxl(bytes: Uint8Array): HeaderAnswer {
  if (bytes[0] === 0xff) return sizeOf(bytes) ?? need(bytes.length + 1);
  let codestream = new Uint8Array(0);
  let at = 0;
  for (;;) {
    const box = boxAt(bytes, at);
    if (box === "cut") return need(Math.max(at + 8, bytes.length + 1));
    if (box === "corrupt") return corrupt(`the box at byte ${at} is shorter than its own header`);
    if (box.type === "jxlc" || box.type === "jxlp") {
      // A part begins with its number.
      const start = box.type === "jxlc" ? box.start : box.start + 4;
      codestream = Buffer.concat([codestream, bytes.subarray(start, Math.min(box.end, start + HEADER_BYTES))]);
      const answer = codestream.length < 2 ? null : sizeOf(codestream);
      if (answer) return answer;
      if (box.end <= bytes.length && box.type === "jxlc") return corrupt("the JXL's codestream ends before its size");
    }
    if (box.end > bytes.length) return need(Math.max(bytes.length + 1, Math.min(box.end, bytes.length + HEADER_BYTES)));
    at = box.end;
  }
}

/** Null when the bits do not reach. */
function sizeOf(codestream: Uint8Array): HeaderAnswer | null {
  if (codestream.length >= 2 && u16be(codestream, 0) !== CODESTREAM) {
    return corrupt("the JXL's codestream does not begin with its signature");
  }
  let at = 16;
  /** Bits come lowest first. */
  const bits = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value += (((codestream[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** i;
    return value;
  };
  const isSmall = bits(1) === 1;
  const side = () => (isSmall ? 8 * (1 + bits(5)) : 1 + bits(SIDE_BITS[bits(2)] ?? 0));
  const height = side();
  const ratio = RATIOS[bits(3) - 1];
  const width = ratio === undefined ? side() : Math.floor((height * ratio[0]) / ratio[1]);
  return at > codestream.length * 8 ? null : sized(width, height);
}
