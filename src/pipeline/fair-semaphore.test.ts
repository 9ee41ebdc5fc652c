import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createFairSemaphore } from "./fair-semaphore.ts";

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the fair semaphore", () => {
  it("never gives out more places than it has, and gives each back once", async () => {
    const semaphore = createFairSemaphore(1);
    const free = await semaphore.acquire("a", never);
    const second = semaphore.acquire("a", never);
    assert.deepEqual([semaphore.inUse, semaphore.waiting], [1, 1]);
    free();
    free();
    await second;
    assert.deepEqual([semaphore.inUse, semaphore.waiting], [1, 0]);
  });

  it("serves a lane with one waiter before the rest of a long one", async () => {
    const semaphore = createFairSemaphore(2);
    const order: string[] = [];
    const hold = async (lane: string) => {
      const free = await semaphore.acquire(lane, never);
      order.push(lane);
      await settle();
      free();
    };
    await Promise.all([..."aaaaaa"].map(hold).concat(hold("b")));
    assert.ok(order.indexOf("b") <= 3, order.join(""));
  });

  it("lets lanes that hold equally many take turns", async () => {
    const semaphore = createFairSemaphore(1);
    const order: string[] = [];
    const hold = async (lane: string) => {
      const free = await semaphore.acquire(lane, never);
      order.push(lane);
      free();
    };
    const first = await semaphore.acquire("x", never);
    const all = Promise.all([..."aaabbb"].map(hold));
    first();
    await all;
    assert.equal(order.join(""), "ababab");
  });

  it("serves those who stand ahead before those behind, within their lane", async () => {
    const semaphore = createFairSemaphore(1);
    const order: string[] = [];
    const hold = async (name: string, turn: "ahead" | "behind") => {
      const free = await semaphore.acquire("a", never, turn);
      order.push(name);
      free();
    };
    const first = await semaphore.acquire("a", never);
    const all = Promise.all([hold("1", "behind"), hold("2", "behind"), hold("3", "ahead"), hold("4", "ahead")]);
    first();
    await all;
    assert.equal(order.join(""), "3412");
  });

  it("forgets a waiter that gives up", async () => {
    const semaphore = createFairSemaphore(1);
    const free = await semaphore.acquire("a", never);
    const aborting = new AbortController();
    const waiting = semaphore.acquire("b", aborting.signal);
    aborting.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal(semaphore.waiting, 0);
    free();
    assert.equal(semaphore.inUse, 0);
  });

  it("serves those who wait when it grows, and nobody while it shrinks until enough is given back", async () => {
    const semaphore = createFairSemaphore(1);
    const served: string[] = [];
    const take = async (lane: string) => {
      const free = await semaphore.acquire(lane, never);
      served.push(lane);
      return free;
    };
    const all = [take("a"), take("b"), take("c"), take("d")];
    await settle();
    assert.deepEqual(served, ["a"]);
    semaphore.resize(3);
    await settle();
    assert.deepEqual(served, ["a", "b", "c"]);
    semaphore.resize(1);
    (await all[0])?.();
    (await all[1])?.();
    await settle();
    assert.deepEqual(served, ["a", "b", "c"]);
    (await all[2])?.();
    await settle();
    assert.deepEqual(served, ["a", "b", "c", "d"]);
  });

  it("serves everyone in the end, whatever the order of coming, leaving and giving up", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ lane: fc.constantFrom("a", "b", "c"), givesUp: fc.boolean() }), { maxLength: 40 }),
        async (places, comers) => {
          const semaphore = createFairSemaphore(places);
          const ends = comers.map(async ({ lane, givesUp }) => {
            const aborting = new AbortController();
            if (givesUp) setImmediate(() => aborting.abort());
            const free = await semaphore.acquire(lane, aborting.signal).catch(() => null);
            assert.ok(semaphore.inUse <= places);
            await settle();
            free?.();
          });
          await Promise.all(ends);
          assert.deepEqual([semaphore.inUse, semaphore.waiting], [0, 0]);
        },
      ),
      { numRuns: 50 },
    ));
});
