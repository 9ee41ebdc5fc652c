/**
 * One answer after the other from the bytes of a connection, in the order of RFC 9112 §2.1: status line, headers, body. Interim answers
 * (1xx) are counted and passed over. Bounded whatever comes, and the same answer however the bytes are cut; knows no socket and no clock.
 */
import type { Headers } from "../headers.ts";
import { type BodyLength, bodyLengthOf, isKept, keptForMs } from "./body-length.ts";
import { createChunks } from "./chunks.ts";
import { createFieldSection } from "./field-section.ts";
import { readHeaders } from "./read-headers.ts";
import { createStatusLine } from "./status-line.ts";
import { WireFault } from "./wire-fault.ts";

export type AnswerSink = {
  onHead(status: number, headers: Headers): void;
  /** A piece of the body. The bytes are lent: they are other ones after the call. */
  onBytes(bytes: Buffer, from: number, to: number): void;
};

export type AnswerLimits = {
  /** Of one answer's headers, and of its trailers. */
  readonly maxHeaderBytes: number;
  /** Of one answer, interim ones, headers and framing included. */
  readonly maxWireBytes: number;
};

export type AnswerReader = {
  /** Gets ready for the next answer. */
  begin(): void;
  /** Reads on; returns where the answer ended, or where `bytes` did. Throws WireFault. */
  read(bytes: Buffer, from: number, sink: AnswerSink): number;
  /** Whether the answer is whole when the connection ends now: its body came without a length. */
  readonly endsHere: boolean;
  readonly phase: "nothing" | "head" | "body" | "whole";
  /** Whether the connection serves another answer behind this one. */
  readonly kept: boolean;
  /** For how long, by the host's own word; null when it has none. */
  readonly keptForMs: number | null;
};

/** So many 1xx are more than any honest host sends. */
const MAX_INTERIMS = 16;
const SWITCHING_PROTOCOLS = 101;

export function createAnswerReader({ maxHeaderBytes, maxWireBytes }: AnswerLimits): AnswerReader {
  const statusLine = createStatusLine();
  const fields = createFieldSection({ maxBytes: maxHeaderBytes });
  const chunks = createChunks({ trailers: createFieldSection({ maxBytes: maxHeaderBytes }) });
  let phase: AnswerReader["phase"] = "nothing";
  let interims = 0;
  let received = 0;
  let length: BodyLength = { kind: "until-close" };
  let left = 0;
  let kept = false;
  let keptMs: number | null = null;

  function beginHead(): void {
    statusLine.begin();
    fields.begin();
  }

  function readHead(bytes: Buffer, from: number, sink: AnswerSink): number {
    let at = from;
    if (!statusLine.whole) at = statusLine.read(bytes, at);
    if (!statusLine.whole) return at;
    if (statusLine.status <= SWITCHING_PROTOCOLS) throw new WireFault("impossible-status");
    at = fields.read(bytes, at);
    if (!fields.whole) return at;
    if (statusLine.status >= 200) beginBody(statusLine.status, readHeaders(fields.text), sink);
    else skipInterim();
    return at;
  }

  /** RFC 9110 §15.2: any number of them may come before the answer. 100 and 101 answer what was never asked. */
  function skipInterim(): void {
    interims += 1;
    if (interims > MAX_INTERIMS) throw new WireFault("many-interims", { limit: MAX_INTERIMS });
    beginHead();
  }

  function beginBody(status: number, headers: Headers, sink: AnswerSink): void {
    length = bodyLengthOf(status, headers);
    kept = length.kind !== "until-close" && isKept(statusLine.minor, headers);
    keptMs = keptForMs(headers);
    if (length.kind === "bytes") left = length.bytes;
    if (length.kind === "chunked") chunks.begin();
    phase = length.kind === "bytes" && left === 0 ? "whole" : "body";
    sink.onHead(status, headers);
  }

  function readBody(bytes: Buffer, from: number, sink: AnswerSink): number {
    if (length.kind === "chunked") {
      const at = chunks.read(bytes, from, sink.onBytes);
      if (chunks.whole) phase = "whole";
      return at;
    }
    if (length.kind === "until-close") {
      sink.onBytes(bytes, from, bytes.length);
      return bytes.length;
    }
    const end = Math.min(bytes.length, from + left);
    sink.onBytes(bytes, from, end);
    left -= end - from;
    if (left === 0) phase = "whole";
    return end;
  }

  function readWithin(bytes: Buffer, from: number, sink: AnswerSink): number {
    let at = from;
    if (phase === "nothing" && at < bytes.length) phase = "head";
    while (phase === "head" && at < bytes.length) at = readHead(bytes, at, sink);
    if (phase === "body" && at < bytes.length) at = readBody(bytes, at, sink);
    return at;
  }

  return {
    begin() {
      phase = "nothing";
      interims = 0;
      received = 0;
      beginHead();
    },
    read(bytes, from, sink) {
      const room = maxWireBytes - received;
      const within = bytes.length - from > room ? bytes.subarray(0, from + room) : bytes;
      const at = readWithin(within, from, sink);
      received += at - from;
      if (phase !== "whole" && at < bytes.length) throw new WireFault("many-bytes", { limit: maxWireBytes });
      return at;
    },
    get endsHere() {
      return phase === "body" && length.kind === "until-close";
    },
    get phase() {
      return phase;
    },
    get kept() {
      return kept;
    },
    get keptForMs() {
      return keptMs;
    },
  };
}
