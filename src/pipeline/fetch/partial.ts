/**
 * Checks a 206 answer against the range that was asked for. Whatever does not fit is a fault, never bytes to be measured.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import { type ContentRange, parseContentRange } from "./content-range.ts";
import type { Answer } from "./exchange.ts";
import { textOf } from "./headers.ts";

/** The range that was asked for: from `first` to `last` (null: to the end), or the last `suffix` bytes. */
export type Asked =
  | { readonly kind: "span"; readonly first: number; readonly last: number | null }
  | { readonly kind: "suffix"; readonly length: number };

export function rangeText(asked: Asked): string {
  return asked.kind === "suffix" ? `bytes=-${asked.length}` : `bytes=${asked.first}-${asked.last ?? ""}`;
}

/**
 * What the answer says it holds; null when that is another part than the one asked for, when its numbers contradict each other or its
 * length, or when it is the file's end but does not tell where that lies.
 */
export function partOf(answer: Answer, asked: Asked): ContentRange | null {
  const range = parseContentRange(textOf(answer.headers["content-range"]));
  if (range === null || !fits(range, asked)) return null;
  // A body that is shorter than its headers say breaks off; one that is longer was never the part that they speak of.
  const { expected } = answer.body;
  return expected !== null && expected > range.last - range.first + 1 ? null : range;
}

/** The fault of an answer that claims to be a part of what was asked for as a whole. */
export function unaskedPart(answer: Answer, hostname: string): ImageFault {
  const header = textOf(answer.headers["content-range"]).slice(0, 80);
  return new ImageFault("http_error", `${hostname} was asked for the whole file and answered with "${header}"`);
}

/** A host may send less than was asked for from where it was asked for, and a suffix must reach the file's end. */
function fits({ first, last, total }: ContentRange, asked: Asked): boolean {
  if (asked.kind === "span") return first === asked.first && (asked.last === null || last <= asked.last);
  return total !== null && last === total - 1 && first === Math.max(0, total - asked.length);
}

/** The part's bytes, exactly as many as its Content-Range says. Throws ImageFault. */
export async function readPart(answer: Answer, { first, last }: ContentRange, hostname: string): Promise<Uint8Array> {
  const { body } = answer;
  const length = last - first + 1;
  // One more than promised: resolves with the body's end, or with the byte that must not be there.
  await body.read(length + 1);
  const bytes = body.bytes();
  if (bytes.length === length) return bytes;
  body.discard();
  if (bytes.length < length) {
    throw new ImageFault("connect_failed", `${hostname} broke off after ${bytes.length} of ${length} bytes`);
  }
  throw new ImageFault("http_error", `${hostname} sent more than the ${length} bytes of its Content-Range`);
}
