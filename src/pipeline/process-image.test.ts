import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AccessTable, NO_ACCESS } from "../domain/access-table.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { ImageOutcome } from "../domain/image.ts";
import { accessTo } from "../testing/guarded-host.ts";
import { startFetching } from "../testing/image-fetching.ts";
import { type Route, startImageHost } from "../testing/image-host.ts";
import { createMemorySource } from "../testing/memory-source.ts";
import { createFileRoom } from "./file-room.ts";
import type { InspectImage } from "./inspect-image.ts";
import { createImageMeasurer } from "./measure/measure-image.ts";
import { createImageProcessor, type Measure } from "./process-image.ts";
import { createStageCells, readStageCells } from "./stage-cells.ts";
import { createStageTimes } from "./stage-times.ts";

const never = new AbortController().signal;
const ORDER = {
  url: "http://photos.example/1.png",
  lane: "1",
  access: () => NO_ACCESS,
  integrity: "complete",
  inspect: "off",
  leaveLine: () => {},
} as const;
const MEASURED: ImageOutcome = { kind: "measured", format: "png", width: 3, height: 4, bytes: 10 };

/** A processor whose parts work, save for those that the test gives. */
function setup(
  parts: { measure?: Measure; inspect?: InspectImage; gpu?: () => Promise<void>; now?: () => number } = {},
) {
  const cells = createStageCells(4);
  const bugs: unknown[] = [];
  const sent: ImageOutcome[] = [];
  const processImage = createImageProcessor({
    openImage: () => ({ ...createMemorySource(new Uint8Array(0)), attempts: () => 2, release: () => {} }),
    measure: parts.measure ?? (async () => MEASURED),
    inspect: parts.inspect ?? (async () => assert.fail("nobody asked for an inspection")),
    room: createFileRoom(1e9),
    gpu: {
      process: async (image) => {
        sent.push(image);
        await parts.gpu?.();
      },
    },
    times: createStageTimes({ cells, now: parts.now ?? (() => 0) }),
    onBug: (error) => bugs.push(error),
  });
  return { processImage, bugs, sent, reading: () => readStageCells([cells]) };
}

describe("the processing of one image", () => {
  it("measures it, passes it through the GPU and tells the attempts", async () => {
    const { processImage, sent } = setup();
    const { fetchMs, ...processed } = await processImage(ORDER, never);
    assert.deepEqual(processed, { outcome: MEASURED, inspected: null, attempts: 2 });
    assert.ok(fetchMs !== null && fetchMs >= 0 && fetchMs < 60_000);
    assert.deepEqual(sent, [MEASURED]);
  });

  it("makes a fault of fetching, measuring or the GPU an outcome with its cause", async () => {
    const fault = () => Promise.reject(new ImageFault("timeout", "no answer within 5 s"));
    for (const parts of [{ measure: fault }, { gpu: fault }]) {
      const { outcome } = await setup(parts).processImage(ORDER, never);
      assert.deepEqual(outcome, { kind: "failed", code: "timeout", detail: "no answer within 5 s" });
    }
  });

  it("inspects what was measured when asked, before its bytes are released, and never what failed", async () => {
    const asked: string[] = [];
    const inspected = { kind: "not-inspected", why: "a test" } as const;
    const inspect: InspectImage = async (_, level) => {
      asked.push(level);
      return inspected;
    };
    const good = await setup({ inspect }).processImage({ ...ORDER, inspect: "full" }, never);
    assert.deepEqual({ inspected: good.inspected, outcome: good.outcome }, { inspected, outcome: MEASURED });
    const failed: ImageOutcome = { kind: "failed", code: "corrupt", detail: "broken" };
    const bad = await setup({ inspect, measure: async () => failed }).processImage(
      { ...ORDER, inspect: "quick" },
      never,
    );
    assert.equal(bad.inspected, null);
    assert.deepEqual(asked, ["full"]);
  });

  it("sends no failed image to the GPU", async () => {
    const failed: ImageOutcome = { kind: "failed", code: "corrupt", detail: "its data contradict themselves" };
    const { processImage, sent } = setup({ measure: async () => failed });
    const { fetchMs: _, ...processed } = await processImage(ORDER, never);
    assert.deepEqual(processed, { outcome: failed, inspected: null, attempts: 2 });
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
    let left = 0;
    const leaveLine = () => {
      left += 1;
    };
    const { processImage } = setup({
      measure: async () => {
        aborting.abort();
        throw new ImageFault("timeout", "cut short");
      },
    });
    await assert.rejects(processImage({ ...ORDER, leaveLine }, aborting.signal), { name: "AbortError" });
    assert.equal(left, 1);
  });

  it("frees the host's line before the GPU's wait", async () => {
    const waits = Promise.withResolvers<void>();
    const inGpu = Promise.withResolvers<void>();
    let left = 0;
    const leaveLine = () => {
      left += 1;
    };
    const { processImage } = setup({
      gpu: () => {
        inGpu.resolve();
        return waits.promise;
      },
    });
    const processed = processImage({ ...ORDER, leaveLine }, never);
    await inGpu.promise;
    assert.equal(left, 1);
    waits.resolve();
    await processed;
  });

  it("times each stage that the image was in, with its way back to fetching", async () => {
    let at = 0;
    const spend = (ms: number) => {
      at += ms;
    };
    const { processImage, reading } = setup({
      now: () => at,
      measure: async (source) => {
        const beginning = source.prefix(1);
        spend(2_000);
        await beginning;
        spend(10);
        const end = source.tail(1);
        spend(1_000);
        await end;
        return MEASURED;
      },
      gpu: async () => spend(300),
    });
    await processImage(ORDER, never);
    const { fetch, measure, gpu, total } = reading().times;
    assert.deepEqual([fetch.seconds, measure.seconds, gpu.seconds, total.seconds], [3, 0.01, 0.3, 3.31]);
  });

  it("knows in which stage an image is, and that it is in none after its end, its failure or its abort", async () => {
    for (const ending of ["end", "failure", "abort"] as const) {
      const aborting = new AbortController();
      const seen: unknown[] = [];
      const { processImage, reading } = setup({
        measure: async (source) => {
          const bytes = source.prefix(1);
          seen.push(reading().inFlight);
          await bytes;
          seen.push(reading().inFlight);
          return MEASURED;
        },
        gpu: async () => {
          seen.push(reading().inFlight);
          if (ending === "abort") aborting.abort();
          if (ending !== "end") throw new ImageFault("timeout", "too slow");
        },
      });
      const nowhere = { waiting: 0, fetch: 0, measure: 0, gpu: 0 };
      await processImage(ORDER, aborting.signal).catch(() => {});
      assert.deepEqual(seen, [
        { ...nowhere, fetch: 1 },
        { ...nowhere, measure: 1 },
        { ...nowhere, gpu: 1 },
      ]);
      assert.deepEqual(reading().inFlight, nowhere);
      const counted = reading().times.total.buckets.reduce((sum, images) => sum + images, 0);
      assert.equal(counted, ending === "abort" ? 0 : 1);
    }
  });

  it("does not time the measuring of an image that could not be fetched", async () => {
    const { processImage, reading } = setup({
      measure: async () => Promise.reject(new ImageFault("timeout", "no answer within 5 s")),
    });
    await processImage(ORDER, never);
    const images = ({ buckets }: { buckets: readonly number[] }) => buckets.reduce((sum, count) => sum + count, 0);
    const { fetch, measure, gpu, total } = reading().times;
    assert.deepEqual([fetch, measure, gpu, total].map(images), [1, 0, 0, 1]);
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

  for (const [place, route] of [
    [
      "the name of an encoding",
      { kind: "status", status: 200, headers: { "content-encoding": "echo S3CR3T-of-acme" } },
    ],
    ["a page", { kind: "file", bytes: new TextEncoder().encode("<html><p>You sent Token s3cr3t-of-acme</p>") }],
    [
      "a page that is quoted in part",
      { kind: "file", bytes: new TextEncoder().encode(`<p>${"x".repeat(48)} s3cr3t-of-acme`) },
    ],
    ["an address", { kind: "redirect", to: "ftp://s3cr3t-of-acme.example/" }],
  ] as const satisfies readonly (readonly [string, Route])[]) {
    it(`has stars where a host repeats what it was sent, as ${place}`, async () => {
      const detail = await detailOf(route, accessTo);
      assert.notEqual(detail, "");
      assert.doesNotMatch(detail, /s3cr3t/i);
    });
  }

  it("has stars in why an image was not inspected", async () => {
    const why = "the host sent Token s3cr3t-of-acme";
    const { processImage } = setup({ inspect: async () => ({ kind: "not-inspected", why }) });
    const order = { ...ORDER, inspect: "full", access: () => accessTo("photos.example") } as const;
    const { inspected } = await processImage(order, never);
    assert.deepEqual(inspected, { kind: "not-inspected", why: "the host sent Token ***" });
  });

  it("is 500 characters long at most", async () => {
    const long = new ImageFault("tls_failed", "x".repeat(9_000));
    const { outcome } = await setup({ measure: () => Promise.reject(long) }).processImage(ORDER, never);
    assert.equal(outcome.kind === "failed" && outcome.detail.length, 500);
  });
});

/** The detail that a route on a real host ends with, all the way from the socket. */
async function detailOf(route: Route, accessFor: (host: string) => AccessTable = () => NO_ACCESS): Promise<string> {
  const host = await startImageHost({ "/a": route });
  const access = accessFor(host.host);
  const fetching = startFetching();
  const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: null });
  const processImage = createImageProcessor({
    openImage: fetching.open,
    measure: measurer.measure,
    inspect: () => assert.fail("nobody asked for an inspection"),
    room: createFileRoom(1e9),
    gpu: { process: async () => {} },
    times: createStageTimes({ cells: createStageCells(1), now: () => 0 }),
    onBug: (error) => assert.fail(String(error)),
  });
  const { outcome } = await processImage({ ...ORDER, access: () => access, url: host.url("/a") }, never);
  await fetching.close();
  await host.close();
  return outcome.kind === "failed" ? outcome.detail : "";
}
