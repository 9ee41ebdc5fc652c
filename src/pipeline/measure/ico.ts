/** ICO: the size of the largest image in the list at the file's beginning. Never looks into the images: the list is what viewers choose by. */
import { type HeaderAnswer, need, sized } from "./header-answer.ts";
import { u16le } from "./read-bytes.ts";

const HEADER = 6;
const ENTRY = 16;

export function walkIco(bytes: Uint8Array): HeaderAnswer {
  if (bytes.length < HEADER) return need(HEADER);
  const end = HEADER + ENTRY * u16le(bytes, 4);
  if (bytes.length < end) return need(end);
  let [width, height] = [0, 0];
  for (let entry = HEADER; entry < end; entry += ENTRY) {
    const [across, down] = [sideAt(bytes, entry), sideAt(bytes, entry + 1)];
    if (across * down > width * height) [width, height] = [across, down];
  }
  return sized(width, height);
}

/** One byte a side: 256 is written as 0. */
function sideAt(bytes: Uint8Array, at: number): number {
  return bytes[at] || 256;
}
