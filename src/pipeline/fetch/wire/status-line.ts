/**
 * The first line of an answer (RFC 9112 §4), read byte by byte, so that what is no HTTP is known by its first wrong byte. The reason
 * phrase is skipped, whatever stands there and however long: nothing is kept of it.
 */
import { WireFault } from "./wire-fault.ts";

const CR = 13;
const LF = 10;
const SPACE = 32;
const ZERO = 48;
const VERSION = Buffer.from("HTTP/1.");
/** `HTTP/1.1 200` */
const MINOR_AT = VERSION.length;
const SPACE_AT = MINOR_AT + 1;
const STATUS_AT = SPACE_AT + 1;
const END_AT = STATUS_AT + 3;

export type StatusLine = {
  /** Forgets the line before. */
  begin(): void;
  /** Reads on; returns where the line ended, or where `bytes` did. Throws WireFault `not-http`. */
  read(bytes: Uint8Array, from: number): number;
  readonly whole: boolean;
  /** 0 until it is there. */
  readonly status: number;
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minor: number;
};

export function createStatusLine(): StatusLine {
  let at = 0;
  let status = 0;
  let minor = 0;
  let last = 0;
  let whole = false;

  /** One of the twelve bytes before the reason phrase. */
  function take(byte: number): void {
    const digit = byte - ZERO;
    if (at < MINOR_AT) check(byte === VERSION[at]);
    else if (at === MINOR_AT) {
      check(digit === 0 || digit === 1);
      minor = digit;
    } else if (at === SPACE_AT) check(byte === SPACE);
    else {
      check(digit >= 0 && digit <= 9);
      status = status * 10 + digit;
    }
  }

  return {
    begin() {
      at = 0;
      status = 0;
      whole = false;
    },
    read(bytes, from) {
      for (let next = from; next < bytes.length; next += 1) {
        const byte = bytes[next] ?? 0;
        if (at < END_AT) take(byte);
        // Without a reason its space may be missing too: many hosts leave it out.
        else if (at === END_AT) check(byte === SPACE || byte === CR);
        else if (byte === LF) {
          check(last === CR);
          whole = true;
          return next + 1;
        }
        at += 1;
        last = byte;
      }
      return bytes.length;
    },
    get whole() {
      return whole;
    },
    get status() {
      return status;
    },
    get minor() {
      return minor;
    },
  };
}

function check(isHttp: boolean): void {
  if (!isHttp) throw new WireFault("not-http");
}
