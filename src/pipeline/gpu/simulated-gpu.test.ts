import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Measured } from "../../domain/image.ts";
import { createRandom } from "./random.ts";
import { createSimulatedGpu, type GpuSettings } from "./simulated-gpu.ts";

const IMAGE: Measured = { kind: "measured", format: "jpeg", width: 3, height: 4, bytes: 100 };
const never = new AbortController().signal;

/** A GPU whose time passes when the test says so. */
function setup(settings: Partial<GpuSettings> = {}, seed = 1) {
  let at = 0;
  const waits: { readonly ms: number; readonly until: number; readonly done: () => void }[] = [];
  const uses: [busyPlaces: number, freedAfterMs: number][] = [];
  const gpu = createSimulatedGpu({
    settings: { places: 2, latencyMs: { least: 100, most: 400 }, batch: 1, failureRate: 0, ...settings },
    random: createRandom(seed),
    now: () => at,
    after: (ms, done) => waits.push({ ms, until: at + ms, done }),
    onUse: (busyPlaces, freedAfterMs) => uses.push([busyPlaces, freedAfterMs]),
  });
  async function settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
  async function finishNext(): Promise<void> {
    waits.sort((a, b) => a.until - b.until);
    const wait = waits.shift();
    at = wait?.until ?? at;
    wait?.done();
    await settle();
  }
  return { gpu, waits, uses, settle, finishNext };
}

describe("the simulated GPU", () => {
  it("runs as many images at a time as it has places", async () => {
    const { gpu, waits, settle, finishNext } = setup({ places: 2 });
    const images = [1, 2, 3].map(() => gpu.process(IMAGE, "job", never));
    await settle();
    assert.equal(waits.length, 2);
    await finishNext();
    assert.equal(waits.length, 2);
    await finishNext();
    await finishNext();
    await Promise.all(images);
  });

  it("takes a time within its range, the same times for the same seed", async () => {
    const times = async (seed: number) => {
      const { gpu, waits, settle } = setup({ places: 100 }, seed);
      for (let image = 0; image < 50; image++) void gpu.process(IMAGE, "job", never);
      await settle();
      return waits.map(({ ms }) => ms);
    };
    const first = await times(7);
    assert.ok(first.every((ms) => ms >= 100 && ms <= 400));
    assert.ok(new Set(first).size > 40);
    assert.deepEqual(await times(7), first);
    assert.notDeepEqual(await times(8), first);
  });

  it("does not wait at all when the latency is 0", async () => {
    const { gpu, waits } = setup({ latencyMs: { least: 0, most: 0 } });
    await gpu.process(IMAGE, "job", never);
    assert.equal(waits.length, 0);
  });

  it("gives a free place to the job that holds the fewest", async () => {
    const { gpu, settle, finishNext } = setup({ places: 2 });
    const order: string[] = [];
    const send = (lane: string) => void gpu.process(IMAGE, lane, never).then(() => order.push(lane));
    for (let image = 0; image < 5; image++) send("large");
    send("small");
    await settle();
    for (let image = 0; image < 6; image++) await finishNext();
    assert.ok(order.indexOf("small") <= 2, order.join(" "));
  });

  it("lets a batch of images share one launch while all places are taken", async () => {
    const { gpu, waits, settle, finishNext } = setup({ places: 1, batch: 3 });
    const images = [1, 2, 3, 4].map(() => gpu.process(IMAGE, "job", never));
    await settle();
    await finishNext();
    await finishNext();
    await Promise.all(images);
    assert.equal(waits.length, 0);
  });

  it("refuses the share of images that it is told to refuse", async () => {
    const { gpu } = setup({ latencyMs: { least: 0, most: 0 }, failureRate: 0.5 });
    const ends = await Promise.allSettled(Array.from({ length: 400 }, () => gpu.process(IMAGE, "job", never)));
    const refused = ends.filter(({ status }) => status === "rejected").length;
    assert.ok(refused > 150 && refused < 250, String(refused));
  });

  it("does not take a place for an image whose run was aborted while it waited", async () => {
    const { gpu, waits, settle, finishNext } = setup({ places: 1 });
    const aborting = new AbortController();
    const first = gpu.process(IMAGE, "job", never);
    const second = gpu.process(IMAGE, "job", aborting.signal);
    await settle();
    aborting.abort();
    await assert.rejects(second, { name: "AbortError" });
    await finishNext();
    await first;
    assert.equal(waits.length, 0);
  });

  it("tells its utilisation", async () => {
    const { gpu, settle, finishNext } = setup({ places: 2 });
    const image = gpu.process(IMAGE, "job", never);
    await settle();
    await finishNext();
    await image;
    assert.equal(gpu.utilisation(), 0.5);
  });

  it("tells how many places are taken at each change, and for how long one was", async () => {
    const { gpu, uses, settle, finishNext } = setup({ places: 2, latencyMs: { least: 100, most: 100 } });
    for (let image = 0; image < 3; image++) void gpu.process(IMAGE, "job", never);
    await settle();
    assert.deepEqual(uses, [
      [2, 0],
      [2, 0],
    ]);
    for (let image = 0; image < 3; image++) await finishNext();
    assert.deepEqual(uses.at(-1), [0, 100]);
    assert.equal(
      uses.reduce((sum, [, freedAfterMs]) => sum + freedAfterMs, 0),
      300,
    );
  });
});
