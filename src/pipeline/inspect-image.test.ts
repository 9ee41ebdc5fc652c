import assert from "node:assert/strict";
import { describe, it } from "node:test";
import sharp from "sharp";
import { aPng } from "../testing/image-bytes.ts";
import { createMemorySource } from "../testing/memory-source.ts";
import { createImageInspector } from "./inspect-image.ts";
import { createDecoder } from "./measure/decode-pool.ts";

const never = new AbortController().signal;

const photo = () => sharp({ create: { width: 40, height: 30, channels: 3, background: "#888" } });

describe("an inspection", () => {
  it("of the beginning of a photo that says nothing of itself asks no decoding process", async () => {
    const inspect = createImageInspector({ inspect: () => assert.fail("there is nothing to be read") });
    for (const bytes of [aPng(), await photo().jpeg().toBuffer(), await photo().webp().toBuffer()]) {
      const seen = await inspect(createMemorySource(bytes), "quick", never);
      const nothing = {
        exif: { taken: null, place: null, software: null },
        fingerprint: null,
        unseen: null,
        edited: null,
      };
      assert.partialDeepStrictEqual(seen, { kind: "inspected", inspection: nothing });
    }
  });

  it("of the beginning of a photo with EXIF or XMP, in whatever format, asks for it", async () => {
    const exif = { IFD0: { Software: "GIMP 2.10" } };
    const xmp =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta>";
    const files = await Promise.all([
      ...(["jpeg", "png", "webp", "tiff", "avif"] as const).map((format) =>
        photo().withExif(exif).toFormat(format).toBuffer(),
      ),
      ...(["jpeg", "png", "webp"] as const).map((format) => photo().withXmp(xmp).toFormat(format).toBuffer()),
      photo().tiff().toBuffer(),
    ]);
    let asked = 0;
    const broken = { kind: "broken", detail: "a test" } as const;
    const inspect = createImageInspector({
      async inspect() {
        asked += 1;
        return broken;
      },
    });
    for (const bytes of files) await inspect(createMemorySource(bytes), "quick", never);
    assert.equal(asked, files.length);
  });

  it("that no process can be had for says so and fails no image", async (t) => {
    const decoder = createDecoder({ maxPixels: 1e9, entry: new URL("./no-such-child.ts", import.meta.url) });
    t.after(() => decoder.close());
    const inspect = createImageInspector(decoder);
    assert.deepEqual(await inspect(createMemorySource(aPng()), "full", never), {
      kind: "not-inspected",
      why: "the decoding process could not start; is sharp installed for this platform?",
    });
  });
});
