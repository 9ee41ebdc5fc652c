import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import sharp from "sharp";
import { aBmp, aJpeg, aPng, aWebp, join } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { createDecoder } from "./decode-pool.ts";
import { startDecodeChild } from "./decode-process.ts";
import { createImageMeasurer } from "./measure-image.ts";

const never = new AbortController().signal;
const LIMITS = { maxPixels: 1e9, timeLimitMs: 60_000, maxMemoryBytes: 1024 ** 3 };
/** Takes a decoder seconds, and few bytes. */
const heavy = () => aPng({ width: 30_000, height: 20_000, interlaced: true });

function setup(t: TestContext, limits: { timeLimitMs?: number; maxMemoryBytes?: number } = {}) {
  const decoder = createDecoder({ ...LIMITS, ...limits });
  t.after(() => decoder.close());
  return decoder;
}

/** A PNG whose compressed pixels are damaged, so that only a decoder can tell. */
function damagedPng(): Uint8Array {
  const bytes = aPng({ width: 200, height: 200 });
  bytes.fill(0x55, 45, 60);
  return bytes;
}

const END_OF_JPEG = [0xff, 0xd9];

/** Half the pixels, and the end of a whole file behind them. */
function halfJpeg(options: Parameters<typeof aJpeg>[0] = {}): Uint8Array {
  const bytes = aJpeg({ width: 800, height: 600, ...options });
  return join(bytes.subarray(0, bytes.length / 2), END_OF_JPEG);
}

/** As some cameras and editors leave them between two segments. */
function withStrayBytes(jpeg: Uint8Array): Uint8Array {
  const firstSegment = 4 + 16;
  return join(jpeg.subarray(0, firstSegment), [1, 2, 3, 4, 5], jpeg.subarray(firstSegment));
}

describe("the decode pool", () => {
  it("passes good images and names what is broken in others, one after the other", async (t) => {
    const decoder = setup(t);
    assert.deepEqual(await decoder.decode(aJpeg(), never), { kind: "decoded" });
    const broken = await decoder.decode(damagedPng(), never);
    assert.match(broken.kind === "broken" ? broken.detail : "", /does not decode/);
    assert.deepEqual(await decoder.decode(aWebp({ width: 64, height: 64 }), never), { kind: "decoded" });
  });

  for (const progressive of [false, true]) {
    it(`finds half the pixels missing though an end was put on a ${progressive ? "progressive" : "sequential"} JPEG`, async (t) => {
      const decoder = setup(t);
      assert.equal((await decoder.decode(halfJpeg({ progressive }), never)).kind, "broken");
      assert.equal((await decoder.decode(withStrayBytes(halfJpeg({ progressive })), never)).kind, "broken");
    });
  }

  it("passes a JPEG with stray bytes between its segments, comments of any kind, or something behind its end", async (t) => {
    const decoder = setup(t);
    for (const good of [
      withStrayBytes(aJpeg({ width: 800, height: 600 })),
      aJpeg({ padding: 70_000, fillBytes: 9 }),
      aJpeg({ second: aJpeg() }),
      aJpeg({ progressive: true, trailing: new Uint8Array(500) }),
    ]) {
      assert.deepEqual(await decoder.decode(good, never), { kind: "decoded" });
    }
  });

  it("finds pixels damaged that a GIF's decoder would fill in", async (t) => {
    const noise = { type: "gaussian", mean: 128, sigma: 50 } as const;
    const good = await sharp({ create: { width: 200, height: 200, channels: 3, background: "black", noise } })
      .gif()
      .toBuffer();
    const decoder = setup(t);
    assert.equal((await decoder.decode(good, never)).kind, "decoded");
    assert.equal((await decoder.decode(Buffer.from(good).fill(0, 20_000, 30_000), never)).kind, "broken");
  });

  it("never renders a vector image", async (t) => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    assert.equal((await setup(t).decode(svg, never)).kind, "broken");
  });

  it("kills the process over an image that takes too long, and serves the next with a fresh one", async (t) => {
    const decoder = setup(t, { timeLimitMs: 1 });
    const outcome = await decoder.decode(heavy(), never);
    assert.deepEqual(outcome, { kind: "broken", detail: "decoding took more than 1 ms" });
    assert.equal((await decoder.decode(heavy(), never)).kind, "broken");
  });

  it("kills the process over an image that takes too much memory", async (t) => {
    const outcome = await setup(t, { maxMemoryBytes: 1024 ** 2 }).decode(heavy(), never);
    assert.deepEqual(outcome, { kind: "broken", detail: "decoding took more than 1 MB of memory" });
  });

  it("survives the process's death over an image", async () => {
    const child = startDecodeChild();
    await child.ready;
    const decoding = child.decode(heavy(), LIMITS, never);
    await child.kill();
    assert.deepEqual(await decoding, { kind: "broken", detail: "the decoder broke down over it" });
  });

  it("gives up at once when told to", async (t) => {
    const decoder = setup(t);
    await decoder.decode(aJpeg(), never);
    const stopping = new AbortController();
    const decoding = decoder.decode(heavy(), stopping.signal);
    const waiting = decoder.decode(aJpeg(), never);
    // One turn, so that the child has the image by now.
    await new Promise(setImmediate);
    stopping.abort(new Error("stopping"));
    await assert.rejects(decoding, /stopping/);
    assert.deepEqual(await waiting, { kind: "decoded" });
  });

  it("ends what is under way and what waits when closed", async (t) => {
    const decoder = setup(t);
    const under = [
      assert.rejects(decoder.decode(heavy(), never), /closed/),
      assert.rejects(decoder.decode(aJpeg(), never), /closed/),
    ];
    await decoder.close();
    await Promise.all(under);
    await assert.rejects(decoder.decode(aJpeg(), never), /closed/);
  });
});

describe("the image measurer that decodes", () => {
  it("calls an image corrupt that does not decode, keeps its size, and goes by the end where the format is foreign", async (t) => {
    const measurer = createImageMeasurer({ maxPixels: 1e8, maxHeaderBytes: 2 ** 21, decoder: createDecoder(LIMITS) });
    t.after(() => measurer.close());
    const outcomeOf = (bytes: Uint8Array) => measurer.measure(createMemorySource(bytes), "decode", never);
    assert.partialDeepStrictEqual(await outcomeOf(damagedPng()), { code: "corrupt", width: 200, height: 200 });
    assert.partialDeepStrictEqual(await outcomeOf(aJpeg().subarray(0, -2)), { code: "truncated" });
    assert.partialDeepStrictEqual(await outcomeOf(aJpeg()), { kind: "measured" });
    assert.partialDeepStrictEqual(await outcomeOf(aBmp()), { kind: "measured" });
  });
});
