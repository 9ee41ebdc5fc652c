/**
 * Starts a thread with a heap that fits its work. The main thread's young generation is kept small on the command line (`--max-semi-space-size`,
 * package.json), as that is set before anything of ours runs; V8 would hold every thread to it, whatever its own limits say.
 */
import { setFlagsFromString } from "node:v8";
import { type ResourceLimits, Worker } from "node:worker_threads";

export function startThread(
  entry: URL,
  options: { readonly workerData: unknown; readonly heap: ResourceLimits },
): Worker {
  // Read when a heap is made: that of this thread has its size already.
  setFlagsFromString("--max-semi-space-size=0");
  return new Worker(entry, { workerData: options.workerData, resourceLimits: options.heap });
}
