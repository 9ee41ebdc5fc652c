import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acceptedEncoding } from "./accepted-encoding.ts";

describe("an accepted encoding", () => {
  for (const [header, encoding] of [
    [undefined, null],
    ["", null],
    ["identity", null],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "br"],
    ["GZIP;q=1.0, br;q=0", "gzip"],
    ["br;q=0.1, gzip;q=0.9", "br"],
    ["*", "br"],
    ["*;q=0", null],
    ["br;q=0, *", "gzip"],
    ["gzip;q=banana", null],
  ] as const) {
    it(`of ${header === undefined ? "no header" : `"${header}"`} is ${encoding ?? "none"}`, () => {
      assert.equal(acceptedEncoding(header), encoding);
    });
  }
});
