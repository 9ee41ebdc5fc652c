/**
 * A pipeline thread for tests: measures nothing, dies at the URL `kill:`, never ends the URL `hang:`, tells its number as the height. At `who:` it waits until
 * something is kept for photos.example, and tells the length of its value.
 */
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { parentPort, threadId, workerData } from "node:worker_threads";
import type { AccessTable } from "../domain/access-table.ts";
import type { ImageOutcome } from "../domain/image.ts";
import { createStageCells } from "../pipeline/stage-cells.ts";
import { createStageTimes } from "../pipeline/stage-times.ts";
import { runInThread } from "../worker/run-in-thread.ts";

if (!parentPort) throw new Error("killer-thread.ts must be started as a worker thread");
const settings: { cells?: SharedArrayBuffer } = workerData;
const times = createStageTimes({ cells: settings.cells ?? createStageCells(1), now: Date.now });
runInThread({
  port: parentPort,
  limitPerHost: () => {},
  close: async () => {},
  hostLines: {
    lineUp(urls, _lane, begin) {
      for (const image of urls.keys()) begin(image, "", () => {});
      return { leave: () => 0, leaveHost: () => [], slow: () => 0 };
    },
    look: () => {},
    waiting: () => [],
  },
  hosts: { readings: () => [], giveUp: () => {}, forgetLane: () => {} },
  countWaiting: times.wait,
  processImage: async ({ url, access }, signal) => {
    const passage = times.begin();
    passage.enter("fetch");
    if (url === "kill:") process.exit(3);
    if (url === "hang:") {
      if (!signal.aborted) await once(signal, "abort");
      throw signal.reason;
    }
    passage.end();
    if (url === "who:") return { outcome: seenAs(await valueFor(access, signal)), attempts: 1, fetchMs: 1 };
    return {
      outcome: { kind: "measured", format: "png", width: url.length, height: threadId, bytes: 10 },
      attempts: 1,
      fetchMs: 1,
    };
  },
});

/** The value that is kept for the host, as soon as there is one. */
async function valueFor(access: () => AccessTable, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const row = access().to(new URL("https://photos.example/1.jpg"));
    if (row?.kind === "web") return row.headers[0]?.[1] ?? "";
    await setImmediate();
  }
}

function seenAs({ length: width }: string): ImageOutcome {
  return { kind: "measured", format: "png", width, height: threadId, bytes: 10 };
}
