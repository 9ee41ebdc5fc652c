/**
 * A section of field lines (RFC 9112 §5): the headers of an answer, or the trailers behind a chunked body (§7.1.2). Nothing is lenient
 * here: a folded line (§5.2), a space before the colon (§5.1), a control character or half a line's end is a fault.
 */
import { WireFault } from "./wire-fault.ts";

const LINE_END = "\r\n";
const EMPTY_LINE = "\r\n\r\n";
const EMPTY_LINE_BYTES = Buffer.from(EMPTY_LINE);
const CR = 13;
const LF = 10;
/** RFC 9110 §5.1 and §5.5: a token, a colon, and a value of visible characters, spaces and tabs, with bytes above ASCII as they are. */
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;

export type FieldSection = {
  /** Forgets the section before. */
  begin(): void;
  /** Reads on; returns where the section ended, or where `bytes` did. Throws WireFault `long-headers` or `not-http`. */
  read(bytes: Buffer, from: number): number;
  readonly whole: boolean;
  /** The lines as they came, each with its end, and the empty one behind them. */
  readonly text: string;
};

export function createFieldSection(deps: { readonly maxBytes: number }): FieldSection {
  const { maxBytes } = deps;
  let text = "";
  let whole = false;

  const tooLong = () => new WireFault("long-headers", { limit: maxBytes });

  function finish(section: string): void {
    if (section.length > maxBytes) throw tooLong();
    if (!FIELD_LINES.test(section)) throw new WireFault("not-http");
    text = section;
    whole = true;
  }

  /** Keeps what is no whole section yet; its end may lie across two pieces. */
  function readSlowly(bytes: Buffer, from: number): number {
    const before = text.length;
    text += bytes.toString("latin1", from, Math.min(bytes.length, from + maxBytes + 1 - before));
    const length = lengthOf(text, before);
    if (length === null) {
      if (text.length > maxBytes) throw tooLong();
      return bytes.length;
    }
    finish(text.slice(0, length));
    return from + length - before;
  }

  return {
    begin() {
      text = "";
      whole = false;
    },
    read(bytes, from) {
      const end = text === "" ? endIn(bytes, from) : null;
      if (end === null) return readSlowly(bytes, from);
      finish(bytes.toString("latin1", from, end));
      return end;
    },
    get whole() {
      return whole;
    },
    get text() {
      return text;
    },
  };
}

/** Where a section that begins at `from` ends, null when it does not end in these bytes. */
function endIn(bytes: Buffer, from: number): number | null {
  if (bytes[from] === CR && bytes[from + 1] === LF) return from + LINE_END.length;
  const found = bytes.indexOf(EMPTY_LINE_BYTES, from);
  return found < 0 ? null : found + EMPTY_LINE.length;
}

/** The same of a text whose first `searched` characters have been looked through. */
function lengthOf(text: string, searched: number): number | null {
  if (text.startsWith(LINE_END)) return LINE_END.length;
  const found = text.indexOf(EMPTY_LINE, Math.max(0, searched - EMPTY_LINE.length + 1));
  return found < 0 ? null : found + EMPTY_LINE.length;
}
