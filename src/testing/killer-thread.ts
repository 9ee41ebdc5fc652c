/** A pipeline thread for tests: measures nothing, dies at the URL `kill:`, never ends the URL `hang:`. */
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { runInThread } from "../worker/run-in-thread.ts";

if (!parentPort) throw new Error("killer-thread.ts must be started as a worker thread");
runInThread({
  port: parentPort,
  limitPerHost: () => {},
  close: async () => {},
  processImage: async ({ url }, signal) => {
    if (url === "kill:") process.exit(3);
    if (url === "hang:") {
      if (!signal.aborted) await once(signal, "abort");
      throw signal.reason;
    }
    return { outcome: { kind: "measured", format: "png", width: url.length, height: 1, bytes: 10 }, attempts: 1 };
  },
});
