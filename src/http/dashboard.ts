/**
 * The dashboard's files as `npm ci` built them, under a policy that runs nothing but them. Its pages are one document: the script shows what
 * belongs to the path. Paths that are no page stay the API's 404.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

const BUILT = new URL("../../web/dist/", import.meta.url);
const PATHS = [
  "/",
  "/jobs",
  "/jobs/:id",
  "/insight",
  "/images",
  "/submit",
  "/review",
  "/review/rules",
  "/stores",
  "/stores/:id",
  "/webhooks",
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
  const index = new URL("index.html", built);
  const page = existsSync(index) ? readFileSync(index) : null;

  for (const path of PATHS) {
    app.get(path, { config: { access: "public" }, schema: { hide: true } }, async (_request, reply) =>
      page
        ? guarded(reply).type("text/html; charset=utf-8").header("cache-control", "no-cache").send(page)
        : notBuilt(reply),
    );
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
    schemaHide: true,
    setHeaders: (response) => response.header("x-content-type-options", "nosniff"),
  });
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
