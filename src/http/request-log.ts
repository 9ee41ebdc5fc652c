/**
 * Follows each request to its end: its id on the answer, one line in the log, its time in the metrics. The line names no value of the
 * query. What is polled all day and answered in order is logged as `debug`: the metrics count it, and it would drown the rest.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpMetrics } from "../metrics/http-metrics.ts";
import type { Log } from "../process/log.ts";
import { maskTarget } from "../process/mask-query.ts";

export const REQUEST_ID_HEADER = "x-request-id";
/** Short, and harmless wherever it is shown. */
const CLIENTS_OWN_ID = /^[A-Za-z0-9._-]{1,64}$/;
const POLLED_ROUTES: ReadonlySet<string> = new Set(["/api/status", "/healthz", "/readyz", "/metrics"]);

declare module "fastify" {
  interface FastifyRequest {
    /** The job that the request is about, as far as it is known. */
    jobId: number | null;
  }
}

export type RequestLog = {
  /** The client's own id if it is in order, else a new one. */
  idOf(raw: Pick<IncomingMessage, "headers">): string;
  /** To be called when a request begins. */
  follow(request: FastifyRequest, reply: FastifyReply): void;
  /** For what was refused before it became a request of a route. Returns the id for its answer. */
  refused(raw: IncomingMessage | null, status: number): string;
};

export function createRequestLog(deps: {
  readonly log: Log;
  readonly metrics: HttpMetrics;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}): RequestLog {
  const { metrics, now } = deps;

  function idOf({ headers }: Pick<IncomingMessage, "headers">): string {
    const own = headers[REQUEST_ID_HEADER];
    return typeof own === "string" && CLIENTS_OWN_ID.test(own) ? own : randomUUID();
  }

  function follow(request: FastifyRequest, reply: FastifyReply): void {
    reply.header(REQUEST_ID_HEADER, request.id);
    const startedAt = now();
    // Comes once, after the answer or instead of it.
    reply.raw.once("close", () => {
      const { headersSent, statusCode, writableFinished } = reply.raw;
      const route = request.is404 ? null : (request.routeOptions?.url ?? null);
      const ms = now() - startedAt;
      const { method } = request;
      metrics.requestOver({ route, method, status: writableFinished ? statusCode : null, ms });
      const line = {
        method,
        path: maskTarget(request.raw.url ?? ""),
        status: headersSent ? statusCode : null,
        ms: Math.round(ms),
        ...(request.jobId ? { jobId: request.jobId } : {}),
        ...(writableFinished ? {} : { brokenOff: true }),
      };
      const isPolled = route !== null && POLLED_ROUTES.has(route) && statusCode < 400;
      request.log[isPolled ? "debug" : "info"](line, "request");
    });
  }

  function refused(raw: IncomingMessage | null, status: number): string {
    const requestId = raw ? idOf(raw) : randomUUID();
    const method = raw?.method ?? null;
    metrics.requestOver({ route: null, method: method ?? "other", status, ms: 0 });
    const path = raw ? maskTarget(raw.url ?? "") : null;
    deps.log.info({ requestId, method, path, status, ms: 0 }, "request");
    return requestId;
  }

  return { idOf, follow, refused };
}
