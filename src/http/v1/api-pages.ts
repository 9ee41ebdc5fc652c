/** The API's description as pages for people, from local files. Loads what makes them, a fifth of a start, so it is imported when somebody asks. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyInstance } from "fastify";
import type { Part } from "./named-parts.ts";

/** The dashboard's own, in place of the library's. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" height="40"><rect width="32" height="32" rx="7" fill="#0f6b5c"/><path d="M7 13h18l-2-6H9zM9 15v10h14V15M14 25v-6h4v6" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/></svg>`;

/** Nothing but our own files; the page needs no inline script, and styles only as its library sets them. */
const DOCS_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "frame-ancestors": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
};

/** What is below /docs, to `inject`. Listens nowhere. */
export async function createApiPages(document: Part): Promise<FastifyInstance> {
  const pages = Fastify({ exposeHeadRoutes: false });
  pages.setValidatorCompiler(() => () => true);
  pages.setSerializerCompiler(() => JSON.stringify);
  await pages.register(swagger, {
    mode: "static",
    specification: { document: { openapi: "3.1.0", info: { title: "", version: "" }, paths: {}, ...document } },
  });
  await pages.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: DOCS_POLICY,
    logo: { type: "image/svg+xml", content: ICON, href: "/", target: "_self" },
    theme: { title: "Storewalk: the API" },
    uiConfig: { docExpansion: "list", tryItOutEnabled: true },
  });
  await pages.ready();
  return pages;
}
