/** A submission as NDJSON: one visit a line. A line that is not JSON is one problem; the reading goes on. */

import { isTooDeep, MOST_DEPTH } from "../domain/nesting.ts";
import { exactJson } from "./exact-json.ts";
import { type Bytes, linePlace, type Piece, UnreadableBody } from "./pieces.ts";
import { type MemberPath, repeatedMember } from "./repeated-member.ts";

const NEWLINE = 0x0a;
const MOST_LINE_BYTES = 16 * 2 ** 20;

/** A line as JSON, or why it is none. */
export type NdjsonLine = { readonly line: number } & (
  | { readonly kind: "value"; readonly value: unknown; readonly repeated: MemberPath | null }
  | { readonly kind: "problem"; readonly detail: string }
);

export async function* readNdjson(bytes: Bytes): AsyncIterable<readonly Piece[]> {
  for await (const lines of ndjsonLines(bytes)) yield lines.map(pieceOf);
}

function pieceOf(read: NdjsonLine): Piece {
  const place = linePlace(read.line);
  if (read.kind === "problem") return { kind: "problem", pointer: place(), code: "malformed", detail: read.detail };
  return { kind: "visit", value: read.value, place, repeated: read.repeated };
}

/** Throws UnreadableBody when a line has no end in sight. */
export async function* ndjsonLines(bytes: Bytes): AsyncIterable<readonly NdjsonLine[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let parts: Uint8Array[] = [];
  let bytesInParts = 0;

  function keep(part: Uint8Array): void {
    bytesInParts += part.length;
    if (bytesInParts > MOST_LINE_BYTES)
      throw new UnreadableBody(`line ${line}`, "too_long", `must have at most ${MOST_LINE_BYTES} bytes`);
    parts.push(part);
  }

  function endLine(): NdjsonLine[] {
    const whole = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    parts = [];
    bytesInParts = 0;
    const at = line++;
    const problem = (detail: string): NdjsonLine => ({ line: at, kind: "problem", detail });
    try {
      const text = decoder.decode(whole).trim();
      if (text === "") return [];
      const value: unknown = JSON.parse(text);
      if (isTooDeep(value)) return [problem(`has more than ${MOST_DEPTH} levels of nesting`)];
      return [{ line: at, kind: "value", value: exactJson(text, value), repeated: repeatedMember(text, value) }];
    } catch (error) {
      return [problem(error instanceof SyntaxError ? `is not JSON: ${error.message}` : "is not valid UTF-8")];
    }
  }

  for await (const chunk of bytes) {
    const lines: NdjsonLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      lines.push(...endLine());
      from = end + 1;
    }
    keep(chunk.subarray(from));
    yield lines;
  }
  yield endLine();
}
