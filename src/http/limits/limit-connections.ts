/** The limits below requests: how many connections there are, and how many requests stand in line on one of them. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { RefusalMetrics } from "../../metrics/refusal-metrics.ts";
import { ApiError } from "../problems/api-error.ts";

/** Programs that pipeline send a few at a time. */
const MOST_IN_LINE = 64;
/** After so many a client connects anew, maybe to a process that has less to do. */
const MOST_REQUESTS_A_CONNECTION = 10_000;
const MOST_HEADERS = 100;

export function limitConnections(
  app: FastifyInstance,
  deps: {
    /** 0: as many as the system allows. */
    readonly maxConnections: number;
    readonly metrics: RefusalMetrics;
  },
): void {
  const server: Server = app.server;
  if (deps.maxConnections > 0) server.maxConnections = deps.maxConnections;
  server.maxRequestsPerSocket = MOST_REQUESTS_A_CONNECTION;
  // Node would leave further ones out; one more, so that they are seen.
  server.maxHeadersCount = MOST_HEADERS + 1;
  server.on("drop", () => deps.metrics.refused("connections"));
  cutPipelines(app, server, deps.metrics);
  app.addHook("onRequest", async ({ raw }) => {
    if (raw.rawHeaders.length <= 2 * MOST_HEADERS) return;
    throw new ApiError("headers_too_large", `the request has more than ${MOST_HEADERS} headers`);
  });
}

/** Node hands out every request that it finds in what it read, and answers them in turn: a connection that sends too many ahead is cut. */
function cutPipelines(app: FastifyInstance, server: Server, metrics: RefusalMetrics): void {
  const inLine = new WeakMap<Socket, number>();
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const requests = (inLine.get(socket) ?? 0) + 1;
    inLine.set(socket, requests);
    response.once("close", () => inLine.set(socket, (inLine.get(socket) ?? 1) - 1));
    if (requests <= MOST_IN_LINE || socket.destroyed) return;
    metrics.refused("pipelining");
    socket.destroy();
  });
  // The rest of what was read comes all the same; nobody is there to answer.
  app.addHook("onRequest", async ({ raw }, reply) => {
    if (raw.socket.destroyed) reply.hijack();
  });
}
