/** `/api/v1/images/similar`: have we seen this photo before? Asked with its URL, or with the photo as the body. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { plainText } from "../../domain/plain-text.ts";
import type { SimilarAnswer, SimilarPhotos } from "../../similar/similar-photos.ts";
import { atPace, BODY_PACE } from "../limits/body-pace.ts";
import { ApiError } from "../problems/api-error.ts";
import { quoted } from "../query.ts";
import { OrNull } from "../schemas.ts";
import { unbroken } from "../submission/submission-body.ts";
import { answers } from "./documented.ts";
import { earlierFields, earlierView } from "./review-schema.ts";
import { readByRoute } from "./submission-schema.ts";

/** A larger photo would be held whole. */
const MOST_BYTES = 32 * 2 ** 20;

const Similar = Type.Object(
  {
    inspected: Type.Boolean({ description: "false: the photo could not be looked at" }),
    not_inspected: OrNull(Type.String(), "Why not"),
    matches: Type.Array(Type.Object(earlierFields, { title: "EarlierPhoto" }), {
      description: "Inspected photos of the tenant that show the same, the best match first, at most 16",
    }),
  },
  { title: "Similar", description: "Whether a photo was seen before" },
);

const DESCRIPTION =
  "Among all photos of the caller's own tenant that were inspected and not removed since. Nothing is kept of the photo that is asked about. ";

export function addSimilarRoutes(server: FastifyInstance, deps: { readonly similar: SimilarPhotos }): void {
  const { similar } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    "/api/v1/images/similar",
    {
      config: { access: "reviews:decide" },
      schema: {
        operationId: "findSimilarToUrl",
        summary: "Have we seen the photo at this URL before?",
        description: `${DESCRIPTION}It is fetched as a job's images are, behind the same guard.`,
        tags: ["truth"],
        querystring: Type.Object(
          {
            url: Type.String({
              minLength: 1,
              maxLength: 8_192,
              pattern: "^[hH][tT][tT][pP][sS]?://",
              description: "Of the photo",
              "x-wanted": "an http or https URL",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers({ 200: Similar }, "similar_busy"),
      },
    },
    async ({ caller, query }) => answerView(await similar.toUrl(caller.tenant, query.url)),
  );

  app.post(
    "/api/v1/images/similar",
    {
      onRequest: async (request) => refuseOtherTypes(request),
      validatorCompiler: (route) =>
        route.httpPart === "body" ? readByRoute() : (app.validatorCompiler?.(route) ?? readByRoute()),
      config: { access: "reviews:decide" },
      schema: {
        operationId: "findSimilarToPhoto",
        summary: "Have we seen this photo before?",
        description: `${DESCRIPTION}The body is the photo, at most 32 MiB.`,
        tags: ["truth"],
        body: { content: { "image/*": { schema: Type.String({ format: "binary" }) } } },
        response: answers(
          { 200: Similar },
          "similar_busy",
          "invalid_body",
          "body_too_large",
          "request_broken_off",
          "unsupported_media_type",
        ),
      },
    },
    async (request) => answerView(await similar.toPhoto(request.caller.tenant, () => photoOf(request))),
  );
}

function refuseOtherTypes({ headers }: FastifyRequest): void {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "none";
  if (type.startsWith("image/")) return;
  throw new ApiError("unsupported_media_type", `the body must be a photo, image/jpeg or the like, got ${quoted(type)}`);
}

async function photoOf({ raw }: FastifyRequest): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of atPace(unbroken(raw), BODY_PACE)) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) {
      throw new ApiError("body_too_large", `the photo has more than the ${MOST_BYTES} bytes that are looked at`, {
        headers: { connection: "close" },
      });
    }
    pieces.push(piece);
  }
  if (bytes === 0) throw new ApiError("invalid_body", "the body must be a photo; it is empty");
  return Buffer.concat(pieces);
}

function answerView(answer: SimilarAnswer): Static<typeof Similar> {
  switch (answer.kind) {
    case "busy":
      throw new ApiError("similar_busy", "too many photos are being looked for; try again in a second", {
        headers: { "retry-after": "1" },
      });
    case "not-inspected":
      return { inspected: false, not_inspected: plainText(answer.why), matches: [] };
    case "matches":
      return { inspected: true, not_inspected: null, matches: answer.matches.map(earlierView) };
  }
}
