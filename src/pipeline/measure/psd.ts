/** PSD and PSB: the size from the header of fixed length, which is that of the whole canvas (Adobe's Photoshop File Formats Specification). Never looks at layers. */
import { corrupt, type HeaderAnswer, need, sized } from "./header-answer.ts";
import { u16be, u32be } from "./read-bytes.ts";

const HEADER = 26;
const MOST_CHANNELS = 56;
const BITS = new Set([1, 8, 16, 32]);

export function walkPsd(bytes: Uint8Array): HeaderAnswer {
  if (bytes.length < HEADER) return need(HEADER);
  const [channels, bits] = [u16be(bytes, 12), u16be(bytes, 22)];
  if (channels === 0 || channels > MOST_CHANNELS || !BITS.has(bits)) {
    return corrupt(`the PSD says ${channels} channels of ${bits} bits, which make no sense`);
  }
  return sized(u32be(bytes, 18), u32be(bytes, 14));
}
