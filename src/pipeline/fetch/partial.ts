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
 * What the answer says it holds; null when it is the file's end but does not tell where that lies.
 * Throws ImageFault `http_error` when it is for another range than the one asked for, or for none.
 */
export function checkPart(answer: Answer, asked: Asked | null, hostname: string): ContentRange | null {
  const header = textOf(answer.headers["content-range"]);
  const range = parseContentRange(header);
  if (range !== null && asked?.kind === "suffix" && range.total === null) return null;
  if (range !== null && asked !== null && fits(range, asked)) return range;
  const wanted = asked === null ? "the whole file" : rangeText(asked);
  throw new ImageFault("http_error", `${hostname} was asked for ${wanted} and answered with "${header.slice(0, 80)}"`);
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
