/** The promises of `queue.ts` as tests. Each adapter's test file runs them all against itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Queue, QueuedChunk } from "./queue.ts";

const refs = (count: number): QueuedChunk[] => Array.from({ length: count }, (_, chunk) => ({ jobId: 1, chunk }));

export function describeQueue(name: string, open: () => Promise<Queue>): void {
  describe(name, () => {
    it("hands out everything that was published, before and after the consumer came", async () => {
      const queue = await open();
      const seen: number[] = [];
      const all = Promise.withResolvers<void>();
      await queue.publish(refs(2));
      const stop = queue.consume(1, async ({ chunk }) => {
        seen.push(chunk);
        if (seen.length === 4) all.resolve();
      });
      await queue.publish(refs(2));
      await all.promise;
      assert.deepEqual(seen.toSorted(), [0, 0, 1, 1]);
      await stop();
    });

    it("has no more than `prefetch` references in hand at a time", async () => {
      const queue = await open();
      const gates: (() => void)[] = [];
      const third = Promise.withResolvers<void>();
      const two = Promise.withResolvers<void>();
      let begun = 0;
      const stop = queue.consume(2, async () => {
        begun += 1;
        const gate = Promise.withResolvers<void>();
        gates.push(gate.resolve);
        if (begun === 2) two.resolve();
        if (begun === 3) third.resolve();
        await gate.promise;
      });
      await queue.publish(refs(3));
      await two.promise;
      assert.equal(begun, 2);
      gates[0]?.();
      await third.promise;
      for (const open of gates) open();
      await stop();
    });

    it("goes on after a handler failed", async () => {
      const queue = await open();
      const second = Promise.withResolvers<void>();
      const stop = queue.consume(1, async ({ chunk }) => {
        if (chunk === 0) throw new Error("this chunk cannot be run");
        second.resolve();
      });
      await queue.publish(refs(2));
      await second.promise;
      await stop();
    });

    it("stops the hand-out and waits for the handlers in hand", async () => {
      const queue = await open();
      const begun = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      let ended = 0;
      const stop = queue.consume(1, async () => {
        begun.resolve();
        await gate.promise;
        ended += 1;
      });
      await queue.publish(refs(2));
      await begun.promise;
      const stopped = stop();
      gate.resolve();
      await stopped;
      assert.equal(ended, 1);
    });
  });
}
