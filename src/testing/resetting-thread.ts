/**
 * A host in a thread of its own that resets each connection as soon as it is told that the client has it. Both sides wait for each other in
 * `turns`, so that the client can look at a socket whose peer is gone before its event loop has heard of it.
 */
import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const turns: Int32Array = workerData;
const WAIT_MS = 10_000;

const server = createServer((socket) => {
  Atomics.wait(turns, 0, 0, WAIT_MS);
  socket.resetAndDestroy();
  Atomics.store(turns, 1, 1);
  Atomics.notify(turns, 1);
}).listen(0, "127.0.0.1", () => parentPort?.postMessage(server.address()));
