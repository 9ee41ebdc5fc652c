import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ascii, box, join, u16be, u16le, u32be, u32le, zeros } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { createImageMeasurer } from "./measure-image.ts";
import { type RareFormat, walkRareFormat } from "./rare-formats.ts";

const full = (...data: readonly ArrayLike<number>[]) => join(zeros(4), ...data);
const ftyp = (brand: string) => box("ftyp", ascii(brand), zeros(4), ascii("mif1"));
const ispe = (width: number, height: number) => box("ispe", full(u32be(width), u32be(height)));
const clap = (...numbers: readonly number[]) => box("clap", numbers.flatMap(u32be));

/** A meta box whose item 1 is primary; each item has the properties of the given numbers. */
function meta(properties: readonly Uint8Array[], items: readonly (readonly number[])[] = [[1]]): Uint8Array {
  const associations = items.flatMap((numbers, i) => [...u16be(i + 1), numbers.length, ...numbers]);
  const ipma = box("ipma", full(u32be(items.length), associations));
  return box("meta", full(box("pitm", full(u16be(1))), box("iprp", box("ipco", ...properties), ipma)));
}

/** The same with the place of item 1: three bytes at the offset. */
function locatedMeta(dataAt: number): Uint8Array {
  const iloc = box("iloc", full([0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1], u32be(dataAt), u32be(3)));
  return box("meta", meta([ispe(40, 30)]).subarray(8), iloc);
}

function tiff(options: { width?: number; height?: number; first?: number; isPreview?: boolean; data?: number } = {}) {
  const { width = 40, height = 30, first = 8, isPreview = false, data = 0 } = options;
  const entry = (tag: number, value: number) => [...u16le(tag), 4, 0, 1, 0, 0, 0, ...u32le(value)];
  const entries = [
    entry(254, isPreview ? 1 : 0),
    entry(256, width),
    entry(257, height),
    entry(273, 8),
    entry(279, data),
  ];
  const head = join(ascii("II"), [42, 0], u32le(first), zeros(first - 8));
  return join(head, u16le(entries.length), entries.flat(), zeros(4), zeros(Math.max(0, data - 66)));
}

const ico = join(
  [0, 0, 1, 0, 2, 0],
  [16, 16, 0, 0, ...zeros(4), ...u32le(4), ...u32le(38)],
  [0, 64, 0, 0, ...zeros(4)],
  [...u32le(4), ...u32le(42), ...zeros(8)],
);
const psd = join(
  ascii("8BPS"),
  [0, 1],
  zeros(6),
  u16be(3),
  u32be(30),
  u32be(40),
  u16be(8),
  u16be(3),
  zeros(12),
  [0, 0],
);
const jxlSize = Uint8Array.of(0xff, 0x0a, 0x7f, 0x30, 0x90, 0x14, 0x37, 2, 0, 0x13, 0x88, 2);
const jxl = join(box("JXL ", [0x0d, 0x0a, 0x87, 0x0a]), box("ftyp", ascii("jxl "), zeros(4)), box("jxlc", jxlSize));
const avif = join(ftyp("avif"), meta([ispe(40, 30)]), box("mdat", [1, 2, 3]));

const FILES: readonly (readonly [RareFormat, Uint8Array, string])[] = [
  ["avif", avif, "40x30"],
  ["heic", join(ftyp("heic"), box("mdat", [1, 2, 3]), meta([ispe(40, 30)])), "40x30"],
  ["tiff", tiff(), "40x30"],
  ["tiff", tiff({ first: 500 }), "40x30"],
  ["ico", ico, "256x64"],
  ["psd", psd, "40x30"],
  ["jxl", jxlSize, "256x256"],
  ["jxl", jxl, "256x256"],
];

const said = (format: RareFormat, bytes: Uint8Array, isWhole = true) => {
  const answer = walkRareFormat(format, bytes, isWhole);
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
        const answer = walkRareFormat(format, behind, false);
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

  it("refuses a TIFF that begins with a preview", () => {
    assert.equal(said("tiff", tiff({ isPreview: true })), "unsupported_format");
  });

  it("asks for the directory of a TIFF wherever it lies", () => {
    assert.deepEqual(walkRareFormat("tiff", tiff({ first: 900_000 }).subarray(0, 100), false), {
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

  for (const [name, bytes] of Object.entries({ avif, ico, psd, jxl, tiff: tiff({ data: 300 }) })) {
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
    assert.equal(await codeOf(avif.subarray(0, -11)), "truncated");
  });
});
