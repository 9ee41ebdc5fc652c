/** A thread for tests in place of the one that compares photos: it dies over whatever it is asked. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => {
  throw new Error("a fault in the comparison");
});
