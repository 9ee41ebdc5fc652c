/** The API's description: OpenAPI 3.1 from the routes' own schemas at /openapi.json, pages for people at /docs. Made when first asked for. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { prepareAnswer } from "../prepared-answer.ts";
import { ApiError } from "../problems/api-error.ts";

/** Of the inner answer's own connection, which there is none of. */
const NOT_PASSED_ON = new Set(["connection", "date", "keep-alive", "transfer-encoding"]);

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
  const pagesOf = once(async () => await (await import("./api-pages.ts")).createApiPages(await documentOf()));
  const hidden = { config: { access: "public" }, schema: { hide: true } } as const;
  app.get("/openapi.json", hidden, async (request, reply) => await (await answerOf())(request, reply));
  const showPage = async (request: FastifyRequest, reply: FastifyReply) =>
    await passOn(await pagesOf(), request, reply);
  app.get("/docs", hidden, showPage);
  app.get("/docs/*", hidden, showPage);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
async function passOn(
  pages: FastifyInstance,
  { url, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await pages.inject({ method: "GET", url, headers });
  if (answer.statusCode >= 500) throw new Error(`the pages of the API answered ${answer.statusCode}: ${answer.body}`);
  if (answer.statusCode >= 400) throw new ApiError("not_found", `there is nothing at ${url.slice(0, 200)}`);
  const passed = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED_ON.has(name));
  reply.code(answer.statusCode).headers(Object.fromEntries(passed));
  return reply.send(answer.rawPayload.length > 0 ? answer.rawPayload : undefined);
}
