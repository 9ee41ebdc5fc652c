import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { atPace } from "./body-pace.ts";

async function* pieces(sizes: readonly number[], pauseMs: number): AsyncIterable<Uint8Array> {
  for (const size of sizes) {
    await sleep(pauseMs);
    yield new Uint8Array(size);
  }
}

async function* never(): AsyncIterable<Uint8Array> {
  await new Promise(() => {});
}

const HOUR_MS = 3_600_000;

describe("a body's pace", () => {
  it("lets a body through as it comes", async () => {
    const sizes: number[] = [];
    for await (const piece of atPace(pieces([1, 2, 3], 0), { bytes: 1_000, withinMs: HOUR_MS }))
      sizes.push(piece.length);
    assert.deepEqual(sizes, [1, 2, 3]);
  });

  it("ends one that does not come", async () => {
    await assert.rejects(atPace(never(), { bytes: 1, withinMs: 20 })[Symbol.asyncIterator]().next(), {
      code: "request_timeout",
    });
  });

  it("ends one that drips, however regularly", async () => {
    const dripping = atPace(
      pieces(
        Array.from({ length: 1_000 }, () => 1),
        5,
      ),
      { bytes: 500, withinMs: 100 },
    );
    await assert.rejects(
      async () => {
        for await (const _ of dripping);
      },
      { code: "request_timeout" },
    );
  });

  it("does not count the time in which nobody asked for more", async (t) => {
    let now = 0;
    t.mock.method(performance, "now", () => now);
    let read = 0;
    for await (const { length } of atPace(pieces([1, 1, 1], 20), { bytes: 1_000, withinMs: HOUR_MS })) {
      read += length;
      now += HOUR_MS;
    }
    assert.equal(read, 3);
  });
});
