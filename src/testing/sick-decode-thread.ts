/** A pipeline thread for tests: the real one, but that its decoding processes are those of `sick-decode-child.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { createPipeline, type ThreadSettings } from "../pipeline/create-pipeline.ts";
import { runInThread } from "../worker/run-in-thread.ts";

if (!parentPort) throw new Error("sick-decode-thread.ts must be started as a worker thread");
const settings: ThreadSettings = workerData;
const onBug = (error: unknown) => {
  throw error;
};
runInThread({
  port: parentPort,
  ...createPipeline(settings, { onBug, onHostGivenUp: () => {} }, new URL("./sick-decode-child.ts", import.meta.url)),
});
