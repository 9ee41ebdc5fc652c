/** What `decode` proves of each format: damage is found, slips of writers are not damage, and what no decoder reads is said to be so. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { jxl } from "icodec/node";
import sharp from "sharp";
import { aBmp } from "../../testing/image-bytes.ts";
import { createMemorySource } from "../../testing/memory-source.ts";
import { anIco, aPsd } from "../../testing/rare-image-bytes.ts";
import { createDecoder } from "./decode-pool.ts";
import { createImageMeasurer } from "./measure-image.ts";

const CASES = new URL("../../../../shared/decode-cases/", import.meta.url);
const DAMAGED = { kind: "failed", code: "corrupt" } as const;
const DECODED = { kind: "measured", integrity: "decode", notDecoded: null } as const;
const never = new AbortController().signal;

const measurer = createImageMeasurer({
  maxPixels: 1e8,
  maxHeaderBytes: 2 ** 21,
  decoder: createDecoder({ maxPixels: 1e8, timeLimitMs: 300_000 }),
});
after(() => measurer.close());
const outcomeOf = (bytes: Uint8Array) => measurer.measure(createMemorySource(bytes), "decode", never);

const SIDE = 320;
const noise = () =>
  sharp({
    create: {
      width: SIDE,
      height: SIDE,
      channels: 3,
      background: "grey",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });

/** A tenth of the bytes, in the middle. */
function zeroed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes).fill(0, Math.floor(bytes.length * 0.5), Math.floor(bytes.length * 0.6));
}

async function pixels() {
  const data = await noise().ensureAlpha().raw().toBuffer();
  return { data: new Uint8ClampedArray(data), width: SIDE, height: SIDE, depth: 8 };
}

describe("decode", () => {
  for (const progressive of [false, true]) {
    it(`finds a tenth of a ${progressive ? "progressive" : "sequential"} JPEG zeroed`, async () => {
      const jpeg = await noise().jpeg({ progressive }).toBuffer();
      assert.partialDeepStrictEqual(await outcomeOf(jpeg), DECODED);
      assert.partialDeepStrictEqual(await outcomeOf(zeroed(jpeg)), DAMAGED);
    });
  }

  it("passes a plain JPEG, whose scan is nothing but zeros", async () => {
    const plain = await sharp({ create: { width: 2_000, height: 2_000, channels: 3, background: "#808080" } })
      .jpeg({ optimiseCoding: true })
      .toBuffer();
    assert.partialDeepStrictEqual(await outcomeOf(plain), DECODED);
  });

  it("passes a sequential JPEG whose scan says no more than its first coefficient", async () => {
    const jpeg = await noise().jpeg().toBuffer();
    const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
    jpeg[scan + 2 + jpeg.readUInt16BE(scan + 2) - 2] = 0;
    assert.partialDeepStrictEqual(await outcomeOf(jpeg), DECODED);
  });

  it("passes a progressive JPEG with zeros between two scans", async () => {
    const jpeg = await noise().jpeg({ progressive: true }).toBuffer();
    const second = jpeg.indexOf(Buffer.of(0xff, 0xda), jpeg.indexOf(Buffer.of(0xff, 0xda)) + 2);
    const tables = jpeg.lastIndexOf(Buffer.of(0xff, 0xc4), second);
    const padded = Buffer.concat([jpeg.subarray(0, tables), Buffer.alloc(8), jpeg.subarray(tables)]);
    assert.partialDeepStrictEqual(await outcomeOf(padded), DECODED);
  });

  it("decodes JPEG XL and finds its pixels zeroed or missing", async () => {
    await jxl.loadEncoder();
    const bytes = jxl.encode(await pixels());
    assert.partialDeepStrictEqual(await outcomeOf(bytes), { ...DECODED, format: "jxl", width: SIDE });
    assert.partialDeepStrictEqual(await outcomeOf(zeroed(bytes)), DAMAGED);
    assert.partialDeepStrictEqual(await outcomeOf(bytes.subarray(0, bytes.length / 3)), DAMAGED);
  });

  for (const [name, bytes] of [
    ["BMP", aBmp()],
    ["ICO", anIco()],
    ["PSD", aPsd()],
  ] as const) {
    it(`says that ${name} is not decoded, and what was proven in its place`, async () => {
      const wanted = { kind: "measured", integrity: "complete", notDecoded: `${name} is not decoded here` } as const;
      assert.partialDeepStrictEqual(await outcomeOf(bytes), wanted);
    });
  }

  it("calls a kind of TIFF that no decoder reads by its name, not corrupt", async () => {
    const tiff = await noise().tiff({ compression: "none" }).toBuffer();
    const isLittle = tiff[0] === 0x49;
    const u16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
    const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
    for (let i = 0; i < u16(directory); i++) {
      const entry = directory + 2 + 12 * i;
      // Compression: the JPEG of TIFF 6.0, which nobody should write.
      if (u16(entry) === 259) tiff[entry + (isLittle ? 8 : 9)] = 6;
    }
    const wanted = {
      kind: "measured",
      integrity: "complete",
      notDecoded: "no decoder here reads a TIFF of the old JPEG kind",
    };
    assert.partialDeepStrictEqual(await outcomeOf(tiff), wanted);
  });
});

const NOT_DECODED = { kind: "measured", integrity: "complete" } as const;
const WANTED: Readonly<Record<string, object>> = {
  "whole.jpg": DECODED,
  "zero10.jpg": DAMAGED,
  "dmg_zero.heic": DAMAGED,
  "dmg_cut30.jxl": { ...DAMAGED, detail: "it does not decode: its pixel data break off or are damaged" },
  "grid30.avif": { kind: "measured" },
  "q_sos_se0.jpg": DECODED,
  "q_prog_pad_between_scans.jpg": DECODED,
  "seq.avif": { ...NOT_DECODED, notDecoded: "no decoder here reads an AVIF sequence" },
  "hopper.Lab.tif": { ...NOT_DECODED, notDecoded: "no decoder here reads a TIFF in CIE Lab" },
  "draw_points_idat.avif": { ...DECODED, width: 33, height: 11 },
  "draw_points_idat_metasize0.avif": { ...DECODED, width: 33, height: 11 },
  "C044.heic": { ...NOT_DECODED, width: 1280, height: 720 },
};

describe("decode of files from the field", () => {
  for (const [name, wanted] of Object.entries(WANTED)) {
    const file = new URL(name, CASES);
    it(`judges ${name}`, { skip: existsSync(file) ? false : "the shared decode cases are not here" }, async () => {
      assert.partialDeepStrictEqual(await outcomeOf(readFileSync(file)), wanted);
    });
  }
});
