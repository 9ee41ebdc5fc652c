/** A photo's own facts are read from its first bytes, and never another photo's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import sharp, { type Exif } from "sharp";
import { aJpeg } from "../testing/image-bytes.ts";
import { editorNamedIn } from "./editors.ts";
import { NO_EXIF, readExif } from "./exif.ts";

const aPhoto = (exif: Exif) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: "#864" } })
    .jpeg()
    .withExif(exif)
    .toBuffer();

describe("EXIF", () => {
  it("gives time with its offset, place, program and camera", async () => {
    const photo = await aPhoto({
      IFD0: { Make: "Acme", Model: "Phone 1", Software: "Snapseed 2.0" },
      IFD2: { DateTimeOriginal: "2026:03:06 10:12:00", OffsetTimeOriginal: "+05:30" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "27/1 6/1 0/1",
        GPSLongitudeRef: "W",
        GPSLongitude: "83/1 30/1 0/1",
        GPSDateStamp: "2026:03:06",
        GPSTimeStamp: "4/1 42/1 7/1",
      },
    });
    assert.deepEqual(await readExif(photo), {
      taken: { clockSeconds: Date.UTC(2026, 2, 6, 10, 12) / 1000, offsetMinutes: 330 },
      gpsSeconds: Date.UTC(2026, 2, 6, 4, 42, 7) / 1000,
      place: { latitude: 27.1, longitude: -83.5 },
      software: "Snapseed 2.0",
      camera: "Acme Phone 1",
      orientation: 1,
      thumbnail: null,
    });
  });

  it("takes no offset from another time: who changed a photo later says where that was", async () => {
    const takenAt = async (ifd0: Record<string, string>, ifd2: Record<string, string>) =>
      (await readExif(await aPhoto({ IFD0: ifd0, IFD2: ifd2 }))).taken?.offsetMinutes;
    const taken = { DateTimeOriginal: "2026:03:06 10:12:00" };
    const offset = { OffsetTime: "-08:00" };
    assert.equal(await takenAt({ DateTime: "2026:03:09 17:00:00" }, { ...taken, ...offset }), null);
    assert.equal(await takenAt({ DateTime: "2026:03:06 10:12:00" }, { ...taken, ...offset }), -480);
    assert.equal(await takenAt({}, { ...taken, ...offset }), -480);
    const digitized = { DateTimeDigitized: "2026:03:09 17:00:00", OffsetTimeDigitized: "-08:00" };
    assert.equal(await takenAt({}, { ...taken, ...digitized }), null);
    assert.equal(await takenAt({}, digitized), -480);
    assert.equal(await takenAt({}, { ...taken, ...digitized, OffsetTimeOriginal: "+05:30" }), 330);
  });

  it("says how the photo lies, and nothing that is no such number", async () => {
    const { orientation } = await readExif(aJpeg({ orientation: 6 }));
    assert.equal(orientation, 6);
    assert.equal((await readExif(aJpeg({ orientation: 66 }))).orientation, 1);
  });

  it("gives nothing where nothing is, or nothing can be read", async () => {
    assert.deepEqual(await readExif(await aPhoto({})), NO_EXIF);
    assert.deepEqual(await readExif(new Uint8Array(0)), NO_EXIF);
    assert.deepEqual(await readExif(new TextEncoder().encode("no photo at all")), NO_EXIF);
  });

  it("is read from these bytes alone, though a small Buffer shares its memory with others", async () => {
    const photo = await aPhoto({ IFD0: { Software: "GIMP 2.10" } });
    const shared = Buffer.concat([photo, await aPhoto({})]);
    assert.equal((await readExif(shared.subarray(photo.length))).software, null);
    assert.equal((await readExif(shared.subarray(0, photo.length))).software, "GIMP 2.10");
  });

  it("is cut anywhere without harm", async () => {
    const photo = await aPhoto({ IFD2: { DateTimeOriginal: "2026:03:06 10:12:00" } });
    for (let length = 0; length < photo.length; length += 7) await readExif(photo.subarray(0, length));
  });
});

describe("the name of a program", () => {
  it("tells an editor from a phone's firmware", () => {
    assert.equal(editorNamedIn("Adobe Photoshop 25.4 (Windows)"), "Adobe Photoshop");
    for (const firmware of [
      "17.4.1",
      "HDR+ 1.0.220",
      "ELE-L29 10.1.0.150(C431E19R2P5)",
      "G991BXXU5DVHA",
      "Instagram",
    ]) {
      assert.equal(editorNamedIn(firmware), null, firmware);
    }
  });
});
