import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aBmp, aGif, aJpeg, aPng, ascii, aWebp, exifTiff, join, segment } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { hasGifEnd } from "./gif.ts";
import { createImageMeasurer } from "./measure-image.ts";

const never = new AbortController().signal;
const measurer = createImageMeasurer({ maxPixels: 1e8, maxHeaderBytes: 2 ** 21, decoder: null });

async function verdictOn(bytes: Uint8Array) {
  const source = createMemorySource(bytes);
  const outcome = await measurer.measure(source, "complete", never);
  return { code: outcome.kind === "failed" ? outcome.code : "measured", outcome, requests: source.requests };
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  "a JPEG": aJpeg({ width: 90, height: 70 }),
  "a JPEG with a thumbnail": aJpeg({ thumbnail: aJpeg({ width: 8, height: 8 }) }),
  "a progressive JPEG": aJpeg({ progressive: true, width: 90 }),
  "a JPEG with DNL": aJpeg({ dnl: true }),
  "a PNG": aPng({ textBytes: 30 }),
  "an interlaced PNG": aPng({ interlaced: true }),
  "a GIF": aGif(),
  "an animated GIF": aGif({ frames: 3 }),
  "a lossy WebP": aWebp({ width: 20, height: 20 }),
  "a lossless WebP": aWebp({ variant: "lossless" }),
  "an animated WebP": aWebp({ variant: "animated", orientation: 6 }),
  "a BMP": aBmp(),
  "a BMP with a core header": aBmp({ header: "core" }),
  "a BMP with a top-down version 5 header": aBmp({ header: "v5", topDown: true }),
};

describe("the end check", () => {
  for (const [name, bytes] of Object.entries(FILES)) {
    it(`passes ${name}, and calls it truncated wherever it is cut`, async () => {
      assert.equal((await verdictOn(bytes)).code, "measured");
      for (let cut = 1; cut < bytes.length; cut++) {
        const { code } = await verdictOn(bytes.subarray(0, cut));
        // Up to the length of the longest signature nothing tells what the file was to be.
        assert.ok(
          code === "truncated" || (code === "not_an_image" && cut < 12),
          `${code} at ${cut} of ${bytes.length}`,
        );
      }
    });
  }

  it("sees a cut anywhere in files too large for the first request", async () => {
    const large = [
      aJpeg({ width: 1200, height: 1200, padding: 100_000, thumbnail: aJpeg() }),
      aJpeg({ width: 4000, height: 3000, progressive: true, padding: 30_000 }),
      aPng({ textBytes: 80_000 }),
      join(aWebp({ width: 1600, height: 1600 })),
      aBmp({ width: 2000, height: 600 }),
    ];
    for (const bytes of large) {
      assert.ok(bytes.length > 65_536);
      assert.equal((await verdictOn(bytes)).code, "measured");
      for (let cut = bytes.length - 1; cut > 65_000; cut -= 997) {
        assert.equal((await verdictOn(bytes.subarray(0, cut))).code, "truncated");
      }
    }
  });

  it("is not taken in by a thumbnail's end in front of the scan", async () => {
    const exif = segment(0xe1, join(ascii("Exif\0\0"), exifTiff(1, aJpeg({ width: 8, height: 8 }))));
    const padding = segment(0xe2, new Uint8Array(63_000));
    const bytes = join([0xff, 0xd8], padding, exif, aJpeg({ width: 1600, height: 1600 }).subarray(2));
    assert.equal((await verdictOn(bytes)).code, "measured");
    assert.equal((await verdictOn(bytes.subarray(0, 66_000))).code, "truncated");
  });

  it("wants a block's end before a GIF's trailer", () => {
    assert.equal(hasGifEnd(Uint8Array.of(9, 0x3b)), false);
    assert.equal(hasGifEnd(Uint8Array.of(0, 0x3b, 0, 0)), true);
  });

  it("passes restart markers inside a scan", async () => {
    const bytes = aJpeg({ width: 400, height: 400, trailing: new Uint8Array(9000) });
    bytes.set([0xff, 0xd3, 0x7f, 0x7f], bytes.length - 9100);
    assert.equal((await verdictOn(bytes)).code, "measured");
  });

  it("keeps the size of what it calls truncated", async () => {
    const { outcome } = await verdictOn(aJpeg({ width: 90, height: 70 }).subarray(0, -1));
    assert.partialDeepStrictEqual(outcome, { code: "truncated", format: "jpeg", width: 90, height: 70 });
  });

  it("forgives what others leave behind the end", async () => {
    const trailing = new Uint8Array(9000).fill(0x41);
    const second = aJpeg({ width: 8, height: 8 });
    for (const bytes of [
      aJpeg({ trailing }),
      aJpeg({ trailing: join(trailing, second.subarray(0, -2)) }),
      aJpeg({ width: 1200, height: 1200, padding: 70_000, trailing }),
      aJpeg({ second, trailing }),
      aPng({ trailing }),
      aGif({ trailing }),
      aWebp({ trailing }),
      aBmp({ trailing }),
    ]) {
      assert.equal((await verdictOn(bytes)).code, "measured");
    }
  });

  it("does not trust a BMP's own length field", async () => {
    assert.equal((await verdictOn(aBmp({ fileSize: 0 }))).code, "measured");
    assert.equal((await verdictOn(aBmp({ fileSize: 54 }))).code, "measured");
    assert.equal((await verdictOn(aBmp({ fileSize: 1e9 }))).code, "measured");
  });

  it("passes a JPEG whose damaged scan holds what looks like a segment", async () => {
    const bytes = aJpeg({ width: 400, height: 400 });
    bytes.set([0xff, 0xce, 0xff, 0xf0], bytes.length - 100);
    assert.equal((await verdictOn(bytes)).code, "measured");
  });

  it("reads the tail of a large JPEG, and all of it only when the tail tells nothing", async () => {
    const large = { width: 8000, height: 4000 };
    assert.deepEqual((await verdictOn(aJpeg(large))).requests, ["prefix 8192", "tail 4096"]);
    const trailing = new Uint8Array(5000);
    assert.deepEqual((await verdictOn(aJpeg({ ...large, trailing }))).requests, ["prefix 8192", "tail 4096", "whole"]);
  });

  it("looks a little further when a JPEG's scan begins behind the bytes that told its size, and does not fetch all of it", async () => {
    const bytes = aJpeg({ width: 8000, height: 4000, padding: 8_060 });
    const { code, requests } = await verdictOn(bytes);
    assert.deepEqual([code, requests], ["measured", ["prefix 8192", "prefix 12288", "tail 4096"]]);
  });

  it("needs no second request where the header says how long the file is", async () => {
    assert.deepEqual((await verdictOn(aWebp({ width: 1600, height: 1600 }))).requests, ["prefix 8192"]);
    assert.deepEqual((await verdictOn(aBmp({ width: 2000, height: 600 }))).requests, ["prefix 8192"]);
  });
});
