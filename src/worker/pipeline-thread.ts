/** Entry of a pipeline thread. Started by `pipeline-threads.ts` only. */
import { parentPort, workerData } from "node:worker_threads";
import { createPipeline, type ThreadSettings } from "../pipeline/create-pipeline.ts";
import { runInThread } from "./run-in-thread.ts";
import type { FromThread } from "./thread-messages.ts";

const port = parentPort;
if (!port) throw new Error("pipeline-thread.ts must be started as a worker thread");

const settings: ThreadSettings = workerData;
const tell = (message: FromThread) => port.postMessage(message);
const pipeline = createPipeline(settings, {
  onBug: (error) =>
    tell({ kind: "bug", message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  onHostGivenUp: (message) => tell({ kind: "host-given-up", message }),
});
runInThread({ port, ...pipeline });
