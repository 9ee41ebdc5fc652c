import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { aBmp, aGif, aJpeg, aPng, aWebp, join, u32be } from "../../testing/image-bytes.ts";
import { walkBmp } from "./bmp.ts";
import { walkGif } from "./gif.ts";
import type { HeaderWalker } from "./header-answer.ts";
import { walkJpeg } from "./jpeg.ts";
import { walkPng } from "./png.ts";
import { walkWebp } from "./webp.ts";

type Case = {
  readonly width: number;
  readonly height: number;
  readonly orientation: number | null;
  readonly bytes: Uint8Array;
};

const side = fc.integer({ min: 1, max: 300 });
const orientation = fc.integer({ min: 1, max: 8 });
const trailing = fc.uint8Array({ maxLength: 20 });

const jpegs = fc
  .record({
    width: side,
    height: side,
    orientation,
    padding: fc.integer({ min: 0, max: 300 }),
    fillBytes: fc.integer({ min: 0, max: 5 }),
    progressive: fc.boolean(),
    dnl: fc.boolean(),
    thumbnail: fc.constant(aJpeg({ width: 7, height: 5 })),
    trailing,
  })
  .map((options): Case => ({ ...options, bytes: aJpeg(options) }));
const pngs = fc
  .record({ width: side, height: side, interlaced: fc.boolean(), textBytes: fc.nat(40), trailing })
  .map((options): Case => ({ ...options, orientation: null, bytes: aPng(options) }));
const gifs = fc
  .record({
    width: side,
    height: side,
    frames: fc.integer({ min: 1, max: 3 }),
    version: fc.constantFrom("87a" as const, "89a" as const),
  })
  .map((options): Case => ({ ...options, orientation: null, bytes: aGif(options) }));
const webps = fc
  .record({
    width: side,
    height: side,
    variant: fc.constantFrom("lossy" as const, "lossless" as const, "extended" as const, "animated" as const),
  })
  .map((options): Case => ({ ...options, orientation: null, bytes: aWebp(options) }));
const bmps = fc
  .record({
    width: side,
    height: side,
    header: fc.constantFrom("core" as const, "info" as const, "v5" as const),
    topDown: fc.boolean(),
  })
  .map((options): Case => ({ ...options, orientation: null, bytes: aBmp(options) }));

const WALKERS: readonly (readonly [string, HeaderWalker, fc.Arbitrary<Case>])[] = [
  ["JPEG", walkJpeg, jpegs],
  ["PNG", walkPng, pngs],
  ["GIF", walkGif, gifs],
  ["WebP", walkWebp, webps],
  ["BMP", walkBmp, bmps],
];

for (const [name, walk, cases] of WALKERS) {
  describe(`the ${name} walker`, () => {
    it("finds the encoded size and the orientation, whatever else the file holds", () =>
      fc.assert(
        fc.property(cases, ({ bytes, width, height, orientation }) => {
          assert.deepEqual(walk(bytes), { kind: "size", width, height, orientation });
        }),
      ));

    it("answers any prefix with the right size or with a need of more, and reads nothing behind it", () =>
      fc.assert(
        fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array(), (image, share, behind) => {
          const cut = Math.floor(Math.min(image.bytes.length, 900) * share);
          const prefix = image.bytes.slice(0, cut);
          const answer = walk(prefix);
          assert.deepEqual(walk(join(prefix, behind).subarray(0, cut)), answer);
          if (answer.kind === "need") return assert.ok(answer.bytes > cut);
          const { width, height, orientation } = image;
          assert.deepEqual(answer, { kind: "size", width, height, orientation });
        }),
        { numRuns: 400 },
      ));

    it("reaches the size by asking, without asking for more than there is", () =>
      fc.assert(
        fc.property(cases, ({ bytes }) => {
          let given = 0;
          for (let answer = walk(bytes.subarray(0, 0)); answer.kind === "need"; ) {
            assert.ok(answer.bytes > given && answer.bytes <= bytes.length);
            given = answer.bytes;
            answer = walk(bytes.subarray(0, given));
          }
        }),
        { numRuns: 30 },
      ));

    it("answers damaged files without throwing", () =>
      fc.assert(
        fc.property(
          cases,
          fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 12 }),
          ({ bytes }, damages) => {
            const damaged = Uint8Array.from(bytes);
            for (const [at, value] of damages) damaged[at % damaged.length] = value;
            const answer = walk(damaged);
            if (answer.kind === "need") assert.ok(answer.bytes > damaged.length);
            if (answer.kind === "size") assert.ok(answer.width > 0 && answer.height > 0);
          },
        ),
        { numRuns: 400 },
      ));

    it("leaves other bytes alone", () => {
      assert.equal(walk(Uint8Array.of(0x25, 0x50, 0x44, 0x46)).kind, "not-this-format");
    });
  });
}

describe("the walkers on hostile headers", () => {
  const codeOf = (walk: HeaderWalker, bytes: Uint8Array) => {
    const answer = walk(bytes);
    return answer.kind === "fault" ? answer.code : answer.kind;
  };
  const edited = (bytes: Uint8Array, at: number, ...values: readonly number[]) => {
    const copy = Uint8Array.from(bytes);
    copy.set(values, at);
    return copy;
  };

  it("call a side of zero by its name", () => {
    assert.equal(codeOf(walkJpeg, aJpeg({ width: 0 })), "zero_dimension");
    assert.equal(codeOf(walkJpeg, aJpeg({ height: 0 })), "zero_dimension");
    assert.equal(codeOf(walkPng, aPng({ width: 0 })), "zero_dimension");
    assert.equal(codeOf(walkGif, aGif({ height: 0 })), "zero_dimension");
    assert.equal(codeOf(walkWebp, aWebp({ width: 0 })), "zero_dimension");
    assert.equal(codeOf(walkBmp, aBmp({ width: 0 })), "zero_dimension");
  });

  it("refuse a PNG header whose checksum does not hold", () => {
    assert.equal(codeOf(walkPng, edited(aPng(), 19, 99)), "corrupt");
  });

  it("refuse a PNG that begins with another chunk", () => {
    assert.equal(codeOf(walkPng, edited(aPng(), 12, 0x74)), "corrupt");
  });

  it("refuse a PNG of 3 bits a sample", () => {
    const bytes = edited(aPng(), 24, 3);
    bytes.set(u32be(crc32(bytes.subarray(12, 29))), 29);
    assert.equal(codeOf(walkPng, bytes), "corrupt");
  });

  it("leave a lossy WebP's scaling bits out of its size", () => {
    assert.deepEqual(walkWebp(edited(aWebp(), 27, 0x40)), walkWebp(aWebp()));
  });

  it("refuse a WebP of an unknown first chunk, and one without a key frame", () => {
    assert.equal(codeOf(walkWebp, edited(aWebp(), 15, 0x39)), "corrupt");
    assert.equal(codeOf(walkWebp, edited(aWebp(), 20, 0x11)), "corrupt");
  });

  it("refuse a BMP of negative width, and take a text that begins with BM for what it is", () => {
    assert.equal(codeOf(walkBmp, edited(aBmp(), 21, 0x80)), "corrupt");
    assert.equal(
      codeOf(walkBmp, new TextEncoder().encode("BMW is a maker of cars and motorcycles.")),
      "not-this-format",
    );
  });
});
