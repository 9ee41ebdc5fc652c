/**
 * The dashboard's files as `npm ci` built them, under a policy that runs nothing but them. Its pages are one document: the script shows what
 * belongs to the path. A browser that asks for a path that is no page gets the page that says so, with 404; programs get the API's answer.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const BUILT = new URL("../../web/dist/", import.meta.url);
/** Of one thing, which has a number. */
const NUMBERED = ["/jobs/:id", "/jobs/:id/images/:image", "/webhooks/deliveries/:no"];
const PATHS = [
  "/",
  "/jobs",
  ...NUMBERED,
  "/insight",
  "/images",
  "/schedules",
  "/submit",
  "/review",
  "/review/rules",
  "/stores",
  "/stores/:id",
  "/webhooks",
  "/hosts",
  "/keys",
  "/health",
];
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
const NOT_BUILT = "The dashboard is not built; npm ci builds it, and so does: npm run build:page\n";

export function addDashboard(app: FastifyInstance, built: URL = BUILT): void {
  const page = readPage(built);

  for (const path of PATHS) {
    app.get(path, { config: { access: "public" }, schema: { hide: true } }, async (request, reply) => {
      if (!page) return notBuilt(reply);
      return sendPage(NUMBERED.includes(path) && !isNumbered(request) ? reply.code(404) : reply, page);
    });
  }
  if (!page) return;
  const icon = readFileSync(new URL("icon.svg", built));
  app.get("/icon.svg", { config: { access: "public" }, schema: { hide: true } }, async (_request, reply) =>
    guarded(reply).type("image/svg+xml").header("cache-control", "max-age=86400").send(icon),
  );
  // Their names carry the hash of their contents.
  app.register(fastifyStatic, {
    root: fileURLToPath(new URL("assets/", built)),
    prefix: "/assets/",
    decorateReply: false,
    index: false,
    immutable: true,
    maxAge: "365d",
    // The build left them beside the files.
    preCompressed: true,
    schemaHide: true,
    setHeaders: (response) => response.header("x-content-type-options", "nosniff"),
  });
}

/** To be added before what answers programs at unknown paths. */
export function showUnknownPaths(app: FastifyInstance, built: URL = BUILT): void {
  const page = readPage(built);
  if (!page) return;
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404 && isOfBrowser(request)) return await sendPage(reply.code(404), page);
  });
}

/** Whether the path may be that of a job, an image or a delivery, as the page reads it. */
const isNumbered = ({ url }: FastifyRequest): boolean =>
  /^\/(?:jobs\/[1-9]\d{0,15}(?:\/images\/\d{1,10})?|webhooks\/deliveries\/[1-9]\d{0,15})\/?(?:\?|$)/.test(url);

function readPage(built: URL): Buffer | null {
  const index = new URL("index.html", built);
  return existsSync(index) ? readFileSync(index) : null;
}

/** Somebody who typed an address or followed a link, to where no part of the API is. */
function isOfBrowser({ method, headers, url }: FastifyRequest): boolean {
  const isRead = method === "GET" || method === "HEAD";
  return isRead && /\btext\/html\b/.test(headers.accept ?? "") && !/^\/(?:api|assets|docs)\//.test(url);
}

function sendPage(reply: FastifyReply, page: Buffer): FastifyReply {
  return guarded(reply).type("text/html; charset=utf-8").header("cache-control", "no-cache").send(page);
}

function guarded(reply: FastifyReply): FastifyReply {
  return reply
    .header("content-security-policy", POLICY)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "same-origin")
    .header("cross-origin-opener-policy", "same-origin");
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply.code(503).type("text/plain; charset=utf-8").send(NOT_BUILT);
}
