/**
 * The image host under load, a process of its own: image n is a PNG of width 1 + n mod 1,000, every 97th is missing. With FAULTS=1 some images go
 * wrong the first time that they are asked for: an error, a hang, a body cut short, a reset. Sends `{address}` to its parent. Loopback only.
 */
import { createServer, type ServerResponse } from "node:http";
import { aPng } from "../../src/testing/image-bytes.ts";
import { isMissing, widthOf } from "./numbered-images.ts";

const withFaults = process.env.FAULTS === "1";
const FAULT_EVERY = 41;
const askedFor = new Set<string>();

/** Returns whether the answer was taken in hand. */
function goWrong(image: number, response: ServerResponse): boolean {
  switch (Math.floor(image / FAULT_EVERY) % 4) {
    case 0:
      response.writeHead(503).end();
      return true;
    case 1:
      // The client gives up first; the server's end takes the rest.
      return true;
    case 2:
      response.writeHead(200, { "content-type": "image/png", "content-length": 1_000 });
      response.write(aPng({ width: widthOf(image), height: 1 }).subarray(0, 20), () => response.destroy());
      return true;
    default:
      response.socket?.resetAndDestroy();
      return true;
  }
}

const server = createServer((request, response) => {
  const url = request.url ?? "";
  const image = Number(/\/(\d+)\.png$/.exec(url)?.[1]);
  if (isMissing(image)) {
    response.writeHead(404).end();
    return;
  }
  if (withFaults && image % FAULT_EVERY === 0 && !askedFor.has(url)) {
    askedFor.add(url);
    if (goWrong(image, response)) return;
  }
  response.writeHead(200, { "content-type": "image/png" }).end(aPng({ width: widthOf(image), height: 1 }));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const bound = server.address();
  const port = bound === null || typeof bound === "string" ? 0 : bound.port;
  process.send?.({ address: `http://127.0.0.1:${port}` });
});
process.on("disconnect", () => process.exit());
