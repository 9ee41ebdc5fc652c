import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";

const MEGABYTE = 2 ** 20;

/** Starts a thread from a process whose own heap was made small, and tells how large the thread's may become. */
const PROGRAM = `
import { startThread } from ${JSON.stringify(new URL("./start-thread.ts", import.meta.url).href)};
const entry = new URL('data:text/javascript,import { getHeapStatistics } from "node:v8";'
  + 'import { parentPort } from "node:worker_threads"; parentPort.postMessage(getHeapStatistics().heap_size_limit)');
const thread = startThread(entry, { workerData: null, heap: { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 512 } });
thread.once("message", (limit) => console.log(limit));
`;

describe("a thread", () => {
  it("has the heap that fits its work, however small that of the main thread", () => {
    const program = ["--max-semi-space-size=4", "--input-type=module", "--eval", PROGRAM];
    const limit = Number(execFileSync(process.execPath, program, { encoding: "utf8" }));
    assert.equal(limit / MEGABYTE, 48 + 512);
  });
});
