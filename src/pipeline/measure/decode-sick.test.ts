/** A native decoder that crashes, hangs or takes memory over an image: that image fails, its process is gone, the next one is decoded. */
import assert from "node:assert/strict";

import { after, describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { NO_ACCESS } from "../../domain/access-table.ts";
import { aPng } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { bytesThatMakeIt, type Deed } from "../../testing/sick-decode-child.ts";
import { createThumbnails } from "../../thumbnails/thumbnails.ts";
import { DAMAGED } from "./decode-messages.ts";
import { createDecoder } from "./decode-pool.ts";
import { startDecodeChild } from "./decode-process.ts";
import { createImageMeasurer } from "./measure-image.ts";

const SICK = new URL("../../testing/sick-decode-child.ts", import.meta.url);
const never = new AbortController().signal;
const HANGS_MS = 3_000;
const LIMITS = { maxPixels: 1e9, maxMemoryBytes: 512 * 1024 ** 2 };
/** Only what hangs is ended by time; whatever else happens has all the time it takes on a busy machine. */
const limitsFor = (deed: Deed) => ({ ...LIMITS, timeLimitMs: deed === "hang" ? HANGS_MS : 300_000 });

const imageThatMakesIt = (deed: Deed) => aPng({ trailing: bytesThatMakeIt(deed) });

const DEEDS: readonly (readonly [string, Deed, string])[] = [
  ["aborts", "abort", "the decoder broke down over it"],
  ["has a segmentation fault", "segfault", "the decoder broke down over it"],
  ["ends without a word", "exit", "the decoder broke down over it"],
  ["hangs", "hang", `decoding took more than ${HANGS_MS} ms`],
  ["takes more and more memory, and never comes to look at it", "hoard", "decoding took more than 512 MB of memory"],
];

function setup(t: TestContext, deed: Deed) {
  const decoder = createDecoder({ ...limitsFor(deed), entry: SICK });
  t.after(() => decoder.close());
  return decoder;
}

describe("a decoding process that", () => {
  for (const [name, deed, detail] of DEEDS) {
    it(`${name} is ended, and costs that image alone`, async (t) => {
      const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: setup(t, deed) });
      const outcomeOf = (bytes: Uint8Array) => measurer.measure(createMemorySource(bytes), "decode", never);
      const [sick, next] = await Promise.all([outcomeOf(imageThatMakesIt(deed)), outcomeOf(aPng())]);
      assert.partialDeepStrictEqual(sick, { kind: "failed", code: "corrupt", detail, width: 40, height: 30 });
      assert.equal(next.kind, "measured");
      assert.equal((await outcomeOf(aPng())).kind, "measured");
    });

    it(`${name} is gone when its image has failed`, async () => {
      const child = startDecodeChild(SICK);
      await child.ready;
      assert.deepEqual(await child.decode(imageThatMakesIt(deed), limitsFor(deed), never), { kind: "broken", detail });
      assert.equal(child.isAlive(), false);
      await child.ended;
    });
  }

  for (const [name, deed, detail] of DEEDS.filter(([, each]) => each === "abort" || each === "hang")) {
    it(`${name} over a thumbnail leaves the others alone`, async (t) => {
      const files = new Map([
        ["http://a/sick.png", imageThatMakesIt(deed)],
        ["http://a/good.png", aPng()],
      ]);
      const decoder = setup(t, deed);
      const thumbnails = createThumbnails({
        cache: { get: async () => null, put: async () => {} },
        readAccessTable: async () => NO_ACCESS,
        openImage: (url) => ({
          ...createMemorySource(files.get(url) ?? new Uint8Array(0)),
          attempts: () => 1,
          release: () => {},
        }),
        decoder,
      });
      const [sick, good] = await Promise.all([
        thumbnails.get({ tenant: "acme", jobId: 1, image: 0, url: "http://a/sick.png" }),
        thumbnails.get({ tenant: "acme", jobId: 1, image: 1, url: "http://a/good.png" }),
      ]);
      assert.deepEqual(sick, { kind: "unavailable", detail });
      assert.equal(good.kind, "picture");
    });
  }

  it("says what is no answer is not listened to", async (t) => {
    assert.deepEqual(await setup(t, "ramble").decode(imageThatMakesIt("ramble"), never), { kind: "decoded" });
  });
});

describe("the decoding process itself", () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const svg = text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>');
  const notRaster: Readonly<Record<string, Uint8Array>> = {
    "an SVG": svg,
    "an SVG behind a declaration": text(`<?xml version="1.0"?>\n${new TextDecoder().decode(svg)}`),
    "a packed SVG": gzipSync(svg),
    "a PDF": text("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
    "a PostScript file": text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage"),
    "a PPM": text("P3\n1 1\n255\n1 2 3\n"),
    "a Radiance picture": text("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\x01\x02\x03\x04"),
    "a FITS picture": text("SIMPLE  =                    T".padEnd(2_880)),
    "a table of numbers": text("1,2,3\n4,5,6\n"),
  };

  const decoder = createDecoder(LIMITS);
  after(() => decoder.close());

  for (const [name, bytes] of Object.entries(notRaster)) {
    it(`opens no loader for ${name}, even if all else let it in`, async () => {
      assert.deepEqual(await decoder.decode(bytes, never), DAMAGED);
      assert.equal((await decoder.thumbnail(bytes, 64, never)).kind, "broken");
    });
  }

  it("is what refuses: sharp without its block would draw the SVG", async () => {
    assert.equal((await sharp(svg).metadata()).width, 9);
    assert.ok((await sharp(svg).png().toBuffer()).length > 0);
  });
});
