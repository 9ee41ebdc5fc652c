import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBufferPool } from "./buffer-pool.ts";

describe("the buffer pool", () => {
  it("hands a buffer out again only after it was given back", () => {
    const pool = createBufferPool({ bytes: 16, mostKept: 2 });
    const first = pool.take();
    const second = pool.take();
    assert.notEqual(first.buffer, second.buffer);
    pool.giveBack(first.subarray(0, 3));
    const again = pool.take();
    assert.equal(again.buffer, first.buffer);
    assert.equal(again.length, 16);
  });

  it("takes a buffer back once, and none that is not its own", () => {
    const pool = createBufferPool({ bytes: 16, mostKept: 5 });
    const own = pool.take();
    pool.giveBack(own);
    pool.giveBack(own);
    pool.giveBack(new Uint8Array(16));
    assert.equal(pool.take().buffer, own.buffer);
    const next = pool.take();
    assert.notEqual(next.buffer, own.buffer);
  });

  it("keeps no more than it is told to", () => {
    const pool = createBufferPool({ bytes: 16, mostKept: 1 });
    const [first, second] = [pool.take(), pool.take()];
    pool.giveBack(first);
    pool.giveBack(second);
    assert.equal(pool.take().buffer, first.buffer);
    assert.notEqual(pool.take().buffer, second.buffer);
  });
});
