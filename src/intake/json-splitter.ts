/**
 * Finds the members of a JSON submission and the elements of its `visits` list in a stream of bytes, and hands each to JSON.parse.
 * Holds one value at a time, never the body; accepts exactly what JSON.parse would accept of the whole.
 */

import { MOST_DEPTH } from "../domain/nesting.ts";
import { exactJson } from "./exact-json.ts";
import { type MemberPath, repeatedMember } from "./repeated-member.ts";

/** The body is not JSON. The message says where and is meant for people. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
}

export type JsonSplitter = {
  /** Throws BrokenJson. */
  push(chunk: Uint8Array): void;
  /** To be called after the last byte. Throws BrokenJson when something is missing. */
  end(): void;
};

const MOST_VALUE_BYTES = 16 * 2 ** 20;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;

/** What may come next, outside of values. */
type Expecting =
  | "body"
  | "first key"
  | "key"
  | "colon"
  | "value"
  | "comma"
  | "first visit"
  | "visit"
  | "visit comma"
  | "nothing";

const WANTED: Readonly<Record<Expecting, string>> = {
  body: 'an object, "{"',
  "first key": 'a member or "}"',
  key: "a member's name",
  colon: '":"',
  value: "a value",
  comma: '"," or "}"',
  "first visit": 'a visit or "]"',
  visit: "a visit",
  "visit comma": '"," or "]"',
  nothing: "nothing more",
};

/** A value being read. `scalar` ends where a separator comes, the others at their own last byte. */
type Open = { readonly kind: "string" | "nested" | "scalar"; readonly line: number; readonly column: number };

/** `repeated` is the path within the value to a member that is given twice there, null when there is none. */
export type ReadValue = { readonly value: unknown; readonly repeated: MemberPath | null };

export function createJsonSplitter(events: {
  /** A member other than the list of visits, also a `visits` that is no list. */
  readonly onMember: (name: string, read: ReadValue) => void;
  /** The list of visits begins. */
  readonly onVisits: () => void;
  readonly onVisit: (read: ReadValue) => void;
}): JsonSplitter {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let expecting: Expecting = "body";
  let key = "";
  let open: Open | null = null;
  let parts: Uint8Array[] = [];
  let bytesInParts = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let line = 1;
  let offset = 0;
  let lineStart = 0;
  let visits = 0;

  function broken(detail: string, at: { line: number; column: number }): never {
    throw new BrokenJson(`broken JSON at line ${at.line}, column ${at.column}: ${detail}`);
  }

  const here = (index: number) => ({ line, column: offset + index - lineStart + 1 });

  function unexpected(byte: number, index: number): never {
    const got =
      byte > 0x20 && byte < 0x7f
        ? `"${String.fromCharCode(byte)}"`
        : `the byte 0x${byte.toString(16).padStart(2, "0")}`;
    broken(`wanted ${WANTED[expecting]}, got ${got}`, here(index));
  }

  function begin(byte: number, index: number): void {
    const kind = byte === QUOTE ? "string" : byte === OPEN_LIST || byte === OPEN_OBJECT ? "nested" : "scalar";
    open = { kind, ...here(index) };
    depth = 0;
    inString = false;
    escaped = false;
  }

  /** Where the open value ends in this chunk: the index behind its last byte, or −1 when it goes on. */
  function endOf(chunk: Uint8Array, from: number, kind: Open["kind"]): number {
    for (let index = from; index < chunk.length; index++) {
      const byte = chunk[index];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (kind === "string") return index + 1;
        }
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth += 1;
        if (depth > MOST_DEPTH) broken(`more than ${MOST_DEPTH} levels of nesting`, here(index));
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (kind === "scalar") return index;
        depth -= 1;
        if (depth === 0) return index + 1;
      } else if (kind === "scalar" && (byte === COMMA || isSpace(byte))) return index;
      if (byte === NEWLINE) {
        line += 1;
        lineStart = offset + index + 1;
      }
    }
    return -1;
  }

  function keep(part: Uint8Array, value: Open): void {
    bytesInParts += part.length;
    if (bytesInParts > MOST_VALUE_BYTES) {
      broken(`a value of more than ${MOST_VALUE_BYTES} bytes, beginning`, value);
    }
    parts.push(part);
  }

  function parse(value: Open): ReadValue {
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    parts = [];
    bytesInParts = 0;
    open = null;
    const place = expecting.endsWith("visit") ? `/visits/${visits}` : expecting === "value" ? `/${key}` : "a name";
    try {
      const text = decoder.decode(bytes);
      const parsed: unknown = JSON.parse(text);
      return { value: exactJson(text, parsed), repeated: repeatedMember(text, parsed) };
    } catch (error) {
      const cause = error instanceof SyntaxError ? error.message : "it is not valid UTF-8";
      return broken(`${place}, which begins there, cannot be read: ${cause}`, value);
    }
  }

  function finish(value: Open): void {
    const parsed = parse(value);
    if (expecting === "value") {
      events.onMember(key, parsed);
      expecting = "comma";
    } else if (expecting === "visit" || expecting === "first visit") {
      events.onVisit(parsed);
      visits += 1;
      expecting = "visit comma";
    } else {
      key = String(parsed.value);
      expecting = "colon";
    }
  }

  /** Takes one byte that is no part of a value; true when a value begins with it. */
  function step(byte: number, index: number): boolean {
    switch (expecting) {
      case "body":
        if (byte !== OPEN_OBJECT) unexpected(byte, index);
        expecting = "first key";
        return false;
      case "first key":
      case "key":
        if (byte === QUOTE) return true;
        if (byte !== CLOSE_OBJECT || expecting === "key") unexpected(byte, index);
        expecting = "nothing";
        return false;
      case "colon":
        if (byte !== COLON) unexpected(byte, index);
        expecting = "value";
        return false;
      case "value":
        if (key !== "visits" || byte !== OPEN_LIST) return beginsValue(byte, index);
        events.onVisits();
        visits = 0;
        expecting = "first visit";
        return false;
      case "first visit":
      case "visit":
        if (byte !== CLOSE_LIST || expecting === "visit") return beginsValue(byte, index);
        expecting = "comma";
        return false;
      case "visit comma":
      case "comma":
        if (byte === COMMA) expecting = expecting === "comma" ? "key" : "visit";
        else if (byte === (expecting === "comma" ? CLOSE_OBJECT : CLOSE_LIST)) {
          expecting = expecting === "comma" ? "nothing" : "comma";
        } else unexpected(byte, index);
        return false;
      case "nothing":
        return unexpected(byte, index);
    }
  }

  function beginsValue(byte: number, index: number): boolean {
    if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) unexpected(byte, index);
    return true;
  }

  function push(chunk: Uint8Array): void {
    let index = 0;
    while (index < chunk.length) {
      if (!open) {
        const byte = chunk[index] ?? 0;
        if (isSpace(byte)) {
          if (byte === NEWLINE) {
            line += 1;
            lineStart = offset + index + 1;
          }
          index += 1;
          continue;
        }
        if (!step(byte, index)) {
          index += 1;
          continue;
        }
        begin(byte, index);
      }
      const value: Open | null = open;
      if (!value) throw new Error("a value must be open here");
      const end = endOf(chunk, index, value.kind);
      keep(end === -1 ? chunk.subarray(index) : chunk.subarray(index, end), value);
      if (end !== -1) finish(value);
      index = end === -1 ? chunk.length : end;
    }
    offset += chunk.length;
  }

  function end(): void {
    const at = here(0);
    if (open) broken("the body ends inside a value", at);
    if (expecting !== "nothing") broken(`the body ends where ${WANTED[expecting]} should come`, at);
  }

  return { push, end };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}
