/** What is asked of a host at first, by what its last files needed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFirstRange, type FileNeed } from "./first-range.ts";

const KILO = 1_024;
const LARGE = 1_400 * KILO;

function after(...needs: readonly (readonly [bytes: number, tail: number, total: number | null, times: number])[]) {
  const first = createFirstRange();
  for (const [bytes, tail, total, times] of needs) {
    for (let time = 0; time < times; time += 1) first.learn({ bytes, tail, total } satisfies FileNeed);
  }
  return { bytes: first.bytes / KILO, tail: first.tail };
}

describe("the first range", () => {
  it("is 32 KB before anything is known", () => assert.deepEqual(after(), { bytes: 32, tail: 0 }));

  it("follows what the files need, from the first one on", () => {
    assert.deepEqual(after([20 * KILO, 4_096, LARGE, 1]), { bytes: 32, tail: 4_096 });
    assert.deepEqual(after([8 * KILO, 0, LARGE, 1]), { bytes: 8, tail: 0 });
    assert.deepEqual(after([60 * KILO, 4_096, LARGE, 1]), { bytes: 64, tail: 4_096 });
  });

  it("is not made long by a few files: another request for those costs less", () => {
    assert.equal(after([8 * KILO, 0, LARGE, 28], [60 * KILO, 0, LARGE, 4]).bytes, 8);
    assert.equal(after([8 * KILO, 0, LARGE, 4], [60 * KILO, 0, LARGE, 28]).bytes, 64);
  });

  it("is long enough for the whole of small files, which then need no end", () => {
    assert.deepEqual(after([20 * KILO, 4_096, 44 * KILO, 8]), { bytes: 64, tail: 0 });
    assert.deepEqual(after([8 * KILO, 4_096, 10 * KILO, 8]), { bytes: 16, tail: 0 });
  });

  it("goes for files whose length nobody tells as for long ones", () =>
    assert.deepEqual(after([20 * KILO, 0, null, 8]), { bytes: 32, tail: 0 }));

  it("forgets what is long ago", () => {
    assert.equal(after([60 * KILO, 0, LARGE, 100], [8 * KILO, 0, LARGE, 40]).bytes, 8);
  });

  it("is never longer than 64 KB, whatever a file needs", () => {
    assert.equal(after([2_000 * KILO, 0, LARGE, 40]).bytes <= 64, true);
  });

  it("comes with the end where more than half of the files are read with theirs", () => {
    assert.equal(after([8 * KILO, 4_096, LARGE, 15], [8 * KILO, 0, LARGE, 17]).tail, 0);
    assert.equal(after([8 * KILO, 4_096, LARGE, 17], [8 * KILO, 0, LARGE, 15]).tail, 4_096);
  });
});
