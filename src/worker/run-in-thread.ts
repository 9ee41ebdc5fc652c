/**
 * The inside of a pipeline thread: runs images as the parent asks and sends results back in batches.
 * Holds no truth: whatever is lost with the thread is done again under a new lease.
 */
import { setPriority } from "node:os";
import type { MessagePort } from "node:worker_threads";
import type { ImageTask } from "../domain/job.ts";
import type { Pipeline } from "../pipeline/create-pipeline.ts";
import type { Place } from "../pipeline/host-lines.ts";
import type { RunResult } from "./judge.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

/** Results that finish within so short a time share one message. */
const GATHER_MS = 5;

/**
 * Where threads are many and cores few, those that somebody waits for go first: the API's and the ledger's. On Linux a priority is the thread's own
 * (setpriority(2), "C library/kernel differences"), elsewhere it would be the whole process's.
 */
const NICENESS = 5;

/** How often is looked which lines are slow. */
const LOOK_MS = 250;

type Run = {
  /** Images in line. */
  readonly waiting: Map<ImageTask, Place>;
  /** How many of them were last said to be in slow lines. */
  parked: number;
  readonly begun: Set<AbortController>;
  /** One image less to wait for. */
  over: () => void;
  aborted: boolean;
};

export function runInThread({ port, ...deps }: Pipeline & { readonly port: MessagePort }): void {
  if (process.platform === "linux") setPriority(NICENESS);
  const runs = new Map<number, Run>();
  let gathered = new Map<number, RunResult[]>();
  let gathering: NodeJS.Timeout | null = null;

  function send(message: FromThread): void {
    port.postMessage(message);
  }

  function sendGathered(): void {
    if (gathering) clearTimeout(gathering);
    gathering = null;
    const batches = gathered;
    gathered = new Map();
    for (const [id, results] of batches) send({ kind: "results", id, results });
  }

  function gather(id: number, result: RunResult): void {
    const results = gathered.get(id);
    if (results) results.push(result);
    else gathered.set(id, [result]);
    gathering ??= setTimeout(sendGathered, GATHER_MS);
  }

  function tellParked(): void {
    deps.hostLines.look();
    for (const [id, run] of runs) {
      let images = 0;
      for (const place of run.waiting.values()) if (place.isSlow) images += 1;
      if (images === run.parked) continue;
      run.parked = images;
      send({ kind: "parked", id, images });
    }
  }

  setInterval(tellParked, LOOK_MS).unref();

  function abort(id: number): void {
    const run = runs.get(id);
    if (!run) return;
    run.aborted = true;
    for (const image of run.begun) image.abort();
    deps.countWaiting(-run.waiting.size);
    for (const place of run.waiting.values()) {
      place.leave();
      run.over();
    }
    run.waiting.clear();
  }

  async function run(message: Extract<ToThread, { kind: "run" }>): Promise<void> {
    const { id, lane, integrity, inspect, images } = message;
    const { promise: allOver, resolve } = Promise.withResolvers<void>();
    let left = images.length;
    const state: Run = {
      waiting: new Map(),
      parked: 0,
      begun: new Set(),
      over() {
        left -= 1;
        if (left === 0) resolve();
      },
      aborted: false,
    };
    runs.set(id, state);

    // A signal of its own for each image: on one signal for all, adding a listener walks through those of all others.
    async function begin({ no, url }: ImageTask, leaveLine: () => void): Promise<void> {
      const aborting = new AbortController();
      state.begun.add(aborting);
      try {
        const order = { url, lane, integrity, inspect, leaveLine };
        const { outcome, attempts, fetchMs, inspected } = await deps.processImage(order, aborting.signal);
        gather(id, { no, outcome, attempts, fetchMs, inspected: inspected ?? null, finishedAt: Date.now() });
      } finally {
        state.begun.delete(aborting);
      }
    }

    // Places are shared inside the pipeline, so all images of the chunk may stand in line at once.
    for (const image of images) {
      let isWaiting = true;
      const place = deps.hostLines.lineUp(image.url, lane, (leaveLine) => {
        isWaiting = false;
        if (state.waiting.delete(image)) deps.countWaiting(-1);
        void begin(image, leaveLine).then(state.over, state.over);
      });
      if (!isWaiting) continue;
      state.waiting.set(image, place);
      deps.countWaiting(1);
    }
    await allOver;
    runs.delete(id);
    sendGathered();
    send({ kind: "over", id, aborted: state.aborted });
  }

  port.on("message", async (message: ToThread) => {
    if (message.kind === "run") await run(message);
    else if (message.kind === "abort") abort(message.id);
    else if (message.kind === "limit-per-host") deps.limitPerHost(message.connections);
    else {
      await deps.close();
      port.close();
    }
  });
}
