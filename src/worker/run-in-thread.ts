/**
 * The inside of a pipeline thread: runs images as the parent asks and sends results back in batches.
 * Holds no truth: whatever is lost with the thread is done again under a new lease.
 */
import { setPriority } from "node:os";
import type { MessagePort } from "node:worker_threads";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import type { ProcessImage } from "../pipeline/process-image.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

/** Results that finish within so short a time share one message. */
const GATHER_MS = 5;
/**
 * Where threads are many and cores few, those that somebody waits for go first: the API's and the ledger's. On Linux a priority is the thread's own
 * (setpriority(2), "C library/kernel differences"), elsewhere it would be the whole process's.
 */
const NICENESS = 5;

export function runInThread(deps: {
  readonly port: MessagePort;
  readonly processImage: ProcessImage;
  readonly limitPerHost: (connections: number) => void;
  readonly close: () => Promise<void>;
}): void {
  const { port } = deps;
  if (process.platform === "linux") setPriority(NICENESS);
  const runs = new Map<number, { readonly images: Set<AbortController>; aborted: boolean }>();
  let gathered = new Map<number, ImageResult[]>();
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

  function gather(id: number, result: ImageResult): void {
    const results = gathered.get(id);
    if (results) results.push(result);
    else gathered.set(id, [result]);
    gathering ??= setTimeout(sendGathered, GATHER_MS);
  }

  function abort(id: number): void {
    const run = runs.get(id);
    if (!run) return;
    run.aborted = true;
    for (const image of run.images) image.abort();
  }

  async function run(message: Extract<ToThread, { kind: "run" }>): Promise<void> {
    const { id, lane, integrity, images } = message;
    const state = { images: new Set<AbortController>(), aborted: false };
    runs.set(id, state);

    // A signal of its own for each image: on one signal for all, adding a listener walks through those of all others.
    async function runImage({ no, url }: ImageTask): Promise<void> {
      const aborting = new AbortController();
      state.images.add(aborting);
      try {
        const { outcome, attempts, fetchMs } = await deps.processImage({ url, lane, integrity }, aborting.signal);
        gather(id, { no, outcome, attempts, fetchMs, finishedAt: Date.now() });
      } finally {
        state.images.delete(aborting);
      }
    }

    // Places are shared inside the pipeline, so all images of the chunk may stand in line at once.
    await Promise.allSettled(images.map(runImage));
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
