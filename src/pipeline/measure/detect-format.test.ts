import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { aBmp, aGif, aJpeg, aPng, ascii, aWebp, box, join } from "../../testing/image-bytes.ts";
import { detectFormat } from "./detect-format.ts";

const text = (words: string) => new TextEncoder().encode(words);
const refusal = (bytes: Uint8Array) => {
  const detected = detectFormat(bytes);
  return detected.kind === "refused" ? `${detected.code}: ${detected.detail}` : detected.format;
};
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>';

describe("format detection", () => {
  it("knows the images on its list by their first bytes", () => {
    const ftyp = (major: string, ...others: readonly string[]) =>
      box("ftyp", ascii(major), [0, 0, 0, 0], ascii(others.join("")));
    assert.equal(refusal(aJpeg()), "jpeg");
    assert.equal(refusal(aPng()), "png");
    assert.equal(refusal(aGif()), "gif");
    assert.equal(refusal(aWebp()), "webp");
    assert.equal(refusal(aBmp()), "bmp");
    assert.equal(refusal(ftyp("avif", "mif1")), "avif");
    assert.equal(refusal(ftyp("mif1", "heic")), "heic");
    assert.equal(refusal(join(ascii("II"), [42, 0, 8, 0, 0, 0])), "tiff");
    assert.equal(refusal(join(ascii("MM"), [0, 43, 0, 8, 0, 0])), "tiff");
    assert.equal(refusal(Uint8Array.of(0xff, 0x0a, 0)), "jxl");
    assert.equal(refusal(join(ascii("8BPS"), [0, 1])), "psd");
  });

  const pages: readonly (readonly [string, string, string])[] = [
    ["an HTML page with an inline svg", `<!DOCTYPE html><h1>Gone</h1>${SVG}`, 'not_an_image: an HTML page: "Gone"'],
    ["an HTML page behind a comment", "<!-- x --><html><p>Log in", 'not_an_image: an HTML page: "Log in"'],
    [
      "an object store's error",
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
      'not_an_image: an XML document such as an object store\'s error: "AccessDenied"',
    ],
    ["JSON", '{"error":"no"}', 'not_an_image: a JSON document: "{ error : no }"'],
    ["text", "404 page not found", 'not_an_image: text: "404 page not found"'],
    ["text that begins like a BMP", "BMW", 'not_an_image: text: "BMW"'],
    ["an svg", SVG, "unsupported_format: an SVG image, which has no size in pixels"],
    [
      "an svg with a document type",
      `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>\n<!-- c -->${SVG}`,
      "unsupported_format: an SVG image, which has no size in pixels",
    ],
  ];
  for (const [name, page, wanted] of pages) {
    it(`says that ${name} is no measurable image`, () => {
      assert.equal(refusal(text(page)), wanted);
      assert.equal(refusal(text(`\ufeff  \n${page}`)), wanted);
    });
  }

  it("looks into gzip for an svg, and into no more than its beginning", () => {
    assert.match(refusal(gzipSync(SVG)), /^unsupported_format: an SVG image.*gzip/);
    assert.equal(refusal(gzipSync("<html>")), "not_an_image: gzip-compressed data");
    assert.equal(refusal(gzipSync(new Uint8Array(50_000_000))), "not_an_image: gzip-compressed data");
    assert.equal(refusal(Uint8Array.of(0x1f, 0x8b, 9, 9)), "not_an_image: gzip-compressed data");
  });

  it("refuses videos, documents and images of other kinds by name", () => {
    assert.match(refusal(box("ftyp", ascii("isom"), [0, 0, 0, 0])), /^not_an_image: a video .*"isom"/);
    assert.match(refusal(box("ftyp", ascii("mif1"), [0, 0, 0, 0])), /^unsupported_format: an HEIF file/);
    assert.match(refusal(text("%PDF-1.7")), /a PDF document/);
    assert.match(refusal(Uint8Array.of(0x80, 0, 1, 2)), /begins 80 00 01 02/);
  });

  it("quotes no control character, no direction override and few words, whatever came", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.constantFrom("", "<p>", "<html>", "{"),
        (words, start) => {
          const said = refusal(text(start + words));
          assert.doesNotMatch(said, /[\p{Cc}\p{Cf}]/u);
          assert.ok(said.length < 250);
        },
      ),
    ));

  it("quotes the first words only", () => {
    assert.equal(refusal(text("no ".repeat(900))), `not_an_image: text: "${"no ".repeat(20)}…"`);
  });

  it("answers any bytes", () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.ok(refusal(bytes)))));
});
