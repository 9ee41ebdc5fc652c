/** The decoding process looks at photos: what it says is small, and no photo makes it fail. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { jxl } from "icodec/node";
import sharp from "sharp";
import { aShelf, mirrored, turned } from "../../testing/grey-pictures.ts";
import { aBmp, aJpeg, aPng } from "../../testing/image-bytes.ts";
import { aHeic } from "../../testing/rare-image-bytes.ts";
import type { GreyPicture } from "../../truth/grey-picture.ts";
import type { Inspection } from "../../truth/inspection.ts";
import { sketchOf } from "../../truth/sketch.ts";
import { createDecoder } from "./decode-pool.ts";

const CASES = new URL("../../../../shared/decode-cases/", import.meta.url);
const UNKNOWN_HEIC = "no decoder here reads a HEIC of this kind";
const NOTHING_SEEN = { fingerprint: null, quality: null, restsOn: null, edited: null } as const;
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

  it("reads JPEG XL", async () => {
    const data = await photoOf(aShelf(1)).toColourspace("srgb").ensureAlpha().raw().toBuffer();
    await jxl.loadEncoder();
    const photo = jxl.encode({ data: new Uint8ClampedArray(data), width: 320, height: 240, depth: 8 });
    const { fingerprint, unseen } = await inspected(photo);
    assert.ok(fingerprint && differenceOf(fingerprint.sketch, sketchOf(aShelf(1))) < 6);
    assert.equal(unseen, null);
    assert.equal((await decoder.thumbnail(photo, 64, never)).kind, "picture");
    assert.equal(
      (await inspected(photo.subarray(0, photo.length / 2))).unseen,
      "its pixel data break off or are damaged",
    );
  });

  it("reads the pictures of HEICs, and of none but the primary one", { skip: !existsSync(CASES) }, async () => {
    const damaged = readFileSync(new URL("dmg_zero.heic", CASES));
    assert.partialDeepStrictEqual(await inspected(damaged), { unseen: null, restsOn: "picture" });
    assert.equal((await decoder.thumbnail(damaged, 64, never)).kind, "picture");
    const ofChanges = readFileSync(new URL("C044.heic", CASES));
    assert.partialDeepStrictEqual(await inspected(ofChanges), { unseen: UNKNOWN_HEIC, fingerprint: null });
    assert.deepEqual(await decoder.thumbnail(ofChanges, 64, never), { kind: "broken", detail: UNKNOWN_HEIC });
  });

  it("gives time, place and camera of a HEIC whose pixels no decoder reads, and says so", async () => {
    const jpeg = await photoOf(aShelf(1))
      .jpeg()
      .withExif({
        IFD0: { Make: "Test", Model: "Phone" },
        IFD2: { DateTimeOriginal: "2026:03:02 10:12:00", OffsetTimeOriginal: "+05:30" },
        IFD3: {
          GPSLatitudeRef: "N",
          GPSLatitude: "18/1 30/1 0/1",
          GPSLongitudeRef: "E",
          GPSLongitude: "73/1 51/1 0/1",
        },
      })
      .toBuffer();
    const { exif: block } = await sharp(jpeg).metadata();
    assert.ok(block);
    const { exif, unseen, quality } = await inspected(aHeic(block.subarray("Exif\0\0".length)));
    assert.partialDeepStrictEqual(exif, { camera: "Test Phone", place: { latitude: 18.5, longitude: 73.85 } });
    assert.partialDeepStrictEqual(exif.taken, { offsetMinutes: 330 });
    assert.deepEqual({ unseen, quality }, { unseen: UNKNOWN_HEIC, quality: null });
  });

  for (const [name, bytes, why] of [
    ["a BMP", aBmp(), "no decoder here reads BMP"],
    ["a PNG without pixels", aPng().subarray(0, 40), "its pixel data are damaged or missing"],
  ] as const) {
    it(`goes on without the pixels of ${name}, and says why`, async () => {
      assert.partialDeepStrictEqual(await inspected(bytes), { ...NOTHING_SEEN, unseen: why });
    });
  }

  it("says nothing of pixels that nobody asked for", async () => {
    const photo = await photoOf(aShelf(1)).jpeg().toBuffer();
    assert.partialDeepStrictEqual(await inspected(photo, false), { ...NOTHING_SEEN, unseen: null });
  });

  it("says nothing about the re-use of a photo that shows nothing", async () => {
    const plain = await sharp({ create: { width: 300, height: 200, channels: 3, background: "#777" } })
      .png()
      .toBuffer();
    assert.partialDeepStrictEqual(await inspected(plain), { fingerprint: null, restsOn: null });
  });

  it("is of the embedded thumbnail where nobody asked for pixels, upright as the photo is shown", async () => {
    const small = await photoOf(aShelf(1, 160, 120))
      .toColourspace("srgb")
      .jpeg()
      .toBuffer();
    const { fingerprint, restsOn } = await inspected(aJpeg({ thumbnail: small }), false);
    assert.ok(fingerprint && differenceOf(fingerprint.sketch, sketchOf(aShelf(1, 160, 120))) < 3);
    assert.equal(restsOn, "thumbnail");
    const { fingerprint: lying } = await inspected(aJpeg({ thumbnail: small, orientation: 6 }), false);
    assert.ok(lying && differenceOf(lying.sketch, sketchOf(turned(aShelf(1, 160, 120)))) < 3);
  });

  it("goes on with damaged thumbnails, however many there are, and sees what is there of one that breaks off", async () => {
    const small = await photoOf(aShelf(1, 160, 120))
      .jpeg()
      .toBuffer();
    const tables = small.indexOf(Buffer.of(0xff, 0xdb));
    const without = Buffer.concat([
      small.subarray(0, tables),
      small.subarray(tables + 2 + small.readUInt16BE(tables + 2)),
    ]);
    for (let photo = 0; photo < 20; photo++) {
      assert.equal((await inspected(aJpeg({ thumbnail: without }), false)).fingerprint, null);
      assert.ok((await inspected(aJpeg({ thumbnail: small }), false)).fingerprint);
    }
    const broken = await inspected(aJpeg({ thumbnail: small.subarray(0, small.length * 0.7) }), false);
    assert.ok(broken.fingerprint && differenceOf(broken.fingerprint.sketch, sketchOf(aShelf(1, 160, 120))) < 40);
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
