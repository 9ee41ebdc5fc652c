import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createStageCells, readStageCells, STAGE_BUCKETS_SECONDS } from "./stage-cells.ts";
import { createStageTimes } from "./stage-times.ts";

/** Times whose clock the test moves on. */
function setup(cells = createStageCells(4)) {
  let at = 0;
  const times = createStageTimes({ cells, now: () => at });
  function passAnImage(fetchMs: number): void {
    const passage = times.begin();
    passage.enter("fetch");
    at += fetchMs;
    passage.end();
  }
  return { times, cells, passAnImage };
}

describe("the times of the stages", () => {
  it("count an image in the first bucket that is not below its time, and beyond the last in a bucket of its own", () => {
    const { cells, passAnImage } = setup();
    passAnImage(100);
    passAnImage(101);
    passAnImage(61_000);
    const { buckets, seconds } = readStageCells([cells]).times.fetch;
    const counted = buckets.flatMap((images, no) => (images > 0 ? [[STAGE_BUCKETS_SECONDS[no], images]] : []));
    assert.deepEqual(counted, [
      [0.1, 1],
      [0.25, 1],
      [undefined, 1],
    ]);
    assert.equal(seconds, 61.201);
  });

  it("do not count what an image waited before its turn", () => {
    const { cells, passAnImage, times } = setup();
    const waiting = times.begin();
    passAnImage(1_000);
    waiting.enter("fetch");
    waiting.end();
    assert.equal(readStageCells([cells]).times.total.seconds, 1);
  });

  it("go on where a dead thread stopped, without the images that it had in flight", () => {
    const { cells, passAnImage, times } = setup();
    passAnImage(500);
    times.begin().enter("gpu");
    times.useGpu(1, 200);
    setup(cells).passAnImage(500);
    const { inFlight, times: counted, gpu } = readStageCells([cells]);
    assert.deepEqual([counted.fetch.seconds, inFlight.gpu], [1, 0]);
    assert.deepEqual(gpu, { places: 4, busyPlaces: 0, busySeconds: 0.2 });
  });

  it("are added up over threads", () => {
    const [first, second] = [setup(), setup()];
    first.passAnImage(500);
    second.passAnImage(250);
    second.times.useGpu(3, 0);
    const { times, gpu } = readStageCells([first.cells, second.cells]);
    assert.deepEqual([times.total.seconds, gpu.places, gpu.busyPlaces], [0.75, 8, 3]);
  });

  it("take no notice of what comes after an image's end", () => {
    const { cells, times } = setup();
    const passage = times.begin();
    passage.enter("fetch");
    passage.end();
    passage.enter("gpu");
    passage.end();
    passage.abandon();
    const { inFlight, times: counted } = readStageCells([cells]);
    assert.equal(inFlight.gpu, 0);
    assert.equal(
      counted.total.buckets.reduce((sum, images) => sum + images, 0),
      1,
    );
  });
});
