/** What is answered where no route is. */
import type { FastifyInstance } from "fastify";
import { ApiError } from "./problems/api-error.ts";

/** Answers 405 with Allow where the path exists for another method, else 404: before a body is looked at. */
export function answerUnknownPaths(app: FastifyInstance): void {
  const routes: { readonly path: RegExp; readonly methods: string[] }[] = [];
  const patterns = new Map<string, string[]>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = patterns.get(url) ?? [];
    if (methods.length === 0) {
      patterns.set(url, methods);
      routes.push({ path: new RegExp(`^${url.replace(/:[a-z]+/g, "[^/]+").replace("*", ".*")}/?$`), methods });
    }
    methods.push(...[method].flat());
  });
  app.addHook("onRequest", async (request) => {
    if (!request.is404) return;
    const path = request.url.split("?", 1)[0] ?? "";
    const route = routes.find((candidate) => candidate.path.test(path));
    // A folder of files takes the method and may still not have the file.
    if (!route || route.methods.includes(request.method))
      throw new ApiError("not_found", `there is nothing at ${path.slice(0, 200)}`);
    const allow = route.methods.join(", ");
    throw new ApiError("method_not_allowed", `${request.method} is not possible at ${path}; ${allow} is`, {
      headers: { allow },
    });
  });
}
