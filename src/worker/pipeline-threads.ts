/**
 * The threads in which images are fetched and measured, so that the API's event loop stays free. Each starts with the first run that is for it and
 * ends after a rest, with all memory that a large job took. One that dies ends its runs as `crashed` and is replaced; it must never take the process
 * or another thread's runs with it.
 */
import type { HostAccess } from "../domain/host-access.ts";
import type { HostTrouble } from "../domain/host-trouble.ts";
import { startThread } from "../process/start-thread.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";
import type { RunEnd, RunImages, ThreadRun } from "./worker.ts";

/**
 * Images come and go by the thousand: with a small young generation the collector promotes them and the thread works a third longer. Under so small an
 * old generation V8 lets the heap grow to 1.4 times what lives, not to 4 times (docs/performance.md, Memory).
 */
const HEAP = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 };
/** Longer than the pause between two jobs of a client that sends one after the other. */
const REST_MS = 30_000;
/** In images: less than any. */
const LOAD_OF_A_START = 0.5;

type Run = {
  readonly onResults: Parameters<RunImages>[1];
  readonly end: (end: RunEnd) => void;
  readonly onParked: (isParked: boolean) => void;
  imagesLeft: number;
  /** How many of them wait in slow lines. */
  parked: number;
};

/** What waits for its hosts alone: it takes up a little memory and nothing else. */
export type Parked = {
  readonly images: number;
  /** Chunks of which nothing else is left. */
  readonly chunks: number;
};

type Thread = {
  readonly send: (message: ToThread) => void;
  readonly runs: Map<number, Run>;
  /** Ends the thread unless a run comes before. */
  rest: NodeJS.Timeout | null;
};

export type PipelineThreads = {
  readonly runImages: (
    run: ThreadRun,
    onResults: Run["onResults"],
    signal: AbortSignal,
    onParked: Run["onParked"],
  ) => Promise<RunEnd>;
  parked(): Parked;
  /** Changes how many images each thread fetches at a time from one host. */
  limitPerHost(connections: number): void;
  /** By order of somebody, images of this lane are not asked of this host any more while runs of the lane are under way. */
  giveUp(order: { readonly lane: string; readonly host: string; readonly sentence: string }): void;
  /** Changes what is sent to hosts for this lane while runs of it are under way. */
  tellAccess(lane: string, access: readonly HostAccess[]): void;
  /** Ends the threads; their runs must be over. */
  stop(): Promise<void>;
};

export function startPipelineThreads(deps: {
  /** One entry a thread, handed to it as `workerData`. */
  readonly settings: readonly unknown[];
  /** The module that a thread runs. */
  readonly entry: URL;
  /** How long a thread without runs stays; for tests. */
  readonly restMs?: number;
  readonly onBug: (message: string) => void;
  readonly onHostGivenUp: (message: string) => void;
  /** Told what a thread sees of hosts in trouble. */
  readonly onHosts: (thread: number, hosts: readonly HostTrouble[]) => void;
  readonly onThreadDied: (error: unknown) => void;
}): PipelineThreads {
  let lastRunId = 0;
  let stopping = false;
  let perHost: number | null = null;
  /** Null where none runs. */
  const threads: (Thread | null)[] = deps.settings.map(() => null);
  const exits = new Set<Promise<void>>();

  function start(index: number): Thread {
    const worker = startThread(deps.entry, { workerData: deps.settings[index], heap: HEAP });
    const runs = new Map<number, Run>();
    const thread: Thread = { send: (message) => worker.postMessage(message), runs, rest: null };
    threads[index] = thread;
    let cause: unknown = null;
    worker.on("message", (message: FromThread) => {
      if (message.kind === "hosts") deps.onHosts(index, message.hosts);
      else receive(runs, message);
      if (message.kind === "over") endLater(index, thread);
    });
    worker.on("error", (error) => {
      cause = error;
    });
    const exited = new Promise<void>((resolve) => {
      worker.once("exit", (exitCode) => {
        exits.delete(exited);
        deps.onHosts(index, []);
        for (const run of runs.values()) run.end("crashed");
        if (!stopping && threads[index] === thread) {
          deps.onThreadDied(cause ?? new Error(`a pipeline thread exited with ${exitCode}`));
          endLater(index, start(index));
        }
        resolve();
      });
    });
    exits.add(exited);
    if (perHost !== null) thread.send({ kind: "limit-per-host", connections: perHost });
    return thread;
  }

  function endLater(index: number, thread: Thread): void {
    if (thread.rest) clearTimeout(thread.rest);
    thread.rest = setTimeout(() => {
      if (thread.runs.size > 0 || threads[index] !== thread) return;
      threads[index] = null;
      thread.send({ kind: "stop" });
    }, deps.restMs ?? REST_MS);
    thread.rest.unref();
  }

  function receive(runs: Map<number, Run>, message: Exclude<FromThread, { kind: "hosts" }>): void {
    if (message.kind === "bug") {
      deps.onBug(message.message);
      return;
    }
    if (message.kind === "host-given-up") {
      deps.onHostGivenUp(message.message);
      return;
    }
    const run = runs.get(message.id);
    if (!run) return;
    if (message.kind === "parked") {
      run.parked = message.images;
      run.onParked(isParked(run));
    } else if (message.kind === "results") {
      run.imagesLeft -= message.results.length;
      run.onResults(message.results);
    } else {
      runs.delete(message.id);
      run.end(message.aborted ? "aborted" : "finished");
    }
  }

  /** One that has nothing to do goes before one that must be started, and that before one that is busy. */
  function leastBusy(): Thread {
    const load = (thread: Thread | null) =>
      thread
        ? [...thread.runs.values()].reduce((sum, { imagesLeft, parked }) => sum + imagesLeft - parked, 0)
        : LOAD_OF_A_START;
    const index = threads.reduce((best, thread, no) => (load(thread) < load(threads[best] ?? null) ? no : best), 0);
    return threads[index] ?? start(index);
  }

  function runImages(
    { images, ...run }: ThreadRun,
    onResults: Run["onResults"],
    signal: AbortSignal,
    onParked: Run["onParked"],
  ): Promise<RunEnd> {
    if (signal.aborted) return Promise.resolve("aborted");
    const id = ++lastRunId;
    const thread = leastBusy();
    const abort = () => thread.send({ kind: "abort", id });
    return new Promise<RunEnd>((end) => {
      thread.runs.set(id, { onResults, onParked, end, imagesLeft: images.length, parked: 0 });
      signal.addEventListener("abort", abort, { once: true });
      const numbers = images.map(({ no }) => no);
      const urls = images.map(({ url }) => url);
      thread.send({ kind: "run", id, ...run, numbers, urls });
    }).finally(() => signal.removeEventListener("abort", abort));
  }

  function parked(): Parked {
    const runs = threads.flatMap((thread) => (thread ? [...thread.runs.values()] : []));
    return {
      images: runs.reduce((sum, run) => sum + run.parked, 0),
      chunks: runs.filter(isParked).length,
    };
  }

  return {
    runImages,
    parked,
    limitPerHost(connections) {
      perHost = connections;
      for (const thread of threads) thread?.send({ kind: "limit-per-host", connections });
    },
    giveUp(order) {
      for (const thread of threads) thread?.send({ kind: "give-up", ...order });
    },
    tellAccess(lane, access) {
      for (const thread of threads) thread?.send({ kind: "access", lane, access });
    },
    async stop() {
      stopping = true;
      for (const thread of threads) thread?.send({ kind: "stop" });
      await Promise.all(exits);
    },
  };
}

function isParked({ parked, imagesLeft }: Run): boolean {
  return parked > 0 && parked >= imagesLeft;
}
