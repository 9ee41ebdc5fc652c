/** `GET /api/v1/images`: images with a result, of all jobs, by what they have in common. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { AnyImageFilter, AnyImageRow, InsightLedger } from "../../ledger/port/insight-ledger.ts";
import { ErrorCode, JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { Image, imageView } from "./images-routes.ts";
import { assertRange } from "./insight-range.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";
import { dayFields } from "./reviews-routes.ts";
import { Flag } from "./truth-schema.ts";

const Key = Type.String({ maxLength: 1_024 });

const AnyImage = Type.Object(
  {
    job_id: JobId,
    ...Image.properties,
    visit_date: OrNull(Type.String(), "The visit's own date; null when its time could not be read"),
    store_name: OrNull(Type.String(), "Null when the store master does not have the store"),
    area: OrNull(Type.String(), "In which the store is now; null when the store master does not have it"),
  },
  { title: "AnyImage", description: "An image of any job, and its result" },
);

const Query = Type.Object(
  {
    area: Type.Optional({ ...Key, description: "Only of stores in this area now; empty for unknown stores" }),
    store: Type.Optional({ ...Key, description: "Only of this store" }),
    host: Type.Optional({ ...Key, description: "Only of this host, as insight names it" }),
    agent: Type.Optional({ ...Key, description: "Only of this field agent" }),
    outcome: Type.Optional(Type.Enum(["measured", "failed"])),
    code: Type.Optional({ ...ErrorCode, description: "Only those that failed with this code" }),
    flag: Type.Optional({ ...Flag, description: "Only with this flag, unless somebody dismissed it" }),
    ...dayFields,
    undated: Type.Optional(
      Type.Boolean({ description: "true: only visits whose date could not be read, which are in no range of days" }),
    ),
    job: Type.Optional({ ...JobId, maximum: Number.MAX_SAFE_INTEGER, description: "Only of this job" }),
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);

const Place = Type.Tuple([Type.String(), Type.Integer(), Type.Integer(), Type.Integer()]);

export function addAnyImagesRoute(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<InsightLedger, "listAnyImages"> },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/images",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listAnyImages",
        summary: "Images of all jobs with their results",
        description:
          "The latest visits first, those without a date last. Limits hold all at once. A page of something rare may be short, or empty, and " +
          "still have a next one. A result is found here a moment after it came.",
        tags: ["images"],
        querystring: Query,
        response: answers({ 200: listAnswer(pageOf(AnyImage, "A page of images of all jobs")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "images", element: AnyImage }, async ({ query, caller }) => {
        assertRange(query);
        const [day, jobId, visit, image] = cursorOf(Place, query.cursor) ?? [];
        const after =
          day === undefined || jobId === undefined || visit === undefined || image === undefined
            ? null
            : { day, jobId, visit, image };
        // A failed image has a code, no other one has.
        if (query.code !== undefined && query.outcome === "measured") return page<Static<typeof AnyImage>>([], null);
        const { rows, next } = await deps.ledger.listAnyImages(filterOf(query, caller.sees), {
          after,
          limit: limitOf(query),
        });
        return page(rows.map(view), next && [next.day, next.jobId, next.visit, next.image]);
      }),
  );
}

function filterOf(query: Static<typeof Query>, tenant: string | null): AnyImageFilter {
  return {
    tenant,
    jobId: query.job ?? null,
    area: query.area ?? null,
    storeId: query.store ?? null,
    host: query.host ?? null,
    agent: query.agent ?? null,
    outcome: query.outcome ?? null,
    code: query.code ?? null,
    flag: query.flag ?? null,
    from: query.from ?? null,
    to: query.to ?? null,
    undated: query.undated ?? false,
  };
}

function view(row: AnyImageRow): Static<typeof AnyImage> {
  return {
    job_id: row.jobId,
    ...imageView(row),
    visit_date: row.visitDate,
    store_name: row.storeName,
    area: row.area,
  };
}
