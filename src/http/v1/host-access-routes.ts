/** `/api/v1/hosts/access`: what a tenant sends to hosts that ask who is there. No answer has a secret. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { AccessKeeper, KeepAnswer, KeptAccess } from "../../access/access-keeper.ts";
import { ApiError } from "../problems/api-error.ts";
import { answers } from "./documented.ts";
import { Access, AccessChange, accessView, NewAccess } from "./host-access-schema.ts";
import { patternOf, wishOf } from "./host-access-wish.ts";
import { BODY_CODES, readJsonBodies } from "./json-body.ts";
import { listOf } from "./paging.ts";
import { tenantFor } from "./whose.ts";

const AccessPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });

export function addHostAccessRoutes(server: FastifyInstance, deps: { readonly access: AccessKeeper }): void {
  const { access } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function known(id: string, tenant: string | null): Promise<KeptAccess> {
    const row = (await access.list(tenant)).find((one) => one.id === id);
    if (row === undefined) throw noSuchAccess(id);
    return row;
  }

  app.get(
    "/api/v1/hosts/access",
    {
      config: { access: "hosts:manage" },
      schema: {
        operationId: "listHostAccess",
        summary: "Credentials for hosts, without what is secret",
        description: "Of all that the caller sees, by tenant and pattern.",
        tags: ["hosts"],
        response: answers({ 200: listOf(Access, "By their patterns") }),
      },
    },
    async ({ caller }) => ({ data: (await access.list(caller.sees)).map(accessView) }),
  );

  app.get(
    "/api/v1/hosts/access/:id",
    {
      config: { access: "hosts:manage" },
      schema: {
        operationId: "getHostAccess",
        summary: "Credentials for one pattern of hosts, without what is secret",
        description: "Names of what is sent, and whether it can be used; no value.",
        tags: ["hosts"],
        params: AccessPath,
        response: answers({ 200: Access }, "host_access_not_found"),
      },
    },
    async ({ params, caller }) => accessView(await known(params.id, caller.sees)),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    const routes = withBodies.withTypeProvider<TypeBoxTypeProvider>();

    routes.post(
      "/api/v1/hosts/access",
      {
        config: { access: "hosts:manage" },
        schema: {
          operationId: "addHostAccess",
          summary: "Keep credentials for hosts or buckets",
          description:
            "Sent with the images of the tenant to the hosts of the pattern, the most exact pattern alone; over TLS only unless over_http " +
            "says otherwise, and no further than a redirect to another origin. Kept encrypted; no answer shows a secret again.",
          tags: ["hosts"],
          body: NewAccess,
          response: answers(
            { 201: Access },
            "host_access_exists",
            "too_many_host_access",
            "host_access_unavailable",
            ...BODY_CODES,
          ),
        },
      },
      async ({ body, caller }, reply) => {
        const { pattern: given, tenant: chosen, ...wish } = body;
        const tenant = tenantFor(caller, chosen);
        const { pattern, text } = patternOf(given);
        const added = await access.add(tenant, text, wishOf(wish, pattern.kind, true));
        const row = keptIn(added, text);
        return reply.code(201).header("location", `/api/v1/hosts/access/${row.id}`).send(accessView(row));
      },
    );

    routes.patch(
      "/api/v1/hosts/access/:id",
      {
        config: { access: "hosts:manage" },
        schema: {
          operationId: "changeHostAccess",
          summary: "Set a secret anew, or change how it is sent",
          description: "Holds for running jobs within seconds, and for retries. The secret before is forgotten.",
          tags: ["hosts"],
          params: AccessPath,
          body: AccessChange,
          response: answers({ 200: Access }, "host_access_not_found", "host_access_unavailable", ...BODY_CODES),
        },
      },
      async ({ params, body, caller }) => {
        const { id, settings } = await known(params.id, caller.sees);
        const changed = await access.change(id, caller.sees, wishOf(body, settings.kind, false));
        return accessView(keptIn(changed, id));
      },
    );
    done();
  });

  app.delete(
    "/api/v1/hosts/access/:id",
    {
      config: { access: "hosts:manage" },
      schema: {
        operationId: "removeHostAccess",
        summary: "Forget credentials",
        description: "Images are asked for without them within seconds, those of running jobs as well.",
        tags: ["hosts"],
        params: AccessPath,
        response: answers({ 204: Type.Null({ description: "They are gone" }) }, "host_access_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      if (!(await access.remove(params.id, caller.sees))) throw noSuchAccess(params.id);
      return reply.code(204).send(null);
    },
  );
}

function noSuchAccess(id: string): ApiError {
  return new ApiError("host_access_not_found", `there are no credentials ${JSON.stringify(id)}`);
}

/** `name` is how the caller named it. Throws ApiError for what is not kept. */
function keptIn(answer: KeepAnswer, name: string): KeptAccess {
  switch (answer.kind) {
    case "kept":
      return answer.access;
    case "missing":
      throw noSuchAccess(name);
    case "exists":
      throw new ApiError(
        "host_access_exists",
        `there are credentials for ${name} already; change them, or remove them first`,
      );
    case "full":
      throw new ApiError(
        "too_many_host_access",
        `there are credentials for ${answer.most} patterns already; remove some first`,
      );
    case "no-secret":
      throw new ApiError(
        "host_access_unavailable",
        "a fleet needs STOREWALK_AUTH_SECRET, the same for all its processes, to keep credentials",
      );
    case "unusable":
      throw new ApiError(
        "host_access_unavailable",
        `what is to stay of these credentials cannot be read: ${answer.why}; give headers and query both`,
      );
  }
}
