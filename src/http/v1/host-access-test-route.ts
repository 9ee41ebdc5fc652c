/** `/api/v1/hosts/access/test`: one image asked for as a job would, to see whether its credentials do. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { TriedUrl, TryUrl } from "../../access/try-access.ts";
import { MOST_URL_CHARACTERS } from "../../domain/image-url.ts";
import { ApiError } from "../problems/api-error.ts";
import { ErrorCode, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { readJsonBodies } from "./json-body.ts";
import { TenantChoice, tenantFor } from "./whose.ts";

const Tried = Type.Object(
  {
    pattern: OrNull(Type.String(), "Whose credentials hold for the URL; null where none do"),
    sends: Type.Array(Type.String(), { description: "Names of headers, and of parameters behind a ?" }),
    outcome: Type.Enum(["measured", "failed"]),
    format: OrNull(Type.String(), "Null where it failed"),
    width: OrNull(Type.Integer(), "Null where it failed"),
    height: OrNull(Type.Integer(), "Null where it failed"),
    code: OrNull(ErrorCode, "Null where it was measured"),
    detail: OrNull(Type.String(), "Null where it was measured"),
  },
  { title: "HostAccessTest", description: "What came of asking for it" },
);

export function addHostAccessTestRoute(server: FastifyInstance, deps: { readonly tryUrl: TryUrl }): void {
  server.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().post(
      "/api/v1/hosts/access/test",
      {
        config: { access: "hosts:manage" },
        schema: {
          operationId: "testHostAccess",
          summary: "Ask for one image with the credentials that are kept for it",
          description: "As a job of the tenant would, up to the image's size. Nothing of it is kept.",
          tags: ["hosts"],
          body: Type.Object(
            {
              url: Type.String({
                minLength: 1,
                maxLength: MOST_URL_CHARACTERS,
                description: "Of one image",
                "x-secret": true,
                "x-wanted": `a URL of 1 to ${MOST_URL_CHARACTERS} characters`,
              }),
              tenant: Type.Optional(TenantChoice),
            },
            { title: "HostAccessToTest", additionalProperties: false },
          ),
          response: answers(
            { 200: Tried },
            "host_tests_busy",
            "invalid_body",
            "body_too_large",
            "unsupported_media_type",
          ),
        },
      },
      async ({ body, caller }) => {
        const tried = await deps.tryUrl(tenantFor(caller, body.tenant), body.url);
        if (tried.kind === "tried") return triedView(tried);
        throw new ApiError("host_tests_busy", "too many hosts are being tried; try again in a second", {
          headers: { "retry-after": "1" },
        });
      },
    );
    done();
  });
}

function triedView({ pattern, sends, outcome }: TriedUrl): Static<typeof Tried> {
  const isMeasured = outcome.kind === "measured";
  return {
    pattern,
    sends: [...sends],
    outcome: outcome.kind,
    format: isMeasured ? outcome.format : null,
    width: isMeasured ? outcome.width : null,
    height: isMeasured ? outcome.height : null,
    code: isMeasured ? null : outcome.code,
    detail: isMeasured ? null : outcome.detail,
  };
}
