/** A server of a test's own on loopback: a photo host, a receiver of webhooks, a stand-in for a service. Ends with its test. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { Ending } from "./storewalk-process.ts";

/** Returns its host, `127.0.0.1:PORT`. */
export async function startLoopbackServer(t: Ending, serve: RequestListener): Promise<string> {
  const server = createServer(serve).listen(0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("a server must listen on a port");
  return `127.0.0.1:${bound.port}`;
}
