/** A pipeline thread for tests: measures nothing, dies at the URL `kill:`, never ends the URL `hang:`, tells its number as the height. */
import { once } from "node:events";
import { parentPort, threadId, workerData } from "node:worker_threads";
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
      for (const image of urls.keys()) begin(image, () => {});
      return { leave: () => 0, leaveHost: () => [], slow: () => 0 };
    },
    look: () => {},
    waiting: () => [],
  },
  hosts: { readings: () => [], giveUp: () => {}, forgetLane: () => {} },
  countWaiting: times.wait,
  processImage: async ({ url }, signal) => {
    const passage = times.begin();
    passage.enter("fetch");
    if (url === "kill:") process.exit(3);
    if (url === "hang:") {
      if (!signal.aborted) await once(signal, "abort");
      throw signal.reason;
    }
    passage.end();
    return {
      outcome: { kind: "measured", format: "png", width: url.length, height: threadId, bytes: 10 },
      attempts: 1,
      fetchMs: 1,
    };
  },
});
