/** What a reader makes of bytes that come in pieces, written down so that two readings can be compared. */
import type { Headers } from "../../../src/pipeline/fetch/headers.ts";
import type { createAnswerReader } from "../../../src/pipeline/fetch/wire/answer-reader.ts";

export type CreateReader = typeof createAnswerReader;

export type Transcript = {
  readonly status: number;
  readonly headers: Headers;
  /** Latin-1. */
  readonly body: string;
  /** How the reading ended: with the answer, in a phase of it because no more came, or with a fault of this kind. */
  readonly ends: string;
  readonly endsHere: boolean;
  readonly kept: boolean;
  readonly keptForMs: number | null;
  /** Bytes that belong to the answer. */
  readonly length: number;
};

export const LIMITS = { maxHeaderBytes: 400, maxWireBytes: 4_000 } as const;

/** Reads the pieces of one answer after another with one reader, as a kept connection does; all but the last are forgotten. */
export function transcribe(create: CreateReader, answers: readonly (readonly Buffer[])[]): Transcript {
  const reader = create(LIMITS);
  let transcript: Transcript | undefined;
  for (const pieces of answers) transcript = readOne(reader, pieces);
  if (!transcript) throw new Error("there is nothing to read");
  return transcript;
}

function readOne(reader: ReturnType<CreateReader>, pieces: readonly Buffer[]): Transcript {
  let status = 0;
  let headers: Headers = {};
  let body = "";
  let length = 0;
  let fault: string | null = null;
  const sink = {
    onHead(code: number, fields: Headers) {
      if (status !== 0) throw new Error("a second head came with one answer");
      status = code;
      headers = fields;
    },
    onBytes(bytes: Buffer, from: number, to: number) {
      if (status === 0) throw new Error("a body came before its head");
      body += bytes.toString("latin1", from, to);
    },
  };
  reader.begin();
  for (const piece of pieces) {
    // What is read lies amid other bytes, which are nobody's business.
    const lent = Buffer.concat([Buffer.from("\r\n\r\n5\r\n"), piece, Buffer.from("\r\n\r\n0\r\n\r\n")]);
    try {
      length += reader.read(lent.subarray(7, 7 + piece.length), 0, sink);
    } catch (error) {
      fault = error instanceof Error && "kind" in error ? `fault ${String(error.kind)}` : String(error);
    }
    lent.fill(0);
    if (fault !== null || reader.phase === "whole") break;
  }
  const isWhole = fault === null && reader.phase === "whole";
  return {
    status,
    headers,
    body,
    ends: fault ?? reader.phase,
    endsHere: fault === null && reader.endsHere,
    kept: isWhole && reader.kept,
    keptForMs: isWhole ? reader.keptForMs : null,
    length: fault === null ? length : 0,
  };
}

/** The bytes in pieces that end at these shares of their length. */
export function cut(bytes: Buffer, shares: readonly number[]): readonly Buffer[] {
  const places = shares.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b);
  let from = 0;
  return [...places, bytes.length].map((to) => {
    const piece = bytes.subarray(from, to);
    from = to;
    return piece;
  });
}
