/** Entry of the thread that compares photos. Started by `compare-photos.ts` only. */
import { parentPort } from "node:worker_threads";
import { stepBack } from "../process/step-back.ts";
import { comparePhotos } from "../truth/match.ts";
import type { CompareAnswer, CompareTask } from "./compare-photos.ts";

const port = parentPort;
if (!port) throw new Error("compare-thread.ts must be started as a worker thread");

stepBack();
port.on("message", ({ id, later, photos }: CompareTask) => {
  port.postMessage({ id, compared: comparePhotos(later, photos) } satisfies CompareAnswer);
});
