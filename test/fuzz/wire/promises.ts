/** What the reader of answers promises, each asked of any reader, so that a mutant of it can be asked as well. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { answer, brokenBytes } from "./answers.ts";
import { type CreateReader, cut, LIMITS, transcribe } from "./transcript.ts";

export type ReaderPromise = { readonly name: string; readonly hold: (create: CreateReader, runs: number) => void };

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\n\r\n";
const field = (bytes: number) => `a: ${"b".repeat(bytes - 5)}\r\n`;

/** Bytes, and how the reading of them must end. */
const ENDS: readonly (readonly [string, string])[] = [
  ["", "nothing"],
  ["HTTP/1.1 2", "head"],
  ["HTP", "fault not-http"],
  ["HTTP/2.0 200 OK\r\n", "fault not-http"],
  ["HTTP/1.2 200 OK\r\n", "fault not-http"],
  ["HTTP/1.1  200 OK\r\n", "fault not-http"],
  ["HTTP/1.1 20 OK\r\n", "fault not-http"],
  ["HTTP/1.1 2000 OK\r\n", "fault not-http"],
  ["HTTP/1.1 200 OK\n", "fault not-http"],
  ["HTTP/1.1 000 OK\r\n", "fault impossible-status"],
  ["HTTP/1.1 100 Continue\r\n", "fault impossible-status"],
  ["HTTP/1.1 101 Switching Protocols\r\n", "fault impossible-status"],
  [`${EARLY_HINTS.repeat(16)}${OK}content-length: 0\r\n\r\n`, "whole"],
  [EARLY_HINTS.repeat(17), "fault many-interims"],
  [`${OK}a: 1\r\n b\r\n\r\n`, "fault not-http"],
  [`${OK}a : 1\r\n\r\n`, "fault not-http"],
  [`${OK}: 1\r\n\r\n`, "fault not-http"],
  [`${OK}a\r\n\r\n`, "fault not-http"],
  [`${OK}a: \0\r\n\r\n`, "fault not-http"],
  [`${OK}a: b\rc: d\r\n\r\n`, "fault not-http"],
  [`${OK}a: b\nc: d\r\n\r\n`, "fault not-http"],
  [`${OK}${field(LIMITS.maxHeaderBytes - 2)}\r\n`, "body"],
  [`${OK}${field(LIMITS.maxHeaderBytes - 1)}\r\n`, "fault long-headers"],
  [`${OK}${"x".repeat(LIMITS.maxHeaderBytes + 1)}`, "fault long-headers"],
  [`${CHUNKED}0\r\n${field(LIMITS.maxHeaderBytes - 2)}\r\n`, "whole"],
  [`${CHUNKED}0\r\n${field(LIMITS.maxHeaderBytes - 1)}\r\n`, "fault long-headers"],
  ["HTTP/1.1 200 ".padEnd(LIMITS.maxWireBytes, "O"), "head"],
  ["HTTP/1.1 200 ".padEnd(LIMITS.maxWireBytes + 1, "O"), "fault many-bytes"],
  [`${CHUNKED}1;`.padEnd(LIMITS.maxWireBytes + 1, "x"), "fault many-bytes"],
  [`${OK}content-length: 9000\r\n\r\n`.padEnd(LIMITS.maxWireBytes + 1, "x"), "fault many-bytes"],
  [`${OK}\r\n`.padEnd(LIMITS.maxWireBytes + 1, "x"), "fault many-bytes"],
  [`${OK}content-length: 5\r\ncontent-length: 5\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: 5, 5\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: -5\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: 5x\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: 0x5\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: \r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: ${"9".repeat(16)}\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`, "fault contradicting-lengths"],
  [`${OK}transfer-encoding: chunked, chunked\r\n\r\n`, "fault contradicting-lengths"],
  [`${CHUNKED}\r\n`, "fault not-http"],
  [`${CHUNKED}zz\r\n`, "fault not-http"],
  [`${CHUNKED}-1\r\n`, "fault not-http"],
  [`${CHUNKED};a\r\n`, "fault not-http"],
  [`${CHUNKED}5x\r\n`, "fault not-http"],
  [`${CHUNKED}5\n`, "fault not-http"],
  [`${CHUNKED}5;a\n`, "fault not-http"],
  [`${CHUNKED}${"1".repeat(13)}`, "fault not-http"],
  [`${CHUNKED}2\r\nabc`, "fault not-http"],
  [`${CHUNKED}2\r\nab\rc`, "fault not-http"],
  [`${CHUNKED}0\r\na b: 1\r\n\r\n`, "fault not-http"],
];

export const PROMISES: readonly ReaderPromise[] = [
  {
    name: "ends as it must on what is no answer, at the first byte that shows it",
    hold: (create) => {
      for (const [text, ends] of ENDS) {
        const bytes = Buffer.from(text, "latin1");
        const what = JSON.stringify(text.slice(0, 80));
        assert.equal(transcribe(create, [[bytes]]).ends, ends, what);
        assert.equal(
          transcribe(create, [[...bytes].map((byte) => Buffer.of(byte))]).ends,
          ends,
          `${what}, byte by byte`,
        );
      }
    },
  },
  {
    name: "reads out of an answer what was put into it, and not a byte more",
    hold: (create, runs) =>
      fc.assert(
        fc.property(answer, fc.constantFrom("", "HTTP/1.1 200 OK\r\n\r\n", "\r\n", "x"), ({ bytes, reads }, behind) => {
          const more = reads.endsHere ? "" : behind;
          assert.deepEqual(transcribe(create, [[Buffer.concat([bytes, Buffer.from(more)])]]), {
            ...reads,
            ends: reads.endsHere ? "body" : "whole",
            length: bytes.length,
          });
        }),
        { numRuns: runs, seed: 1 },
      ),
  },
  {
    name: "gives the same answer however the bytes are cut",
    hold: (create, runs) =>
      fc.assert(
        fc.property(
          fc.oneof(
            brokenBytes,
            answer.map(({ bytes }) => bytes),
          ),
          shares,
          (bytes, places) => {
            const atOnce = transcribe(create, [[bytes]]);
            assert.deepEqual(transcribe(create, [cut(bytes, places)]), atOnce);
            assert.deepEqual(transcribe(create, [[...bytes].map((byte) => Buffer.of(byte))]), atOnce);
          },
        ),
        { numRuns: runs, seed: 2 },
      ),
  },
  {
    name: "remembers nothing of the answer before",
    hold: (create, runs) =>
      fc.assert(
        fc.property(brokenBytes, answer, shares, (before, { bytes }, places) => {
          const pieces = cut(bytes, places);
          assert.deepEqual(transcribe(create, [[before], pieces]), transcribe(create, [pieces]));
        }),
        { numRuns: runs, seed: 3 },
      ),
  },
];
