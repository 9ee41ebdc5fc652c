/** Decisions about flagged images: accept or dismiss one, or many at once, and take it back. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ReviewState } from "../../domain/findings.ts";
import type { ImagePlace, ReviewLedger } from "../../ledger/port/review-ledger.ts";
import { JobId } from "../schemas.ts";
import { answers } from "./documented.ts";
import { BODY_CODES, readJsonBodies } from "./json-body.ts";
import { ReviewWithHistory } from "./review-schema.ts";
import { createReviewViews, noFlagged, ReviewPath, type ReviewsDeps } from "./reviews-routes.ts";
import { Count } from "./truth-schema.ts";

const MOST_IMAGES = 1_000;

const Note = Type.Optional(
  Type.String({
    maxLength: 500,
    pattern: "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ud800-\\udfff]*$",
    description: "What is to be said about it",
    "x-wanted": "text of at most 500 characters, without control characters",
  }),
);
const Verdict = Type.Object(
  { decision: Type.Enum(["accepted", "dismissed"], { description: "Rightly flagged, or a false alarm" }), note: Note },
  { title: "Verdict", additionalProperties: false },
);
const Place = Type.Object(
  { job_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), image: ReviewPath.properties.image },
  { title: "ImagePlace", additionalProperties: false },
);
const Decisions = Type.Object(
  {
    images: Type.Array(Place, { minItems: 1, maxItems: MOST_IMAGES }),
    decision: Type.Enum(["accepted", "dismissed", "open"], { description: "open: as if nobody had decided" }),
    note: Note,
  },
  { title: "Decisions", additionalProperties: false },
);
const Decided = Type.Object(
  {
    changed: Count,
    unchanged: Type.Integer({ minimum: 0, description: "It was so already" }),
    not_found: Type.Array(Type.Object({ job_id: JobId, image: Count }), { description: "No such image, or no flag" }),
  },
  { title: "Decided", description: "What became of each" },
);

export function addDecisionsRoutes(
  server: FastifyInstance,
  deps: ReviewsDeps & { readonly ledger: Pick<ReviewLedger, "decideReviews"> },
): void {
  const { ledger } = deps;
  const view = createReviewViews(deps);

  async function decide(
    { caller }: FastifyRequest,
    images: readonly ImagePlace[],
    { decision: state, note }: { readonly decision: ReviewState; readonly note?: string | undefined },
  ) {
    const said = note === undefined || note.trim() === "" ? null : note;
    return await ledger.decideReviews(images, { state, note: said, by: caller.keyId, tenant: caller.sees });
  }

  async function decideOne(request: FastifyRequest, place: ImagePlace, verdict: Parameters<typeof decide>[2]) {
    request.jobId = place.jobId;
    const { notFound } = await decide(request, [place], verdict);
    if (notFound.length > 0) throw noFlagged(place);
    return await view.withHistory(place);
  }

  server.withTypeProvider<TypeBoxTypeProvider>().delete(
    "/api/v1/jobs/:id/images/:image/review",
    {
      config: { access: "reviews:decide" },
      schema: {
        operationId: "undoReview",
        summary: "Take the decision about a flagged image back",
        description: "The image is open again, as if nobody had decided. What was decided stays in its history.",
        tags: ["truth"],
        params: ReviewPath,
        response: answers({ 200: ReviewWithHistory }, "job_not_found", "image_not_found"),
      },
    },
    async (request) => {
      const { id: jobId, image } = request.params;
      return await decideOne(request, { jobId, image }, { decision: "open" });
    },
  );

  server.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    const app = withBodies.withTypeProvider<TypeBoxTypeProvider>();

    app.put(
      "/api/v1/jobs/:id/images/:image/review",
      {
        config: { access: "reviews:decide" },
        schema: {
          operationId: "decideReview",
          summary: "Accept or dismiss the flags of an image",
          description:
            "The same again changes nothing. Evidence that comes later, another flag or another pair, opens the image again.",
          tags: ["truth"],
          params: ReviewPath,
          body: Verdict,
          response: answers({ 200: ReviewWithHistory }, "job_not_found", "image_not_found", ...BODY_CODES),
        },
      },
      async (request) => {
        const { id: jobId, image } = request.params;
        return await decideOne(request, { jobId, image }, request.body);
      },
    );

    app.post(
      "/api/v1/reviews/decisions",
      {
        config: { access: "reviews:decide" },
        schema: {
          operationId: "decideReviews",
          summary: "Decide about many flagged images at once",
          description: "All in one transaction; images that there are not are named and cost the others nothing.",
          tags: ["truth"],
          body: Decisions,
          response: answers({ 200: Decided }, ...BODY_CODES),
        },
      },
      async (request) => {
        const images = request.body.images.map(({ job_id: jobId, image }) => ({ jobId, image }));
        const { changed, unchanged, notFound } = await decide(request, images, request.body);
        return { changed, unchanged, not_found: notFound.map(({ jobId, image }) => ({ job_id: jobId, image })) };
      },
    );
    done();
  });
}
