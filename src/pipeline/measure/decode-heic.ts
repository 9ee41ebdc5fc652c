/**
 * Decodes every HEVC picture of a HEIC's primary image with libde265, one after the other. libheif around it shows a picture whatever is
 * missing in it; libde265 can be told to keep damaged ones to itself. For the decoding process only: it blocks until it is done.
 */
import hevc from "libheif-js/wasm-bundle.js";
import { DAMAGED } from "./decode-messages.ts";
import type { Decoded } from "./decoder.ts";
import { type CodedItem, hevcItemsOf } from "./heif-items.ts";
import { u32be } from "./read-bytes.ts";

/** DE265_DECODER_PARAM_SUPPRESS_FAULTY_PICTURES */
const KEEP_FAULTY_BACK = 6;
/** DE265_ERROR_NOT_IMPLEMENTED_YET */
const NOT_IMPLEMENTED = 502;
const LENGTH_BYTES = 4;

export function decodeHeic(bytes: Uint8Array): Decoded {
  const items = hevcItemsOf(bytes);
  if (items.length === 0) return { kind: "not-decoded", why: "no decoder here reads a HEIC of this kind" };
  for (const [index, item] of items.entries()) {
    const seen = decodeItem(item);
    if (seen === "unknown") return { kind: "not-decoded", why: "no decoder here reads a HEIC of this kind" };
    if (seen === "picture") continue;
    const where = items.length === 1 ? "" : `: tile ${index + 1} of ${items.length}`;
    return { ...DAMAGED, detail: `${DAMAGED.detail}${where}` };
  }
  return { kind: "decoded" };
}

function decodeItem({ parameterSets, bytes }: CodedItem): "picture" | "none" | "unknown" {
  const decoder = hevc._de265_new_decoder();
  try {
    hevc._de265_set_parameter_bool(decoder, KEEP_FAULTY_BACK, 1);
    for (const unit of parameterSets) push(decoder, unit);
    for (let at = 0; at < bytes.length; ) {
      const end = at + LENGTH_BYTES + u32be(bytes, at);
      if (end > bytes.length) return "none";
      const unit = bytes.subarray(at + LENGTH_BYTES, end);
      if (hasImpossibleBytes(unit)) return "none";
      push(decoder, unit);
      at = end;
    }
    hevc._de265_flush_data(decoder);
    return firstPicture(decoder);
  } finally {
    hevc._de265_free_decoder(decoder);
  }
}

/** 00 00 followed by 00, 01 or 02, which an encoder breaks up with a 03 (ITU-T H.265, 7.4.2): the decoder reads on. Zeros at the end are padding. */
function hasImpossibleBytes(unit: Uint8Array): boolean {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  for (let at = unit.indexOf(0); at >= 0 && at + 2 < end; at = unit.indexOf(0, at + 1)) {
    if (unit[at + 1] === 0 && (unit[at + 2] ?? 3) < 3) return true;
  }
  return false;
}

function push(decoder: number, unit: Uint8Array): void {
  const pointer = hevc._malloc(unit.length);
  hevc.HEAPU8.set(unit, pointer);
  hevc._de265_push_NAL(decoder, pointer, unit.length, 0, 0, 0);
  hevc._free(pointer);
}

function firstPicture(decoder: number): "picture" | "none" | "unknown" {
  const more = hevc._malloc(4);
  try {
    for (;;) {
      hevc.HEAPU8.fill(0, more, more + 4);
      const error = hevc._de265_decode(decoder, more);
      // Until it is taken, the decoder waits for ever.
      if (hevc._de265_get_next_picture(decoder) !== 0) return "picture";
      if (error === NOT_IMPLEMENTED) return "unknown";
      if (error !== 0 || hevc.HEAPU8.subarray(more, more + 4).every((byte) => byte === 0)) return "none";
    }
  } finally {
    hevc._free(more);
  }
}
