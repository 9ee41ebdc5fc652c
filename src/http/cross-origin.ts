/**
 * Lets pages of other origins ask, where their origins are listed: CORS with keys in headers, never with cookies. Nobody is listed unless the operator
 * says so. Must come before whatever refuses a request, so that a page may read why.
 */
import type { FastifyInstance } from "fastify";
import { varyBy } from "./vary.ts";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ASKED_HEADERS =
  "authorization, x-api-key, content-type, idempotency-key, if-none-match, last-event-id, x-request-id";
const SHOWN_HEADERS =
  "content-disposition, etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id";
/** So long a browser need not ask again whether it may ask. */
const KNOWN_FOR_SECONDS = "600";

export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook("onRequest", async ({ method, headers }, reply) => {
    const { origin } = headers;
    varyBy(reply, "origin");
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header("access-control-allow-origin", origin).header("access-control-expose-headers", SHOWN_HEADERS);
    if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return;
    return reply
      .code(204)
      .header("access-control-allow-methods", METHODS)
      .header("access-control-allow-headers", ASKED_HEADERS)
      .header("access-control-max-age", KNOWN_FOR_SECONDS)
      .send();
  });
}
