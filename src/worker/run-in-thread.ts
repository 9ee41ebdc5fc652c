/**
 * The inside of a pipeline thread: runs images as the parent asks and sends results back in batches.
 * Holds no truth: whatever is lost with the thread is done again under a new lease.
 */
import type { MessagePort } from "node:worker_threads";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import type { ProcessImage } from "../pipeline/process-image.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

/** Results that finish within so short a time share one message. */
const GATHER_MS = 5;

export function runInThread(deps: {
  readonly port: MessagePort;
  readonly processImage: ProcessImage;
  readonly close: () => Promise<void>;
}): void {
  const { port } = deps;
  const aborting = new Map<number, AbortController>();
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

  async function run(message: Extract<ToThread, { kind: "run" }>): Promise<void> {
    const { id, lane, integrity, images } = message;
    const controller = new AbortController();
    aborting.set(id, controller);
    const { signal } = controller;

    async function runImage({ no, url }: ImageTask): Promise<void> {
      const { outcome, attempts } = await deps.processImage({ url, lane, integrity }, signal);
      gather(id, { no, outcome, attempts, finishedAt: Date.now() });
    }

    // Places are shared inside the pipeline, so all images of the chunk may stand in line at once.
    await Promise.allSettled(images.map(runImage));
    aborting.delete(id);
    sendGathered();
    send({ kind: "over", id, aborted: signal.aborted });
  }

  port.on("message", async (message: ToThread) => {
    if (message.kind === "run") await run(message);
    else if (message.kind === "abort") aborting.get(message.id)?.abort();
    else {
      await deps.close();
      port.close();
    }
  });
}
