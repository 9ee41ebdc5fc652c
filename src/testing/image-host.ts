/**
 * A real HTTP(S) server on loopback that serves bytes given by a test, well or badly. Counts what it was asked. Tests only;
 * never listens beyond 127.0.0.1.
 */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Certificate } from "./certificate.ts";
import { type Misbehaviour, misbehave } from "./image-host-faults.ts";

export type FileRoute = {
  readonly kind: "file";
  readonly bytes: Uint8Array;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `ignored`: always the whole file. `refused`: 416 to any range. `unknown-total`: 206 with `*` for the length. */
  readonly ranges?: "honoured" | "ignored" | "refused" | "unknown-total";
  /** Sends no Content-Length. */
  readonly chunked?: boolean;
};

export type Route =
  | FileRoute
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Absolute, or a path on this host. */
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  /** The first so many requests are answered by `first`, all others by `next`. */
  | { readonly kind: "at-first"; readonly times: number; readonly first: Route; readonly next: Route }
  /** 206 with this Content-Range, whatever was asked for. */
  | { readonly kind: "wrong-range"; readonly contentRange: string; readonly bytes: Uint8Array }
  /** The file compressed, though nobody asked for it. */
  | { readonly kind: "gzip"; readonly bytes: Uint8Array }
  | { readonly kind: "custom"; readonly answer: (request: IncomingMessage, response: ServerResponse) => void }
  | Misbehaviour;

export type ImageHost = {
  /** `host:port`, as an allow-list wants it. */
  readonly host: string;
  readonly port: number;
  readonly url: (path: string) => string;
  readonly hits: (path: string) => number;
  /** The headers of each request for a path, in order. */
  readonly asked: (path: string) => readonly IncomingHttpHeaders[];
  /** Adds a route or replaces it. */
  readonly route: (path: string, route: Route) => void;
  /** Connections ever made. */
  readonly connections: () => number;
  /** Resolves when the host has been asked for the path so many times, and has begun to answer. */
  readonly askedTimes: (path: string, times: number) => Promise<void>;
  /** Closes every connection at once, the idle ones included. */
  readonly cutConnections: () => void;
  readonly close: () => Promise<void>;
};

export async function startImageHost(
  routes: Readonly<Record<string, Route>> = {},
  options: { readonly tls?: Certificate; readonly name?: string } = {},
): Promise<ImageHost> {
  const table = new Map(Object.entries(routes));
  const log = new Map<string, IncomingHttpHeaders[]>();
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  let connections = 0;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? "/", "http://any").pathname;
    const seen = log.get(path) ?? [];
    log.set(path, seen);
    seen.push(request.headers);
    answer(table.get(path) ?? { kind: "status", status: 404 }, seen.length, request, response);
    for (const check of waiting) check();
  }

  const server: Server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  const host = `${options.name ?? "127.0.0.1"}:${port}`;
  const hits = (path: string) => log.get(path)?.length ?? 0;

  function askedTimes(path: string, times: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => {
      if (hits(path) < times) return;
      waiting.delete(check);
      resolve();
    };
    waiting.add(check);
    check();
    return promise;
  }

  function cutConnections(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    host,
    port,
    url: (path) => `${options.tls ? "https" : "http"}://${host}${path}`,
    hits,
    asked: (path) => log.get(path) ?? [],
    route: (path, route) => table.set(path, route),
    connections: () => connections,
    askedTimes,
    cutConnections,
    async close() {
      const closed = once(server, "close");
      server.close();
      cutConnections();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the image host does not listen on a port");
  return address.port;
}

function answer(route: Route, hit: number, request: IncomingMessage, response: ServerResponse): void {
  switch (route.kind) {
    case "file":
      sendFile(route, request, response);
      break;
    case "status":
      response.writeHead(route.status, { "content-length": "0", ...route.headers }).end();
      break;
    case "redirect":
      response.writeHead(route.status ?? 302, { location: route.to, "content-length": "0" }).end();
      break;
    case "at-first":
      answer(hit <= route.times ? route.first : route.next, hit, request, response);
      break;
    case "wrong-range":
      response.writeHead(206, { "content-range": route.contentRange, "content-length": route.bytes.length });
      response.end(route.bytes);
      break;
    case "gzip":
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(route.bytes));
      break;
    case "custom":
      route.answer(request, response);
      break;
    default:
      misbehave(route, response);
  }
}

function sendFile(route: FileRoute, request: IncomingMessage, response: ServerResponse): void {
  const { bytes, etag, ranges = "honoured" } = route;
  response.setHeaders(new Map(Object.entries(route.headers ?? {})));
  if (etag !== undefined) response.setHeader("etag", etag);
  if (ranges === "honoured") response.setHeader("accept-ranges", "bytes");
  const ifRange = request.headers["if-range"];
  const asked = ifRange === undefined || ifRange === etag ? request.headers.range : undefined;
  if (asked === undefined || ranges === "ignored") {
    send(response, 200, bytes, route.chunked);
    return;
  }
  const range = ranges === "refused" ? null : rangeOf(asked, bytes.length);
  if (range === null) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}`, "content-length": "0" }).end();
    return;
  }
  const [first, last] = range;
  const total = ranges === "unknown-total" ? "*" : bytes.length;
  response.setHeader("content-range", `bytes ${first}-${last}/${total}`);
  send(response, 206, bytes.subarray(first, last + 1), route.chunked);
}

function send(response: ServerResponse, status: number, bytes: Uint8Array, chunked = false): void {
  if (!chunked) response.setHeader("content-length", bytes.length);
  response.writeHead(status);
  response.end(bytes);
}

/** First and last byte of one range, null when the file has none of it. */
function rangeOf(header: string, length: number): readonly [number, number] | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === undefined || last === undefined) return null;
  if (first === "") return length === 0 ? null : [Math.max(0, length - Number(last)), length - 1];
  if (Number(first) >= length) return null;
  return [Number(first), last === "" ? length - 1 : Math.min(Number(last), length - 1)];
}
