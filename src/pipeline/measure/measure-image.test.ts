import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ImageFault } from "../../domain/error-codes.ts";
import { aBmp, aGif, aJpeg, aPng, aWebp } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { createImageMeasurer } from "./measure-image.ts";

const never = new AbortController().signal;
const setup = (limits: { maxPixels?: number; maxHeaderBytes?: number } = {}) =>
  createImageMeasurer({ maxPixels: 1e8, maxHeaderBytes: 2 ** 21, decoder: null, ...limits });

describe("the image measurer", () => {
  it("measures a photo from its first 64 KB", async () => {
    const bytes = aJpeg({ width: 4000, height: 3000, padding: 60_000, orientation: 6 });
    const source = createMemorySource(bytes);
    const outcome = await setup().measure(source, "header", never);
    const facts = { format: "jpeg", width: 4000, height: 3000, bytes: bytes.length } as const;
    assert.deepEqual(outcome, { kind: "measured", ...facts, integrity: "header", notDecoded: null });
    assert.deepEqual(source.requests, ["prefix 8192", "prefix 61116"]);
  });

  it("asks for more and more until the size is there, then for all", async () => {
    const source = createMemorySource(aJpeg({ padding: 700_000 }));
    const outcome = await setup({ maxHeaderBytes: 500_000 }).measure(source, "header", never);
    assert.equal(outcome.kind, "measured");
    const prefixes = ["prefix 8192", "prefix 61050", "prefix 121054", "prefix 484216"];
    assert.deepEqual(source.requests, [...prefixes, "whole"]);
  });

  it("leaves the length open when the host never tells it", async () => {
    const source = createMemorySource(aPng({ textBytes: 90_000 }), { tellsLength: false });
    assert.partialDeepStrictEqual(await setup().measure(source, "header", never), { kind: "measured", bytes: null });
  });

  it("keeps the size of an image with too many pixels", async () => {
    const outcome = await setup({ maxPixels: 1199 }).measure(createMemorySource(aPng()), "complete", never);
    assert.partialDeepStrictEqual(outcome, {
      code: "too_many_pixels",
      width: 40,
      height: 30,
      format: "png",
      bytes: 69,
    });
    assert.equal(
      (await setup({ maxPixels: 1200 }).measure(createMemorySource(aPng()), "complete", never)).kind,
      "measured",
    );
  });

  it("names an empty body, a page, and a file that ends before its size", async () => {
    const codeOf = async (bytes: Uint8Array) => {
      const outcome = await setup().measure(createMemorySource(bytes), "header", never);
      return outcome.kind === "failed" ? outcome.code : outcome.kind;
    };
    assert.equal(await codeOf(new Uint8Array()), "empty_body");
    assert.equal(await codeOf(new TextEncoder().encode("<html>")), "not_an_image");
    assert.equal(await codeOf(aPng().subarray(0, 20)), "truncated");
  });

  it("lets the source's fault pass", async () => {
    const fault = new ImageFault("not_found", "the host answered 404");
    const source = { ...createMemorySource(new Uint8Array()), prefix: () => Promise.reject(fault) };
    await assert.rejects(setup().measure(source, "header", never), fault);
  });

  it("stops when told to", async () => {
    const reason = new Error("stopping");
    const measuring = setup().measure(createMemorySource(aPng()), "complete", AbortSignal.abort(reason));
    await assert.rejects(measuring, reason);
  });

  it("does not pretend to decode without a decoder", async () => {
    await assert.rejects(setup().measure(createMemorySource(aPng()), "decode", never), /no decoder/);
  });

  it("answers damaged files with an outcome, never with an exception", () => {
    const files = [
      aJpeg({ dnl: true, orientation: 3 }),
      aPng(),
      aGif({ frames: 2 }),
      aWebp({ variant: "animated" }),
      aBmp(),
    ];
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 20 });
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (bytes, damages) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of damages) damaged[at % damaged.length] = value;
        const outcome = await setup().measure(createMemorySource(damaged), "complete", never);
        assert.ok(outcome.kind === "failed" || outcome.width * outcome.height > 0);
      }),
      { numRuns: 500 },
    );
  });
});
