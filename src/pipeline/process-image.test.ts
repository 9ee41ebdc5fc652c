import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ImageFault } from "../domain/error-codes.ts";
import type { ImageOutcome } from "../domain/image.ts";
import { startFetching } from "../testing/image-fetching.ts";
import { type Route, startImageHost } from "../testing/image-host.ts";
import { createMemorySource } from "../testing/memory-source.ts";
import { createHostLines } from "./host-lines.ts";
import { createImageMeasurer } from "./measure/measure-image.ts";
import { createImageProcessor } from "./process-image.ts";

const never = new AbortController().signal;
const ORDER = { url: "http://photos.example/1.png", lane: "1", integrity: "complete" } as const;
const MEASURED: ImageOutcome = { kind: "measured", format: "png", width: 3, height: 4, bytes: 10 };

/** A processor whose parts work, save for those that the test gives. */
function setup(parts: { measure?: () => Promise<ImageOutcome>; gpu?: () => Promise<void> } = {}) {
  const bugs: unknown[] = [];
  const sent: ImageOutcome[] = [];
  const hostLines = createHostLines(1);
  const processImage = createImageProcessor({
    hostLines,
    openImage: () => ({ ...createMemorySource(new Uint8Array(0)), attempts: () => 2, release: () => {} }),
    measure: parts.measure ?? (async () => MEASURED),
    gpu: {
      process: async (image) => {
        sent.push(image);
        await parts.gpu?.();
      },
    },
    onBug: (error) => bugs.push(error),
  });
  return { processImage, bugs, sent, hostLines };
}

describe("the processing of one image", () => {
  it("measures it, passes it through the GPU and tells the attempts", async () => {
    const { processImage, sent } = setup();
    assert.deepEqual(await processImage(ORDER, never), { outcome: MEASURED, attempts: 2 });
    assert.deepEqual(sent, [MEASURED]);
  });

  it("makes a fault of fetching, measuring or the GPU an outcome with its cause", async () => {
    const fault = () => Promise.reject(new ImageFault("timeout", "no answer within 5 s"));
    for (const parts of [{ measure: fault }, { gpu: fault }]) {
      const { outcome } = await setup(parts).processImage(ORDER, never);
      assert.deepEqual(outcome, { kind: "failed", code: "timeout", detail: "no answer within 5 s" });
    }
  });

  it("sends no failed image to the GPU", async () => {
    const failed: ImageOutcome = { kind: "failed", code: "corrupt", detail: "its data contradict themselves" };
    const { processImage, sent } = setup({ measure: async () => failed });
    assert.deepEqual(await processImage(ORDER, never), { outcome: failed, attempts: 2 });
    assert.deepEqual(sent, []);
  });

  it("makes a bug an internal failure, without its text, and reports it", async () => {
    const { processImage, bugs } = setup({ measure: () => Promise.reject(new TypeError("x is not a function")) });
    const { outcome } = await processImage(ORDER, never);
    assert.deepEqual([outcome.kind === "failed" && outcome.code, bugs.length], ["internal", 1]);
    assert.doesNotMatch(JSON.stringify(outcome), /not a function/);
  });

  it("passes an abort on and frees the host's line", async () => {
    const aborting = new AbortController();
    const { processImage, hostLines } = setup({
      measure: async () => {
        aborting.abort();
        throw new ImageFault("timeout", "cut short");
      },
    });
    await assert.rejects(processImage(ORDER, aborting.signal), { name: "AbortError" });
    assert.equal(hostLines.size, 0);
  });

  it("frees the host's line before the GPU's wait", async () => {
    const waits = Promise.withResolvers<void>();
    const inGpu = Promise.withResolvers<void>();
    const { processImage, hostLines } = setup({
      gpu: () => {
        inGpu.resolve();
        return waits.promise;
      },
    });
    const processed = processImage(ORDER, never);
    await inGpu.promise;
    assert.equal(hostLines.size, 0);
    waits.resolve();
    await processed;
  });
});

describe("what a host says of itself, in an outcome's detail", () => {
  const PART = "HTTP/1.1 206 Partial Content\r\ncontent-length: 9\r\n";
  for (const [header, text] of [
    ["Content-Encoding", "HTTP/1.1 200 OK\r\ncontent-encoding: \u009b31mgz\r\ncontent-length: 9\r\n\r\nGIF89a..."],
    ["Content-Range", `${PART}content-range: bytes \u009b31m\u0085\r\n\r\nGIF89a...`],
  ] as const) {
    it(`has a mark in the place of each control character of its ${header}`, async () => {
      const detail = await detailOf({ kind: "raw", text });
      assert.match(detail, /\ufffd31m/);
      assert.doesNotMatch(detail, /\p{Cc}/u);
    });
  }

  it("is clean though it was found by measuring", async () => {
    const detail = "of brand \u0000\u202egpj";
    const { processImage } = setup({ measure: async () => ({ kind: "failed", code: "corrupt", detail }) });
    const { outcome } = await processImage(ORDER, never);
    assert.equal(outcome.kind === "failed" && outcome.detail, "of brand \ufffd\ufffdgpj");
  });

  it("is 500 characters long at most", async () => {
    const long = new ImageFault("tls_failed", "x".repeat(9_000));
    const { outcome } = await setup({ measure: () => Promise.reject(long) }).processImage(ORDER, never);
    assert.equal(outcome.kind === "failed" && outcome.detail.length, 500);
  });
});

/** The detail that a route on a real host ends with, all the way from the socket. */
async function detailOf(route: Route): Promise<string> {
  const host = await startImageHost({ "/a": route });
  const fetching = startFetching();
  const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: null });
  const processImage = createImageProcessor({
    hostLines: createHostLines(1),
    openImage: fetching.open,
    measure: measurer.measure,
    gpu: { process: async () => {} },
    onBug: (error) => assert.fail(String(error)),
  });
  const { outcome } = await processImage({ ...ORDER, url: host.url("/a") }, never);
  await fetching.close();
  await host.close();
  return outcome.kind === "failed" ? outcome.detail : "";
}
