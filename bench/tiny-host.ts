/**
 * The image host of big jobs, a process of its own: one real PNG of a few bytes for every path, answered with as little work as HTTP/1.1 allows, so
 * that the service has the machine. Sends `{address, bytes}` to its parent. Loopback only, and it ends with its parent.
 */
import { createServer } from "node:net";
import { aPng } from "../src/testing/image-bytes.ts";

const END_OF_REQUEST = "\r\n\r\n";
const png = aPng({ width: 40, height: 30 });
const ANSWER = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: ${png.length}${END_OF_REQUEST}`),
  png,
]);

const server = createServer({ noDelay: true }, (socket) => {
  let unread = "";
  socket.on("data", (bytes) => {
    const requests = (unread + bytes.toString("latin1")).split(END_OF_REQUEST);
    unread = requests.pop() ?? "";
    for (const _ of requests) socket.write(ANSWER);
  });
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const bound = server.address();
  const port = bound === null || typeof bound === "string" ? 0 : bound.port;
  process.send?.({ address: `http://127.0.0.1:${port}`, bytes: png.length });
});
process.on("disconnect", () => process.exit());
