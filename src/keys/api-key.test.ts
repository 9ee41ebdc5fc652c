import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { digestOf, keyIdOf, newApiKey, sameDigest } from "./api-key.ts";

describe("the text of an API key", () => {
  it("begins as scanners of source code know it, and holds its id", () => {
    const { id, text } = newApiKey();
    assert.match(text, /^swk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    assert.equal(keyIdOf(text), id);
  });

  it("is never the same twice", () => {
    const made = Array.from({ length: 500 }, () => newApiKey());
    assert.equal(new Set(made.map(({ id }) => id)).size, 500);
    assert.equal(new Set(made.map(({ text }) => text.slice(22))).size, 500);
  });

  it("is told apart from any that differs in one place", () => {
    const { text } = newApiKey();
    const place = fc.integer({ min: 0, max: text.length - 1 });
    const letter = fc.string({ minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(place, letter, (at, other) => {
        fc.pre(text.charAt(at) !== other);
        assert.equal(keyIdOf(text.slice(0, at) + other + text.slice(at + 1)), null);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is none when it is cut, longer, or something else", () => {
    const { text } = newApiKey();
    for (const other of ["", "swk_live_", text.slice(0, -1), `${text}0`, ` ${text}`, `${text}\n`, text.toUpperCase()]) {
      assert.equal(keyIdOf(other), null, JSON.stringify(other));
    }
  });
});

describe("what is kept of a key", () => {
  it("is another one under another secret, and says nothing of the key", () => {
    const { text } = newApiKey();
    const digest = digestOf(text, "one secret");
    assert.equal(digest, digestOf(text, "one secret"));
    assert.notEqual(digest, digestOf(text, "another secret"));
    assert.match(digest, /^[\w-]{43}$/);
    assert.ok(sameDigest(digest, digestOf(text, "one secret")));
    assert.ok(!sameDigest(digest, digestOf(newApiKey().text, "one secret")));
    assert.ok(!sameDigest(digest, ""));
  });
});
