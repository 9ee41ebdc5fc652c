import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ImageFormat } from "../../domain/image.ts";
import { ascii, box, join, u16be, u16le, u32be, u32le, zeros } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import {
  aJxl,
  aJxlCodestream,
  anAvif,
  anIco,
  aPsd,
  aTiff,
  aTiffOf,
  clap,
  ftyp,
  full,
  ispe,
  locatedMeta,
  meta,
} from "../../testing/rare-image-bytes.ts";
import { createImageMeasurer } from "./measure-image.ts";
import { walkHeader } from "./walk-header.ts";

const FILES: readonly (readonly [ImageFormat, Uint8Array, string])[] = [
  ["avif", anAvif(), "40x30"],
  ["heic", join(ftyp("heic"), box("mdat", [1, 2, 3]), meta([ispe(40, 30)])), "40x30"],
  ["tiff", aTiff(), "40x30"],
  ["tiff", aTiff({ first: 500 }), "40x30"],
  ["ico", anIco(), "256x64"],
  ["psd", aPsd(), "40x30"],
  ["jxl", aJxlCodestream(), "256x256"],
  ["jxl", aJxl(), "256x256"],
];

const said = (format: ImageFormat, bytes: Uint8Array, isWhole = true) => {
  const answer = walkHeader(format, { bytes, complete: isWhole });
  if (answer.kind === "size") return `${answer.width}x${answer.height}`;
  return answer.kind === "fault" ? answer.code : answer.kind;
};
const heif = (...boxes: readonly Uint8Array[]) => said("heic", join(ftyp("heic"), ...boxes));

describe("the walkers of rare formats", () => {
  for (const [format, bytes, size] of FILES) {
    it(`finds the size of a ${format} of ${bytes.length} bytes, and on any prefix that or a need of more`, () => {
      assert.equal(said(format, bytes), size);
      for (let cut = 0; cut < bytes.length; cut++) {
        const behind = join(bytes.subarray(0, cut), new Uint8Array(64).fill(0x11)).subarray(0, cut);
        const answer = walkHeader(format, { bytes: behind, complete: false });
        if (answer.kind === "need") assert.ok(answer.bytes > cut);
        else assert.equal(said(format, behind, false), size);
      }
    });

    it(`answers a damaged ${format} of ${bytes.length} bytes without throwing`, () =>
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1 }),
          fc.boolean(),
          (damages, isWhole) => {
            const damaged = Uint8Array.from(bytes);
            for (const [at, value] of damages) damaged[at % damaged.length] = value;
            assert.ok(said(format, damaged, isWhole));
          },
        ),
        { numRuns: 200 },
      ));
  }

  it("takes the primary item's size, not that of a larger thumbnail or auxiliary image", () => {
    assert.equal(heif(meta([ispe(400, 300), ispe(40, 30)], [[2], [1]])), "40x30");
  });

  it("honours a crop to whole pixels and refuses any other", () => {
    const crop = (...numbers: readonly number[]) =>
      heif(meta([ispe(40, 30), clap(...numbers, 0, 1, 0, 1)], [[1, 0x82]]));
    assert.equal(crop(39, 1, 58, 2), "39x29");
    assert.equal(crop(39, 2, 29, 1), "unsupported_format");
    assert.equal(crop(39, 0, 29, 1), "unsupported_format");
    assert.equal(crop(41, 1, 29, 1), "corrupt");
    assert.equal(crop(0, 1, 29, 1), "zero_dimension");
  });

  it("leaves a crop alone that belongs to another item", () => {
    assert.equal(heif(meta([ispe(40, 30), clap(9, 1, 9, 1, 0, 1, 0, 1)], [[1], [1, 2]])), "40x30");
  });

  it("refuses image sequences without a still image, and a primary item without a size", () => {
    assert.equal(heif(box("moov", [1])), "unsupported_format");
    assert.equal(heif(meta([ispe(40, 30)], [[]])), "corrupt");
  });

  for (const isLittle of [true, false]) {
    for (const isBig of [true, false]) {
      it(`reads a ${isBig ? "BigTIFF" : "TIFF"} of ${isLittle ? "II" : "MM"}, its short and long values and which way up it is`, () => {
        const entries = [
          { tag: 256, type: 3, value: 4_000 },
          { tag: 257, type: isBig ? 16 : 4, value: 70_000 },
          { tag: 274, type: 3, value: 6 },
        ];
        const answer = walkHeader("tiff", { bytes: aTiffOf(entries, { isLittle, isBig }), complete: true });
        assert.deepEqual(answer, { kind: "size", width: 4_000, height: 70_000, orientation: 6 });
      });
    }
  }

  it("refuses a TIFF without a width, with two of one, or with one of text", () => {
    const [long, height] = [
      { tag: 256, type: 4, value: 40 },
      { tag: 257, type: 4, value: 30 },
    ];
    const form = { isLittle: true, isBig: false };
    assert.equal(said("tiff", aTiffOf([height], form)), "corrupt");
    assert.equal(said("tiff", aTiffOf([{ ...long, count: 2 }, height], form)), "corrupt");
    assert.equal(said("tiff", aTiffOf([{ ...long, type: 2 }, height], form)), "corrupt");
    assert.equal(said("tiff", aTiffOf([long, { ...height, value: 0 }], form)), "zero_dimension");
    // A LONG8, which an entry of a TIFF that is not big has no room for.
    const long8 = aTiffOf([long, height], form);
    long8.set(u16le(16), 12);
    assert.equal(said("tiff", long8), "corrupt");
    const endless = { ...long, type: 16, value: 2 ** 32 };
    assert.equal(said("tiff", aTiffOf([endless, height], { isLittle: true, isBig: true })), "corrupt");
  });

  it("refuses a PSD without channels, or of three bits each", () => {
    for (const [at, value] of [
      [12, 0],
      [22, 3],
    ] as const) {
      const psd = aPsd();
      psd.set(u16be(value), at);
      assert.equal(said("psd", psd), "corrupt");
    }
  });

  it("takes the largest image of an ICO, and a side of 0 for 256", () => {
    assert.equal(said("ico", join([0, 0, 1, 0, 1, 0], zeros(16))), "256x256");
    assert.equal(said("ico", join([0, 0, 1, 0, 2, 0], [48, 48], zeros(14), [32, 64], zeros(14))), "48x48");
  });

  it("reads sides of a PSB beyond what a PSD may have", () => {
    const psb = aPsd();
    psb.set([0, 2], 4);
    psb.set([...u32be(250_000), ...u32be(300_000)], 14);
    assert.equal(said("psd", psb), "300000x250000");
  });

  it("refuses a TIFF that begins with a preview", () => {
    assert.equal(said("tiff", aTiff({ isPreview: true })), "unsupported_format");
  });

  it("says the same of a JPEG XL in one part, in parts, and before boxes that are broken", () => {
    const codestream = aJxlCodestream();
    const start = aJxl().subarray(0, 28);
    const part = (no: number, from: number, to?: number) => box("jxlp", u32be(no), codestream.subarray(from, to));
    assert.equal(said("jxl", join(start, part(0, 0, 3), part(0x8000_0001, 3))), "256x256");
    assert.equal(said("jxl", join(start, box("jxlc", codestream), u32be(3), ascii("Exif"))), "256x256");
    assert.equal(said("jxl", join(start, box("jxlc", codestream.subarray(0, 3)))), "corrupt");
    assert.equal(said("jxl", join(start, box("jxlc", [1, 2, 3, 4]))), "corrupt");
  });

  it("asks for the directory of a TIFF wherever it lies", () => {
    assert.deepEqual(walkHeader("tiff", { bytes: aTiff({ first: 900_000 }).subarray(0, 100), complete: false }), {
      kind: "need",
      bytes: 900_002,
    });
  });
});

describe("the end check of rare formats", () => {
  const measurer = createImageMeasurer({ maxPixels: 1e8, maxHeaderBytes: 2 ** 21, decoder: null });
  const codeOf = async (bytes: Uint8Array) => {
    const outcome = await measurer.measure(createMemorySource(bytes), "complete", new AbortController().signal);
    return outcome.kind === "failed" ? outcome.code : "measured";
  };

  for (const [name, bytes] of Object.entries({
    avif: anAvif(),
    ico: anIco(),
    psd: aPsd(),
    jxl: aJxl(),
    tiff: aTiff({ data: 300 }),
  })) {
    it(`passes a whole ${name} and sees that its data break off`, async () => {
      assert.equal(await codeOf(bytes), "measured");
      assert.equal(await codeOf(bytes.subarray(0, -2)), "truncated");
    });
  }

  it("finds the end of an endless AVIF where its item's data end", async () => {
    const dataAt = ftyp("avif").length + locatedMeta(0).length + 8;
    const endless = join(ftyp("avif"), locatedMeta(dataAt), zeros(4), ascii("mdat"), [1, 2, 3]);
    assert.equal(await codeOf(endless), "measured");
    assert.equal(await codeOf(endless.subarray(0, -1)), "truncated");
  });

  it("misses the image data behind the boxes that describe them", async () => {
    assert.equal(await codeOf(anAvif().subarray(0, -11)), "truncated");
  });
});

describe("files that are small and would keep a parser busy for minutes", () => {
  const measurer = createImageMeasurer({ maxPixels: 1e8, maxHeaderBytes: 2 ** 21, decoder: null });
  const MANY = 60_000;

  async function verdictInTime(bytes: Uint8Array): Promise<string> {
    const begun = process.cpuUsage();
    const outcome = await measurer.measure(createMemorySource(bytes), "complete", new AbortController().signal);
    // They take milliseconds of the processor's time, however busy it is with something else.
    assert.ok(process.cpuUsage(begun).user < 10_000_000);
    return outcome.kind === "failed" ? outcome.code : "measured";
  }

  it("end at once: an AVIF of 60,000 items with 65,535 extents of no bytes each", async () => {
    const items = new Uint8Array(6 * MANY).map((_, at) => (at % 6 > 3 ? 0xff : 0));
    const iloc = box("iloc", full([0, 0], u16be(MANY), items));
    const bytes = join(ftyp("avif"), box("meta", meta([ispe(40, 30)]).subarray(8), iloc), box("mdat", [1]));
    assert.equal(await verdictInTime(bytes), "measured");
  });

  it("end at once: a TIFF whose 60,000 entries name the same 100,000 strips", async () => {
    const entry = (tag: number, count: number, value: number) => [
      ...u16le(tag),
      4,
      0,
      ...u32le(count),
      ...u32le(value),
    ];
    const strips = new Array<number[]>(MANY).fill(entry(273, 100_000, 8));
    const entries = [entry(256, 1, 40), entry(257, 1, 30), ...strips, entry(279, 1, 1)];
    const bytes = join(ascii("II"), [42, 0], u32le(8), u16le(entries.length), entries.flat(), zeros(4));
    assert.equal(await verdictInTime(bytes), "truncated");
  });

  it("end at once: an AVIF with two million boxes that say nothing", async () => {
    const empty = box("free");
    const boxes = new Uint8Array(2_000_000 * empty.length).map((_, at) => empty[at % empty.length] ?? 0);
    assert.equal(await verdictInTime(join(ftyp("avif"), box("meta", full(boxes)))), "corrupt");
  });
});
