/**
 * The threads in which images are fetched and measured, so that the API's event loop stays free. A thread that dies ends its runs as
 * `crashed` and is replaced; it must never take the process or another thread's runs with it.
 */
import { Worker } from "node:worker_threads";
import type { FromThread, ToThread } from "./thread-messages.ts";
import type { ImageRun, RunEnd, RunImages } from "./worker.ts";

/** Images come and go by the thousand: with a small young generation the collector promotes them and works twice as long. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 96 };

type Run = {
  readonly onResults: Parameters<RunImages>[1];
  readonly end: (end: RunEnd) => void;
  imagesLeft: number;
};

type Thread = {
  readonly send: (message: ToThread) => void;
  readonly runs: Map<number, Run>;
  readonly exited: Promise<void>;
};

export type PipelineThreads = {
  readonly runImages: RunImages;
  /** Changes how many images each thread fetches at a time from one host. */
  limitPerHost(connections: number): void;
  /** Ends the threads; their runs must be over. */
  stop(): Promise<void>;
};

export function startPipelineThreads(deps: {
  /** One entry a thread, handed to it as `workerData`. */
  readonly settings: readonly unknown[];
  /** The module that a thread runs. */
  readonly entry: URL;
  readonly onBug: (message: string) => void;
  readonly onThreadDied: (error: unknown) => void;
}): PipelineThreads {
  let lastRunId = 0;
  let stopping = false;
  let perHost: number | null = null;
  const threads = deps.settings.map((settings, index) => startThread(index, settings));

  function startThread(index: number, settings: unknown): Thread {
    const worker = new Worker(deps.entry, { workerData: settings, resourceLimits: RESOURCE_LIMITS });
    const runs = new Map<number, Run>();
    let cause: unknown = null;
    worker.on("message", (message: FromThread) => receive(runs, message));
    worker.on("error", (error) => {
      cause = error;
    });
    const exited = new Promise<void>((resolve) => {
      worker.once("exit", (exitCode) => {
        for (const run of runs.values()) run.end("crashed");
        if (!stopping) {
          deps.onThreadDied(cause ?? new Error(`a pipeline thread exited with ${exitCode}`));
          threads[index] = startThread(index, settings);
        }
        resolve();
      });
    });
    const thread: Thread = { send: (message) => worker.postMessage(message), runs, exited };
    if (perHost !== null) thread.send({ kind: "limit-per-host", connections: perHost });
    return thread;
  }

  function receive(runs: Map<number, Run>, message: FromThread): void {
    if (message.kind === "bug") {
      deps.onBug(message.message);
      return;
    }
    const run = runs.get(message.id);
    if (!run) return;
    if (message.kind === "results") {
      run.imagesLeft -= message.results.length;
      run.onResults(message.results);
    } else {
      runs.delete(message.id);
      run.end(message.aborted ? "aborted" : "finished");
    }
  }

  function leastBusy(): Thread {
    const load = ({ runs }: Thread) => [...runs.values()].reduce((sum, { imagesLeft }) => sum + imagesLeft, 0);
    return threads.reduce((best, thread) => (load(thread) < load(best) ? thread : best));
  }

  function runImages(run: ImageRun, onResults: Run["onResults"], signal: AbortSignal): Promise<RunEnd> {
    if (signal.aborted) return Promise.resolve("aborted");
    const id = ++lastRunId;
    const thread = leastBusy();
    const abort = () => thread.send({ kind: "abort", id });
    return new Promise<RunEnd>((end) => {
      thread.runs.set(id, { onResults, end, imagesLeft: run.images.length });
      signal.addEventListener("abort", abort, { once: true });
      thread.send({ kind: "run", id, ...run });
    }).finally(() => signal.removeEventListener("abort", abort));
  }

  return {
    runImages,
    limitPerHost(connections) {
      perHost = connections;
      for (const thread of threads) thread.send({ kind: "limit-per-host", connections });
    },
    async stop() {
      stopping = true;
      for (const thread of threads) thread.send({ kind: "stop" });
      await Promise.all(threads.map(({ exited }) => exited));
    },
  };
}
