/** The API's description: OpenAPI 3.1 from the routes' own schemas at /openapi.json, the same for people at /docs. Made when first asked for. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { type PreparedAnswer, prepareAnswer } from "../prepared-answer.ts";

declare module "fastify" {
  /** What a route says of itself for the document, beside its schemas. */
  interface FastifySchema {
    readonly operationId?: string;
    readonly summary?: string;
    readonly description?: string;
    readonly tags?: readonly string[];
    readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
    /** Not of the API. */
    readonly hide?: boolean;
  }
}

/** To be called before the routes that it describes are registered. */
export function describeApi(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    if (route.method !== "HEAD") routes.push(route);
  });
  const documentOf = once(async () => (await import("./openapi-document.ts")).openapiDocument(routes));
  const answerOf = once(async () =>
    prepareAnswer(JSON.stringify(await documentOf()), "application/json; charset=utf-8"),
  );
  const pageOf = once(async () => await pageFor(await documentOf()));
  const hidden = { config: { access: "public" }, schema: { hide: true } } as const;
  app.get("/openapi.json", hidden, async (request, reply) => await (await answerOf())(request, reply));
  app.get("/docs", hidden, async (request, reply) => await (await pageOf())(request, reply));
}

async function pageFor(document: Readonly<Record<string, unknown>>): Promise<PreparedAnswer> {
  const { REFERENCE_POLICY, referencePage } = await import("./reference-page.ts");
  const send = prepareAnswer(referencePage(document), "text/html; charset=utf-8");
  return async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header("content-security-policy", REFERENCE_POLICY).header("x-content-type-options", "nosniff");
    return await send(request, reply);
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
