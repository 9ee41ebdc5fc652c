import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aPng } from "../testing/image-bytes.ts";
import { createMemorySource } from "../testing/memory-source.ts";
import { createImageInspector } from "./inspect-image.ts";
import { createDecoder } from "./measure/decode-pool.ts";

const never = new AbortController().signal;

describe("an inspection", () => {
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
