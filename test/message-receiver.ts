/** A receiver of what the service tells, which serves pictures as well: for tests of messages that are about jobs. */
import type { IncomingHttpHeaders } from "node:http";
import { aPng } from "../src/testing/image-bytes.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import type { Ending } from "./storewalk-process.ts";

export type Message = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** `message` answers a message before which so many came; `refusal`, where it is there, the request of a picture that is not given. */
export async function startReceiver(
  t: Ending,
  answers: {
    readonly message: (path: string, before: number) => Answer;
    readonly refusal?: (path: string) => Answer | null;
  },
) {
  const received: Message[] = [];
  const waiting = new Set<() => void>();
  const host = await startLoopbackServer(t, async (request, response) => {
    const { url: path = "", headers } = request;
    if (request.method === "GET") {
      const refusal = answers.refusal?.(path) ?? null;
      if (refusal) response.writeHead(refusal.status, refusal.headers).end();
      else response.writeHead(200, { "content-type": "image/png" }).end(aPng());
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const answer = answers.message(path, received.length);
    received.push({ path, headers, body: Buffer.concat(pieces).toString() });
    response.writeHead(answer.status, answer.headers).end("thank you");
    for (const look of waiting) look();
  });
  return {
    host,
    url: (path: string) => `http://${host}${path}`,
    received,
    /** Resolves with the messages when there are so many. */
    messages: (count: number) =>
      new Promise<readonly Message[]>((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve(received);
        };
        waiting.add(look);
        look();
      }),
  };
}
