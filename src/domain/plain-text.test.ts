import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainText, shortText } from "./plain-text.ts";

describe("text from outside", () => {
  for (const [name, code] of [
    ["NUL", 0x00],
    ["a tab", 0x09],
    ["a line break", 0x0a],
    ["ESC", 0x1b],
    ["DEL", 0x7f],
    ["C1's CSI", 0x9b],
    ["a right-to-left override", 0x202e],
    ["a direction's isolate", 0x2066],
    ["a line separator", 0x2028],
    ["half a surrogate pair", 0xd83d],
  ] as const) {
    it(`shows a mark in the place of ${name}`, () => {
      assert.equal(plainText(`a${String.fromCharCode(code)}b`), "a\ufffdb");
    });
  }

  it("keeps letters, emoji and joiners as they are", () => {
    for (const text of ["naïve café", "日本", "👩‍🍳", "می‌خواهم"]) assert.equal(plainText(text), text);
  });

  it("is cut at its limit, and never inside a character", () => {
    assert.equal(shortText("abcde", 5), "abcde");
    assert.equal(shortText("abcdef", 5), "abcd…");
    assert.equal(shortText("abc😀f", 5), "abc…");
  });
});
