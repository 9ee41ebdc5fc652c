import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRecentReading } from "./recent-reading.ts";

/** A reading whose reads the test ends, on a clock that it moves. */
function setup(waitMs = 60_000) {
  let at = 0;
  const reads: PromiseWithResolvers<number>[] = [];
  const reading = createRecentReading({
    read: () => {
      const read = Promise.withResolvers<number>();
      reads.push(read);
      return read.promise;
    },
    keepMs: 1_000,
    waitMs,
    now: () => at,
  });
  return {
    reading,
    reads,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

describe("a recent reading", () => {
  it("is one read for all who ask meanwhile, and for those who ask soon after", async () => {
    const { reading, reads, pass } = setup();
    const asked = [reading(), reading()];
    reads[0]?.resolve(7);
    assert.deepEqual(await Promise.all(asked), [7, 7]);
    pass(999);
    assert.equal(await reading(), 7);
    assert.equal(reads.length, 1);
  });

  it("is a new read when the one before is too old", async () => {
    const { reading, reads, pass } = setup();
    const first = reading();
    reads[0]?.resolve(7);
    await first;
    pass(1_000);
    const second = reading();
    reads[1]?.resolve(8);
    assert.equal(await second, 8);
  });

  it("is nothing when the read fails, and is tried again by the next who asks", async () => {
    const { reading, reads } = setup();
    const first = reading();
    reads[0]?.reject(new Error("away"));
    assert.equal(await first, null);
    const second = reading();
    reads[1]?.resolve(8);
    assert.equal(await second, 8);
  });

  it("is nothing also where the read throws at once, and is tried again", async () => {
    let reads = 0;
    const reading = createRecentReading({
      read: () => {
        reads += 1;
        if (reads === 1) throw new Error("away");
        return Promise.resolve(8);
      },
      keepMs: 0,
      waitMs: 60_000,
      now: () => 0,
    });
    assert.equal(await reading(), null);
    assert.equal(await reading(), 8);
  });

  it("is nothing for who waited long enough, without a second read of what hangs", async () => {
    const { reading, reads } = setup(5);
    assert.equal(await reading(), null);
    assert.equal(await reading(), null);
    assert.equal(reads.length, 1);
    const third = reading();
    reads[0]?.resolve(7);
    assert.equal(await third, 7);
  });
});
