/**
 * Starts a thread with a heap that fits its work. The main thread's young generation is kept small on the command line (`--max-semi-space-size`,
 * package.json), as that is set before anything of ours runs; V8 would hold every thread to it, whatever its own limits say.
 */
import { setFlagsFromString } from "node:v8";
import { type ResourceLimits, Worker } from "node:worker_threads";

/**
 * For all heaps of the process. What is alive while an image waits for its host survives one collection and no second one: V8 takes that for a long life
 * and makes such objects in the old generation at once, where they hold on to young ones that are dead. And on a machine whose processors are all
 * busy, threads that help a thread with its young generation only share out what it does faster alone (docs/decisions/0021-wire.md).
 */
const COLLECTOR_FLAGS = ["--no-allocation-site-pretenuring", "--no-parallel-scavenge"];

export function startThread(
  entry: URL,
  options: { readonly workerData: unknown; readonly heap: ResourceLimits },
): Worker {
  for (const flag of COLLECTOR_FLAGS) setFlagsFromString(flag);
  // Read when a heap is made: that of this thread has its size already.
  setFlagsFromString("--max-semi-space-size=0");
  return new Worker(entry, { workerData: options.workerData, resourceLimits: options.heap });
}
