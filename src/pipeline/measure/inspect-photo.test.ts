/** The decoding process looks at photos: what it says is small, and no photo makes it fail. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import sharp from "sharp";
import { aShelf, mirrored } from "../../testing/grey-pictures.ts";
import { aBmp } from "../../testing/image-bytes.ts";
import type { GreyPicture } from "../../truth/grey-picture.ts";
import type { Inspection } from "../../truth/inspection.ts";
import { sketchOf } from "../../truth/sketch.ts";
import { createDecoder } from "./decode-pool.ts";

const never = new AbortController().signal;
const decoder = createDecoder({ maxPixels: 1e9 });
after(() => decoder.close());

const photoOf = ({ width, height, pixels }: GreyPicture) => sharp(pixels, { raw: { width, height, channels: 1 } });

async function inspected(bytes: Uint8Array, withPixels = true): Promise<Inspection> {
  const seen = await decoder.inspect(bytes, withPixels, never);
  assert.ok(seen.kind === "inspected", JSON.stringify(seen));
  return seen.inspection;
}

/** Mean difference of grey values, 0 to 255. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

describe("the inspection of a photo", () => {
  it("gives its sketch, its quality and its EXIF", async () => {
    const photo = await photoOf(aShelf(1))
      .jpeg()
      .withExif({ IFD0: { Software: "GIMP 2.10" } })
      .toBuffer();
    const { fingerprint, quality, restsOn, exif, edited } = await inspected(photo);
    assert.ok(fingerprint && differenceOf(fingerprint.sketch, sketchOf(aShelf(1))) < 2);
    assert.ok(quality && quality.sharpness > 0.02);
    assert.equal(restsOn, "picture");
    assert.equal(exif.software, "GIMP 2.10");
    assert.equal(edited, "saved by GIMP (GIMP 2.10)");
  });

  it("sees the photo upright, whatever way it lies in the file", async () => {
    const upright = await photoOf(aShelf(1)).jpeg({ quality: 95 }).toBuffer();
    const lying = await sharp(await sharp(upright).rotate(90).toBuffer())
      .withMetadata({ orientation: 8 })
      .toBuffer();
    const sketches = await Promise.all(
      [upright, lying].map(async (bytes) => (await inspected(bytes)).fingerprint?.sketch),
    );
    const [first, second] = sketches;
    assert.ok(first && second && differenceOf(first, second) < 3);
  });

  for (const format of ["png", "webp", "tiff", "avif", "gif"] as const) {
    it(`reads ${format}, in colour, grey, with alpha or with 16 bits`, async () => {
      const kinds = [
        photoOf(aShelf(1)),
        photoOf(aShelf(1)).toColourspace("srgb"),
        photoOf(aShelf(1)).toColourspace("srgb").ensureAlpha(),
        photoOf(aShelf(1)).toColourspace("grey16"),
      ];
      for (const kind of kinds) {
        const { fingerprint } = await inspected(await kind.toFormat(format).toBuffer());
        assert.ok(fingerprint && differenceOf(fingerprint.sketch, sketchOf(aShelf(1))) < 6);
      }
    });
  }

  it("goes on without pixels where no decoder reads them, or nobody asked", async () => {
    const photo = await photoOf(aShelf(1)).jpeg().toBuffer();
    for (const seen of [await inspected(aBmp()), await inspected(photo, false)]) {
      assert.partialDeepStrictEqual(seen, { fingerprint: null, quality: null, restsOn: null, edited: null });
    }
  });

  it("says nothing about the re-use of a photo that shows nothing", async () => {
    const plain = await sharp({ create: { width: 300, height: 200, channels: 3, background: "#777" } })
      .png()
      .toBuffer();
    assert.partialDeepStrictEqual(await inspected(plain), { fingerprint: null, restsOn: null });
  });

  it("is fooled by no mirror: another picture has another sketch", async () => {
    const { fingerprint } = await inspected(
      await photoOf(mirrored(aShelf(1)))
        .jpeg()
        .toBuffer(),
    );
    assert.ok(fingerprint && differenceOf(fingerprint.sketch, sketchOf(aShelf(1))) > 20);
  });
});
