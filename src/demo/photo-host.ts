/**
 * The demo's image host: serves the photos as a shop's own server would, with some broken on purpose. Listens on loopback only.
 * Part of the demo, not of the service.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { PhotoAlbum } from "./photo-album.ts";

/** The round trip that a real host would be away. */
const ANSWER_AFTER_MS = 60;
const SLOW_AFTER_MS = 3_000;
const LOGIN_PAGE = new TextEncoder().encode("<!doctype html><title>Sign in</title><p>Your session has ended.</p>");

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

/** Serves `/photos/0.jpg` and so on, by their names, from an album, and what is broken beside it. */
export async function startPhotoHost(album: Pick<PhotoAlbum, "read">, port: number): Promise<PhotoHost> {
  async function answerTo(url: string): Promise<Answer | null> {
    const [, name = ""] = /^\/photos\/([\da-z-]{1,30})\.jpg$/.exec(url) ?? [];
    if (name !== "") return photoAnswer(await album.read(name));
    switch (url) {
      case BROKEN_PATHS.truncated:
        return photoAnswer(halfOf(await album.read("0")));
      case BROKEN_PATHS.page:
        return { bytes: LOGIN_PAGE, type: "text/html", afterMs: ANSWER_AFTER_MS };
      case BROKEN_PATHS.slow:
        return photoAnswer(await album.read("0"), SLOW_AFTER_MS);
      default:
        return null;
    }
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await answerTo(request.url ?? "");
    const timer = setTimeout(() => send(request, response, answer), answer?.afterMs ?? ANSWER_AFTER_MS);
    response.once("close", () => clearTimeout(timer));
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
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

function halfOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes?.subarray(0, bytes.length / 2) ?? null;
}

function photoAnswer(bytes: Uint8Array | null, afterMs = ANSWER_AFTER_MS): Answer | null {
  return bytes && { bytes, type: "image/jpeg", afterMs };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer | null): void {
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
