import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { guardCell, unguardCell } from "./formula-guard.ts";

describe("the guard against formulas", () => {
  for (const text of ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''-1"]) {
    it(`puts an apostrophe before ${JSON.stringify(text)}`, () => assert.equal(guardCell(text), `'${text}`));
  }

  it("leaves other text as it is", () => {
    for (const text of ["", "S00339218", "https://photos.example/a.jpg?x=-1", "'quoted'", "2024-05-31"]) {
      assert.equal(guardCell(text), text);
    }
  });

  it("can be taken off again, whatever the text", () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.string({ unit: fc.constantFrom("'", "=", "-", "＠", "a") }), fc.string())
        .map((parts) => parts.join("")),
    );
    fc.assert(fc.property(text, (value) => unguardCell(guardCell(value)) === value));
  });

  it("leaves no cell that begins like a formula", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => !/^[=+\-@\t\r\n＝＋－＠]/u.test(guardCell(value))));
  });
});
