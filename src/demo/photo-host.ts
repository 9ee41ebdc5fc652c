/**
 * The demo's image host: serves the photos as a shop's own server would, with some broken on purpose. Listens on loopback only.
 * Part of the demo, not of the service.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Photo } from "./photos.ts";

/** The round trip that a real host would be away. */
const ANSWER_AFTER_MS = 60;
const SLOW_AFTER_MS = 3_000;

export type PhotoHost = {
  readonly address: string;
  close(): Promise<void>;
};

/** Paths that fail on purpose, and how. */
export const BROKEN_PATHS = {
  missing: "/broken/missing.jpg",
  truncated: "/broken/truncated.jpg",
  page: "/broken/login-page.jpg",
  slow: "/broken/slow.jpg",
} as const;

export async function startPhotoHost(photos: readonly Photo[], port: number): Promise<PhotoHost> {
  const files = new Map(photos.map(({ path, bytes }) => [path, bytes]));
  const [first] = files.values();
  if (!first) throw new Error("the photo host needs at least one photo");
  const page = new TextEncoder().encode("<!doctype html><title>Sign in</title><p>Your session has ended.</p>");
  const answers = new Map<string, Answer>([
    ...[...files].map(([path, bytes]): [string, Answer] => [
      path,
      { bytes, type: "image/jpeg", afterMs: ANSWER_AFTER_MS },
    ]),
    [
      BROKEN_PATHS.truncated,
      { bytes: first.subarray(0, first.length / 2), type: "image/jpeg", afterMs: ANSWER_AFTER_MS },
    ],
    [BROKEN_PATHS.page, { bytes: page, type: "text/html", afterMs: ANSWER_AFTER_MS }],
    [BROKEN_PATHS.slow, { bytes: first, type: "image/jpeg", afterMs: SLOW_AFTER_MS }],
  ]);
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? "");
    const timer = setTimeout(() => send(request, response, answer), answer?.afterMs ?? ANSWER_AFTER_MS);
    response.once("close", () => clearTimeout(timer));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the photo host must listen on a port");
  return {
    address: `http://127.0.0.1:${bound.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Answer = { readonly bytes: Uint8Array; readonly type: string; readonly afterMs: number };

function send(request: IncomingMessage, response: ServerResponse, answer: Answer | undefined): void {
  if (!answer) {
    response.writeHead(404, { "content-type": "text/plain" }).end("no such photo\n");
    return;
  }
  const { bytes, type } = answer;
  const range = rangeOf(request.headers.range, bytes.length);
  const headers = { "content-type": type, "accept-ranges": "bytes" };
  if (!range) {
    response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
    return;
  }
  const part = bytes.subarray(range.first, range.last + 1);
  response.writeHead(206, {
    ...headers,
    "content-length": part.length,
    "content-range": `bytes ${range.first}-${range.last}/${bytes.length}`,
  });
  response.end(part);
}

/** `bytes=0-99` or `bytes=-100`; nothing for what the host does not understand, which it then serves whole. */
function rangeOf(header: string | undefined, length: number): { first: number; last: number } | null {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") return { first: Math.max(0, length - Number(to)), last: length - 1 };
  const first = Number(from);
  const last = to === "" ? length - 1 : Math.min(Number(to), length - 1);
  return first <= last ? { first, last } : null;
}
