/** The promises of `queue.ts` as tests. Each adapter's test file runs them all against itself. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Delivery, Queue, QueuedChunk } from "./queue.ts";
import { QueueUnavailable } from "./queue-unavailable.ts";

export const refs = (count: number, jobId = 1): QueuedChunk[] =>
  Array.from({ length: count }, (_, chunk) => ({ jobId, chunk, urgent: false }));

/** A handler that remembers what it got, and a wait until it has so many. */
export function collector() {
  const got: Delivery[] = [];
  const checks = new Set<() => void>();
  return {
    got,
    handle: async (delivery: Delivery) => {
      got.push(delivery);
      for (const check of checks) check();
    },
    has: (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (got.length >= count) resolve();
        };
        checks.add(check);
        check();
      }),
  };
}

/** `open` gives an empty queue of the test's own and has everything removed with the test. */
export function describeQueue(
  name: string,
  open: (t: TestContext) => Promise<Queue>,
  options: { readonly skip?: string | false } = {},
): void {
  describe(name, { skip: options.skip ?? false }, () => {
    it("hands out everything that was published, before and after the consumer came", async (t) => {
      const queue = await open(t);
      const { got, handle, has } = collector();
      await queue.publish(refs(2));
      const stop = queue.consume(1, handle);
      await queue.publish(refs(2));
      await has(4);
      assert.deepEqual(got.map(({ chunk }) => chunk).toSorted(), [0, 0, 1, 1]);
      await stop();
    });

    it("hands over job and chunk as they were published, as no redelivery", async (t) => {
      const queue = await open(t);
      const { got, handle, has } = collector();
      const stop = queue.consume(1, handle);
      await queue.publish([{ jobId: 2 ** 40, chunk: 1_999, urgent: false }]);
      await has(1);
      assert.deepEqual(got, [{ jobId: 2 ** 40, chunk: 1_999, redelivered: false }]);
      await stop();
    });

    it("publishes nothing without complaint", async (t) => {
      const queue = await open(t);
      await queue.publish([]);
    });

    it("has no more than `prefetch` references in hand at a time", async (t) => {
      const queue = await open(t);
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
      // A third would have come before the word that this one is safe.
      await queue.publish([{ jobId: 1, chunk: 3, urgent: false }]);
      assert.equal(begun, 2);
      gates[0]?.();
      await third.promise;
      const stopped = stop();
      for (const open of gates) open();
      await stopped;
    });

    it("hands out what is urgent although `prefetch` others are in hand, and no more of it than `prefetch` either", async (t) => {
      const queue = await open(t);
      const gate = Promise.withResolvers<void>();
      const { got, handle, has } = collector();
      const stop = queue.consume(1, async (delivery) => {
        await handle(delivery);
        await gate.promise;
      });
      await queue.publish(refs(2));
      await has(1);
      await queue.publish(refs(2, 2).map((ref) => ({ ...ref, urgent: true })));
      await has(2);
      assert.deepEqual(
        got.map(({ jobId }) => jobId),
        [1, 2],
      );
      gate.resolve();
      await has(4);
      await stop();
    });

    it("goes on after a handler failed, and does not hand the same out again", async (t) => {
      const queue = await open(t);
      const { got, handle, has } = collector();
      const stop = queue.consume(1, async (delivery) => {
        await handle(delivery);
        if (delivery.chunk === 0) throw new Error("this chunk cannot be run");
      });
      await queue.publish(refs(2));
      await has(2);
      // Were it put back, it would be there before what is published now.
      await queue.publish([{ jobId: 1, chunk: 2, urgent: false }]);
      await has(3);
      assert.deepEqual(
        got.map(({ chunk }) => chunk),
        [0, 1, 2],
      );
      await stop();
    });

    it("never hands out again what a handler finished, whoever consumes next", async (t) => {
      const queue = await open(t);
      const first = collector();
      const stopFirst = queue.consume(2, first.handle);
      await queue.publish(refs(3));
      await first.has(3);
      await stopFirst();
      const second = collector();
      const stopSecond = queue.consume(1, second.handle);
      await queue.publish([{ jobId: 2, chunk: 7, urgent: false }]);
      await second.has(1);
      assert.deepEqual(second.got, [{ jobId: 2, chunk: 7, redelivered: false }]);
      await stopSecond();
    });

    it("stops the hand-out, waits for the handlers in hand and keeps the rest for the next consumer", async (t) => {
      const queue = await open(t);
      const begun = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      const ended: string[] = [];
      const stop = queue.consume(1, async ({ chunk }) => {
        begun.resolve();
        await gate.promise;
        ended.push(`chunk ${chunk}`);
      });
      await queue.publish(refs(2));
      await begun.promise;
      const stopped = stop().then(() => ended.push("stopped"));
      const next = collector();
      const stopNext = queue.consume(1, next.handle);
      await next.has(1);
      gate.resolve();
      await stopped;
      assert.deepEqual(ended, ["chunk 0", "stopped"]);
      assert.equal(next.got[0]?.chunk, 1);
      await stopNext();
    });

    it("shares the references among its consumers", async (t) => {
      const queue = await open(t);
      const both = Promise.withResolvers<void>();
      const at = new Set<string>();
      const meet = (name: string) => async () => {
        at.add(name);
        if (at.size === 2) both.resolve();
        await both.promise;
      };
      const stops = [queue.consume(1, meet("one")), queue.consume(1, meet("two"))];
      await queue.publish(refs(2));
      await both.promise;
      await Promise.all(stops.map((stop) => stop()));
    });

    it("rejects what is published after it was closed", async (t) => {
      const queue = await open(t);
      await queue.close();
      await assert.rejects(queue.publish(refs(1)), QueueUnavailable);
    });
  });
}
