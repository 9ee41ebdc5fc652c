/** A host on a real socket that serves so many requests at a time and refuses the rest. Tests and benchmarks only. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type RefusingHost = {
  readonly url: (path: string) => string;
  readonly served: number;
  readonly refused: number;
  close(): Promise<void>;
};

export async function startRefusingHost(options: {
  readonly atATime: number;
  readonly status: 429 | 503;
  /** How long each answer takes. */
  readonly answerMs: number;
  readonly photo: Uint8Array;
}): Promise<RefusingHost> {
  let busy = 0;
  let served = 0;
  let refused = 0;
  const server = createServer((_request, response) => {
    if (busy >= options.atATime) {
      refused += 1;
      response.writeHead(options.status).end();
      return;
    }
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      served += 1;
      response.writeHead(200, { "content-length": options.photo.length }).end(options.photo);
    }, options.answerMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    get served() {
      return served;
    },
    get refused() {
      return refused;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
