import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { shareReads } from "./shared-reads.ts";

/** Reads that end when the test says so. */
function setup() {
  const reads: PromiseWithResolvers<string>[] = [];
  const read = shareReads((_key: number) => {
    const one = Promise.withResolvers<string>();
    reads.push(one);
    return one.promise;
  });
  /** Ends the read of this number, which may be about to begin. */
  async function end(no: number, answer: string | Error): Promise<void> {
    while (!reads[no]) await nextTurn();
    if (answer instanceof Error) reads[no].reject(answer);
    else reads[no].resolve(answer);
  }
  return { read, reads, end };
}

describe("shared reads", () => {
  it("are two for a thousand who ask: the one under way, and the next for all the others", async () => {
    const { read, reads, end } = setup();
    const answers = Array.from({ length: 1_000 }, () => read(1));
    await end(0, "first");
    assert.equal(await answers[0], "first");
    await end(1, "second");
    assert.deepEqual(new Set(await Promise.all(answers.slice(1))), new Set(["second"]));
    assert.equal(reads.length, 2);
  });

  it("never answer with what was read before the question", async () => {
    const { read, end } = setup();
    const before = read(1);
    const after = read(1);
    await end(0, "old");
    assert.equal(await before, "old");
    await end(1, "new");
    assert.equal(await after, "new");
  });

  it("are each key's own", async () => {
    const { read, end } = setup();
    const answers = [read(1), read(2)];
    await end(0, "one");
    await end(1, "two");
    assert.deepEqual(await Promise.all(answers), ["one", "two"]);
  });

  it("go on after one that failed, and tell those who waited for it only", async () => {
    const { read, end } = setup();
    const failed = assert.rejects(read(1), /away/);
    const next = read(1);
    await end(0, new Error("away"));
    await failed;
    await end(1, "back");
    assert.equal(await next, "back");
  });

  it("begin anew when nobody waits", async () => {
    const { read, reads, end } = setup();
    const first = read(1);
    await end(0, "a");
    await first;
    const second = read(1);
    assert.equal(reads.length, 2);
    await end(1, "b");
    assert.equal(await second, "b");
  });
});
