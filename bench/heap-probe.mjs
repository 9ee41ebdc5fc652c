// @ts-check
/**
 * Loaded before the program by bench/memory.ts: at SIGUSR2 every thread writes the size of its heap to standard error, as a line of JSON. Plain
 * JavaScript, since reading TypeScript would cost each thread the memory that is to be measured.
 */
import { writeSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { BroadcastChannel, isMainThread, workerData } from "node:worker_threads";

const STDERR = 2;

function nameOfThread() {
  if (isMainThread) return "main";
  return workerData?.access === undefined ? "pipeline" : `ledger, ${workerData.access}`;
}

function tell() {
  writeSync(STDERR, `${JSON.stringify({ thread: nameOfThread(), heapBytes: getHeapStatistics().total_physical_size })}\n`);
}

const asked = new BroadcastChannel("bench-heaps");
asked.onmessage = tell;
asked.unref();
if (isMainThread) {
  process.on("SIGUSR2", () => {
    tell();
    asked.postMessage(null);
  });
}
