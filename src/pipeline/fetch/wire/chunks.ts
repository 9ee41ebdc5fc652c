/**
 * The chunked transfer coding (RFC 9112 §7.1): finds the body's bytes between its sizes. Extensions and trailers are passed over; the
 * former are never kept, the latter are held to the limit of headers.
 */
import type { FieldSection } from "./field-section.ts";
import { WireFault } from "./wire-fault.ts";

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const SEMICOLON = 59;
/** 2^48 bytes: more than any file has, and a number that JavaScript adds up exactly. */
const MOST_DIGITS = 12;

export type Chunks = {
  begin(): void;
  /** Hands out the bytes of the body that it comes across; returns where the last chunk ended, or `bytes` did. Throws WireFault. */
  read(bytes: Buffer, from: number, onBytes: (bytes: Buffer, from: number, to: number) => void): number;
  readonly whole: boolean;
};

export function createChunks(deps: { readonly trailers: FieldSection }): Chunks {
  const { trailers } = deps;
  let state: "size" | "extension" | "data" | "data-end" | "trailers" = "size";
  let left = 0;
  let digits = 0;
  let last = 0;

  function beginChunk(): void {
    state = "size";
    left = 0;
    digits = 0;
  }

  /** One byte of `chunk-size`, or the first behind it. */
  function takeSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== null) {
      digits += 1;
      if (digits > MOST_DIGITS) throw new WireFault("not-http");
      left = left * 16 + digit;
      return;
    }
    const endsSize = byte === CR || byte === SEMICOLON || byte === SPACE || byte === TAB;
    if (digits === 0 || !endsSize) throw new WireFault("not-http");
    last = byte;
    state = "extension";
  }

  /** Through the line's end; whatever stands before it is an extension that nobody knows (§7.1.1). */
  function skipLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    if (end < 0) {
      last = bytes[bytes.length - 1] ?? last;
      return bytes.length;
    }
    if ((end > from ? bytes[end - 1] : last) !== CR) throw new WireFault("not-http");
    if (left > 0) state = "data";
    else {
      state = "trailers";
      trailers.begin();
    }
    return end + 1;
  }

  /** The line's end behind a chunk's data. */
  function takeDataEnd(byte: number): void {
    left += 1;
    if (byte !== (left === 1 ? CR : LF)) throw new WireFault("not-http");
    if (left === 2) beginChunk();
  }

  return {
    begin: beginChunk,
    read(bytes, from, onBytes) {
      let at = from;
      while (at < bytes.length) {
        if (state === "size") takeSize(bytes[at++] ?? 0);
        else if (state === "extension") at = skipLine(bytes, at);
        else if (state === "data-end") takeDataEnd(bytes[at++] ?? 0);
        else if (state === "data") {
          const end = Math.min(bytes.length, at + left);
          onBytes(bytes, at, end);
          left -= end - at;
          at = end;
          if (left === 0) state = "data-end";
        } else {
          at = trailers.read(bytes, at);
          if (trailers.whole) return at;
        }
      }
      return at;
    },
    get whole() {
      return state === "trailers" && trailers.whole;
    },
  };
}

function hexDigit(byte: number): number | null {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : null;
}
