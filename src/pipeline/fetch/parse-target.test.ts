/** What a URL may look like, judged as text, and what the sentence about a bad one says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ImageFault } from "../../domain/error-codes.ts";
import { createGuard } from "./guard.ts";

const guard = createGuard({ allowHosts: ["intranet:25", "[fd00::1]:22"] });

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /not a URL/],
  ["cdn.example/a.jpg", /not a URL/],
  ["http://", /not a URL/],
  ["http://[fe80::1%25eth0]/", /not a URL/],
  ["http://256.1.1.1/", /not a URL/],
  ["http://a b.example/", /not a URL/],
  ["http://a\u00a0b.example/", /not a URL/],
  ["  ", /not a URL/],
  ["http://a.example/\u0000", /control or invisible character at position 18/],
  ["http://a.exa\tmple/", /control or invisible character at position 13/],
  ["http://a.example/\u2028b", /invisible character at position 18/],
  ["http://a.ex\u00adample/", /invisible character/],
  ["http://a.ex\u200bample/", /invisible character/],
  ["file:///etc/passwd", /http or https, got "file"/],
  ["ftp://a.example/a.jpg", /got "ftp"/],
  ["data:image/png;base64,AA", /got "data"/],
  ["http://user@a.example/", /user name or password/],
  ["http://:secret@a.example/", /user name or password/],
  ["http://a.example:22/", /port 22 /],
  ["http://a.example:81/", /port 81 /],
  ["http://a.example:0/", /port 0 /],
  ["http://intranet:26/", /port 26 /],
  [`http://a.example/${"a".repeat(8_176)}`, /too long, at most 8192/],
];

const TAKEN = [
  "http://a.example/a.jpg",
  "https://a.example:443/",
  "http://a.example:443/",
  "http://a.example:8080/",
  "https://a.example:8443/?X-Amz-Signature=abc#top",
  "http://bücher.example/ä.jpg",
  "http://intranet:25/",
  "http://[fd00:0::1]:22/",
  "http://a.example/Screenshot at 9.41\u202fAM.png",
  `http://a.example/${"a".repeat(8_175)}`,
];

describe("reading a URL", () => {
  for (const [url, sentence] of REFUSED) {
    it(`refuses ${JSON.stringify(url.slice(0, 60))}`, () => {
      assert.throws(() => guard.parse(url), { name: "ImageFault", code: "invalid_url", message: sentence });
    });
  }
  for (const url of TAKEN)
    it(`takes ${url.slice(0, 60)}`, () => assert.equal(guard.parse(url).href, new URL(url).href));

  it("takes other ports when told so", () => {
    const narrow = createGuard({ ports: [[443, 443]] });
    assert.throws(() => narrow.parse("http://a.example/"), { code: "invalid_url" });
    assert.equal(narrow.parse("https://a.example/").port, "");
  });

  it("never repeats what stands in the query", () => {
    assert.throws(
      () => guard.parse("ftp://a.example/a.jpg?token=secret"),
      (error: Error) => !error.message.includes("secret"),
    );
  });

  it("answers any text with a URL of the web or with invalid_url", () => {
    const pieces = fc.array(
      fc.constantFrom("http", "https", ":", "//", "@", "[", "]", "%", "1", ".", "a", "/", "?", "\\", "\t"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          pieces.map((all) => all.join("")),
        ),
        (text) => {
          try {
            const url = guard.parse(text);
            assert.match(url.protocol, /^https?:$/);
            assert.equal(url.username + url.password, "");
          } catch (error) {
            assert.ok(error instanceof ImageFault && error.code === "invalid_url", String(error));
          }
        },
      ),
    );
  });
});

describe("the list of allowed hosts", () => {
  for (const entry of [
    "",
    "http://a.example",
    "a.example/",
    "a.example:",
    "a.example:0",
    "a.example:65536",
    "u@a",
    "a b",
    "[::1",
  ]) {
    it(`names the entry "${entry}", which it cannot read`, () => {
      assert.throws(
        () => createGuard({ allowHosts: ["ok.example", entry] }),
        (error: Error) => error.message.endsWith(`"${entry}"`),
      );
    });
  }
});
