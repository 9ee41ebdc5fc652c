/**
 * The API's description made from its routes: the OpenAPI document, and pages for people from local files. Loads what makes them, a fifth of a
 * start, so it is imported when somebody asks.
 */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import packageFile from "../../../package.json" with { type: "json" };

const TAGS = [
  { name: "jobs", description: "Submit jobs, follow them, change their course" },
  { name: "images", description: "What a job is made of" },
  { name: "stores", description: "The store master and what was visited of it" },
  { name: "webhooks", description: "Who is told of the ends of jobs" },
  { name: "keys", description: "API keys, signing in, and who changed what" },
  { name: "service", description: "The whole service at one look" },
  {
    name: "contract",
    description: "The endpoints that clients have relied on from the first version; their answers stay",
  },
  { name: "operation", description: "For those who run Storewalk" },
] as const;

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

export type ApiPages = {
  readonly document: object;
  /** What is below /docs, to `inject`. Listens nowhere. */
  readonly pages: FastifyInstance;
};

/** The routes stand here to be described only; nothing is to be asked but the pages. */
export async function createApiPages(routes: readonly RouteOptions[]): Promise<ApiPages> {
  const pages = Fastify({ exposeHeadRoutes: false });
  pages.setValidatorCompiler(() => () => true);
  pages.setSerializerCompiler(() => JSON.stringify);
  await pages.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Storewalk",
        version: packageFile.version,
        description:
          "The bulk engine for store-visit photos: nothing lost, nothing counted twice, every failure names its cause.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/" }],
      tags: [...TAGS],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "An API key: swk_live_…" },
          api_key: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same in a header of its own" },
          session: { type: "apiKey", in: "cookie", name: "storewalk_session", description: "Of the dashboard" },
        },
      },
    },
  });
  await pages.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: DOCS_POLICY,
    logo: { type: "image/svg+xml", content: ICON, href: "/", target: "_self" },
    theme: { title: "Storewalk: the API" },
    uiConfig: { docExpansion: "list", tryItOutEnabled: true },
  });
  for (const { method, url, schema = {} } of routes) {
    if (!schema.hide) pages.route({ method, url, schema, handler: async () => {} });
  }
  await pages.ready();
  return { document: pages.swagger(), pages };
}
