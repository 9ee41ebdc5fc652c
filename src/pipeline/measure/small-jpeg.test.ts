/** What is seen of a small JPEG is what sharp sees, to a level of grey in a few pixels; what is sharp's is left to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import sharp, { type Sharp } from "sharp";
import { smallJpeg } from "./small-jpeg.ts";

const SIZE = { width: 160, height: 120 };

/** Every shade of every hue, and lines across it. */
function colours({ width, height } = SIZE): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    pixels.set([(x * 5) % 256, (y * 7) % 256, (x * y) % 256], i * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const FILES: Readonly<Record<string, () => Promise<Buffer>>> = {
  "of coarse colours": () => colours().jpeg({ chromaSubsampling: "4:2:0" }).toBuffer(),
  "of fine colours": () => colours().jpeg({ chromaSubsampling: "4:4:4", quality: 95 }).toBuffer(),
  "in grey": () => colours().toColourspace("b-w").jpeg().toBuffer(),
  "of odd sides": () => colours({ width: 97, height: 61 }).jpeg().toBuffer(),
  "as large as it may be": () => colours({ width: 320, height: 320 }).jpeg().toBuffer(),
  "that breaks off": async () => (await colours().jpeg().toBuffer()).subarray(0, 3_000),
};

const LEFT: Readonly<Record<string, () => Promise<Buffer>>> = {
  "that is progressive": () => colours().jpeg({ progressive: true }).toBuffer(),
  "that is larger": () => colours({ width: 321, height: 40 }).jpeg().toBuffer(),
  "that is turned": () => colours().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  "of other colours": () => colours().jpeg().withIccProfile("p3").toBuffer(),
  "for print": () => colours().toColourspace("cmyk").jpeg().toBuffer(),
  "that is none": () => colours().png().toBuffer(),
  "that is cut before its pixels": async () => (await colours().jpeg().toBuffer()).subarray(0, 200),
};

describe("a small JPEG", () => {
  for (const [name, file] of Object.entries(FILES)) {
    it(`${name} is seen as sharp sees it`, async () => {
      const bytes = await file();
      const seen = await smallJpeg(bytes);
      const { data, info } = await sharp(bytes, { failOn: "none" })
        .toColourspace("b-w")
        .raw()
        .toBuffer({ resolveWithObject: true });
      assert.deepEqual([seen?.width, seen?.height, info.channels], [info.width, info.height, 1]);
      const differences = Array.from(data, (value, i) => Math.abs(value - (seen?.pixels[i] ?? 0)));
      assert.ok(Math.max(...differences) <= 1);
      assert.ok(differences.filter((difference) => difference > 0).length < data.length * 0.02);
    });
  }

  for (const [name, file] of Object.entries(LEFT)) {
    it(`${name} is left to sharp`, async () => assert.equal(await smallJpeg(await file()), null));
  }
});
