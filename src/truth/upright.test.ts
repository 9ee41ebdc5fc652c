/** What an upright picture is, sharp knows. */
import assert from "node:assert/strict";
import { it } from "node:test";
import sharp from "sharp";
import { upright } from "./upright.ts";

const PICTURE = { width: 3, height: 2, pixels: Uint8Array.of(10, 60, 110, 160, 210, 255) };

for (let orientation = 0; orientation <= 9; orientation++) {
  it(`a picture of orientation ${orientation} is turned as sharp turns it`, async () => {
    const file = await sharp(PICTURE.pixels, { raw: { width: 3, height: 2, channels: 1 } })
      .tiff({ compression: "none" })
      .withMetadata(orientation >= 1 && orientation <= 8 ? { orientation } : {})
      .toBuffer();
    const { data, info } = await sharp(file).rotate().toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual(upright(PICTURE, orientation), {
      width: info.width,
      height: info.height,
      pixels: new Uint8Array(data),
    });
  });
}
