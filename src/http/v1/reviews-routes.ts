/** `/api/v1/reviews` and one image's review: flagged images of all jobs, and how many there are of each kind. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { FlaggedCount, Review, ReviewFilter, ReviewLedger } from "../../ledger/port/review-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { JobId } from "../schemas.ts";
import { answers } from "./documented.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";
import { ReviewItem, ReviewWithHistory, reviewEventView, reviewView } from "./review-schema.ts";
import { Count, Flag, FlagCounts, flagCounts, Kind, State } from "./truth-schema.ts";

const Name = Type.String({ minLength: 1, maxLength: 128 });
const Day = Type.String({ format: "date" });
export const dayFields = {
  from: Type.Optional({ ...Day, description: "Visits of this day or later" }),
  to: Type.Optional({ ...Day, description: "Visits of this day or before" }),
};

const filterFields = {
  job: Type.Optional({ ...JobId, maximum: Number.MAX_SAFE_INTEGER, description: "Only of this job" }),
  flag: Type.Optional(Flag),
  kind: Type.Optional(Kind),
  state: Type.Optional(State),
  store_id: Type.Optional({ ...Name, description: "Only of this store" }),
  area: Type.Optional({ ...Name, description: "Only of stores that are in this area now" }),
  agent: Type.Optional({ ...Name, maxLength: 1_024, description: "Only of this field agent" }),
  ...dayFields,
};
const FilterQuery = Type.Object(filterFields, { additionalProperties: false });
const ListQuery = Type.Object(
  { ...filterFields, ...pageParameters, ...tableParameters },
  { additionalProperties: false },
);
const Cursor = Type.Tuple([Type.Integer({ minimum: 0 }), Count]);

export const ReviewPath = Type.Object({ id: JobId, image: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) });

const Counts = Type.Object(
  {
    images: Count,
    complete: Type.Boolean({ description: "Whether all were counted, or the newest 200,000 only" }),
    states: Type.Record(State, Count),
    flags: FlagCounts,
    kinds: Type.Record(Kind, Count),
  },
  { title: "ReviewCounts", description: "Flagged images by state, flag and kind of re-use" },
);

export type ReviewsDeps = {
  readonly ledger: Pick<
    ReviewLedger,
    "listReviews" | "readReview" | "readReviewHistory" | "countReviews" | "readTruthSettings"
  >;
  /** Of a tenant that set nothing. */
  readonly usualTruth: { readonly agentKey: string };
};

export function addReviewsRoutes(server: FastifyInstance, deps: ReviewsDeps): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  const view = createReviewViews(deps);

  async function filterOf(
    { job, flag, kind, state, store_id: storeId, area, agent, from, to }: Static<typeof FilterQuery>,
    { sees, tenant }: { readonly sees: string | null; readonly tenant: string },
  ): Promise<ReviewFilter> {
    return {
      tenant: sees,
      jobId: job ?? null,
      flag: flag ?? null,
      kind: kind ?? null,
      state: state ?? null,
      storeId: storeId ?? null,
      area: area ?? null,
      agent: agent === undefined ? null : { key: await view.agentKeyOf(tenant), name: agent },
      from: from ?? null,
      to: to ?? null,
    };
  }

  app.get(
    "/api/v1/reviews",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listReviews",
        summary: "Flagged images of all jobs",
        description:
          "The newest job first, in a job the last image first. Limits hold all at once. A page of a rare kind may be short, or empty, and " +
          "still have a next one.",
        tags: ["truth"],
        querystring: ListQuery,
        response: answers({ 200: listAnswer(pageOf(ReviewItem, "A page of flagged images")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "flagged-images", element: ReviewItem }, async ({ query, caller }) => {
        const filter = await filterOf(query, caller);
        const [jobId, image] = cursorOf(Cursor, query.cursor) ?? [];
        const before = jobId === undefined || image === undefined ? null : { jobId, image };
        const { reviews, next } = await ledger.listReviews(filter, { before, limit: limitOf(query) });
        return page(await view.all(reviews), next && [next.jobId, next.image]);
      }),
  );

  app.get(
    "/api/v1/reviews/counts",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "countReviews",
        summary: "How many images are flagged, by state, flag and kind",
        description:
          "With the limits of the list. Above 200,000 flagged images only the newest are counted, and `complete` is false.",
        tags: ["truth"],
        querystring: FilterQuery,
        response: answers({ 200: Counts }),
      },
    },
    async ({ query, caller }) => {
      const { counts, complete } = await ledger.countReviews(await filterOf(query, caller));
      return { ...countsView(counts), complete };
    },
  );

  app.get(
    "/api/v1/jobs/:id/images/:image/review",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getReview",
        summary: "A flagged image with what became of it",
        description: "With the evidence for each flag, the earlier photos that show the same, and every decision.",
        tags: ["truth"],
        params: ReviewPath,
        response: answers({ 200: ReviewWithHistory }, "job_not_found", "image_not_found"),
      },
    },
    async (request) => {
      request.jobId = request.params.id;
      return await view.withHistory({ jobId: request.params.id, image: request.params.image });
    },
  );
}

/** Reviews as they are shown, the field agent under the name that the image's tenant has for it. */
export function createReviewViews({ ledger, usualTruth }: ReviewsDeps) {
  async function agentKeyOf(tenant: string): Promise<string> {
    return (await ledger.readTruthSettings(tenant))?.settings.agentKey ?? usualTruth.agentKey;
  }

  async function all(reviews: readonly Review[]): Promise<Static<typeof ReviewItem>[]> {
    const keys = new Map<string, string>();
    for (const tenant of new Set(reviews.map((review) => review.tenant))) keys.set(tenant, await agentKeyOf(tenant));
    return reviews.map((review) => reviewView(review, keys.get(review.tenant) ?? usualTruth.agentKey));
  }

  return {
    agentKeyOf,
    all,
    /** Rejects with image_not_found for an image without a flag. */
    async withHistory(place: { readonly jobId: number; readonly image: number }) {
      const review = await ledger.readReview(place);
      if (!review) throw noFlagged(place);
      const history = await ledger.readReviewHistory(place);
      return { ...reviewView(review, await agentKeyOf(review.tenant)), history: history.map(reviewEventView) };
    },
  };
}

export function noFlagged({ jobId, image }: { readonly jobId: number; readonly image: number }) {
  return new ApiError("image_not_found", `job ${jobId} has no flagged image ${image}`);
}

function countsView(counts: readonly FlaggedCount[]): Omit<Static<typeof Counts>, "complete"> {
  const sum = (isMeant: (count: FlaggedCount) => boolean) =>
    counts.filter(isMeant).reduce((images, count) => images + count.images, 0);
  return {
    images: sum(() => true),
    states: {
      open: sum(({ state }) => state === "open"),
      accepted: sum(({ state }) => state === "accepted"),
      dismissed: sum(({ state }) => state === "dismissed"),
    },
    flags: flagCounts(counts),
    kinds: {
      same_bytes: sum(({ kinds }) => kinds.includes("same_bytes")),
      same_picture: sum(({ kinds }) => kinds.includes("same_picture")),
      mirrored: sum(({ kinds }) => kinds.includes("mirrored")),
      turned: sum(({ kinds }) => kinds.includes("turned")),
    },
  };
}
