/** `/api/v1/jobs/{id}/images` and `/visits`: what a job is made of, page by page, with or without results. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { hostOf } from "../../domain/host-of.ts";
import { IMAGE_FORMATS, INTEGRITY_LEVELS } from "../../domain/image.ts";
import type { ImageFilter, ImageRow, JobReader, PastResult, VisitRow } from "../../ledger/port/job-reader.ts";
import type { StoreLedger } from "../../ledger/port/store-ledger.ts";
import { flagsOf, reuseView } from "../../reports/findings-view.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { ErrorCode, Instant, JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant, labelFields, labelsView } from "./job-schema.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";
import { Flag, FlagList, flagsWanted, Kind } from "./truth-schema.ts";

const Count = Type.Integer({ minimum: 0 });
const Size = OrNull(Type.Integer({ minimum: 0 }), "Null when it is not known");

const Reuse = Type.Object(
  {
    image_url: Type.String(),
    job_id: Type.Integer(),
    image: Type.Integer(),
    store_id: Type.String(),
    visit_time: Type.String(),
    kind: Kind,
    score: Type.Number({ minimum: -1, maximum: 1 }),
    why: Type.String(),
  },
  { title: "Reuse" },
);

export const Image = Type.Object(
  {
    image: Type.Integer({ minimum: 0, description: "Its number in the job" }),
    visit: Count,
    store_id: Type.String(),
    visit_time: Type.String(),
    image_url: Type.String(),
    ...labelFields,
    outcome: Type.Enum(["pending", "measured", "failed"]),
    width: Size,
    height: Size,
    perimeter: Size,
    format: OrNull(Type.Enum([...IMAGE_FORMATS]), "Null when it is not known"),
    bytes: Size,
    code: OrNull(ErrorCode, "Why it failed"),
    detail: OrNull(Type.String(), "The same in words"),
    attempts: OrNull(Count, "Requests made in earnest"),
    fetch_ms: OrNull(Count, "From the first request to the measure"),
    finished_at: OrNull(Instant, "When it had its result"),
    integrity: OrNull(Type.Enum([...INTEGRITY_LEVELS]), "What was proven of a measured image"),
    not_decoded: OrNull(Type.String(), "Why decode was asked for and not reached"),
    not_inspected: OrNull(Type.String(), "Why an inspection was asked for and not all of it was possible"),
    flags: Type.Array(Flag, { description: "What speaks against the photo; none fails it" }),
    findings: Type.Array(Type.Object({ flag: Flag, why: Type.String() }, { title: "Finding" }), {
      description: "The flags of the photo by itself, in words",
    }),
    reuse_of: Type.Array(Reuse, { description: "Earlier photos that show the same, the best match first" }),
    decision: OrNull(Type.Enum(["accepted", "dismissed"]), "What somebody made of its flags"),
  },
  { title: "Image", description: "An image and its result" },
);

const ImageWithPast = Type.Object(
  {
    ...Image.properties,
    store_name: OrNull(Type.String(), "Null when the store master does not have it"),
    area: OrNull(Type.String(), "In which the store is now; null when the store master does not have it"),
    visit_external_id: labelFields.external_id,
    visit_metadata: labelFields.metadata,
    reused_by: Type.Array(Reuse, { description: "Later photos that show the same, the newest first, at most 100" }),
    past_results: Type.Array(
      Type.Object(
        {
          run: Type.Integer(),
          code: ErrorCode,
          detail: OrNull(Type.String(), ""),
          attempts: Count,
          finished_at: Instant,
          image_url: Type.String({ description: "Where it was fetched from" }),
        },
        { title: "PastResult" },
      ),
      { description: "What a retry replaced, oldest first" },
    ),
  },
  { title: "ImageWithPast", description: "An image, its visit, its result and those before" },
);

const Visit = Type.Object(
  {
    visit: Count,
    store_id: Type.String(),
    store_known: Type.Boolean({ description: "Whether the store master had the store" }),
    visit_time: Type.String({ description: "As submitted" }),
    visit_date: OrNull(Type.String(), "Null when the time could not be read"),
    ...labelFields,
    counts: Type.Object({ images: Count, done: Count, succeeded: Count, failed: Count }, { title: "VisitCounts" }),
  },
  { title: "Visit", description: "A visit and where its images stand" },
);

const StoreId = Type.String({ maxLength: 128, description: "Only of this store" });
const ImagesQuery = Type.Object(
  {
    outcome: Type.Optional(Type.Enum(["pending", "measured", "failed"])),
    code: Type.Optional(ErrorCode),
    store_id: Type.Optional(StoreId),
    visit: Type.Optional(Type.Integer({ minimum: 0, description: "Only of the visit with this number" })),
    flags: Type.Optional(FlagList),
    host: Type.Optional(Type.String({ maxLength: 300, description: "Only of this host, as the failures name it" })),
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);
const VisitsQuery = Type.Object(
  { store_id: Type.Optional(StoreId), ...pageParameters, ...tableParameters },
  { additionalProperties: false },
);

/** A host is not known to the ledger's indexes: so many images are looked at for one page, which may be short then and still have a next. */
const LOOKED_AT = 20_000;
const ROWS_A_READ = 2_000;

type Ledger = Pick<JobReader, "readJob" | "readImages" | "readPastResults" | "readLaterReuses" | "readVisitRows"> &
  Pick<StoreLedger, "readStore">;

export function addImagesRoutes(server: FastifyInstance, deps: { readonly ledger: Ledger }): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function assertJob(jobId: number): Promise<void> {
    if (!(await ledger.readJob(jobId))) throw noSuchJob(jobId);
  }

  app.get(
    "/api/v1/jobs/:id/images",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listImages",
        summary: "Images of a job with their results",
        description:
          "In the order of the submission. Limits hold all at once. A page with `host` may be short, or empty, and still have a next one.",
        tags: ["images"],
        params: Type.Object({ id: JobId }),
        querystring: ImagesQuery,
        response: answers({ 200: listAnswer(pageOf(Image, "A page of images")) }, "job_not_found"),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "images", element: Image }, async (request) => {
        const { id: jobId } = request.params;
        request.jobId = jobId;
        const { outcome = null, code = null, store_id: storeId = null, visit = null, host } = request.query;
        const after = cursorOf(Count, request.query.cursor) ?? -1;
        const limit = limitOf(request.query);
        await assertJob(jobId);
        // A failed image has a code, no other one has.
        if (code !== null && outcome !== null && outcome !== "failed") return page<Static<typeof Image>>([], null);
        const filter = { outcome, code, storeId, visit, ...flagsWanted(request.query.flags) };
        const { rows, next } =
          host === undefined
            ? await ledger.readImages(jobId, filter, { after, limit })
            : await readOfHost(ledger, { jobId, filter, host }, { after, limit });
        return page(rows.map(imageView), next);
      }),
  );

  app.get(
    "/api/v1/jobs/:id/images/:image",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getImage",
        summary: "One image with all that is known of it",
        description:
          "As the list shows it, with its visit and store, the later photos that show the same, and each earlier result that a retry put aside.",
        tags: ["images"],
        params: Type.Object({ id: JobId, image: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) }),
        response: answers({ 200: ImageWithPast }, "job_not_found", "image_not_found"),
      },
    },
    async (request) => {
      const { id: jobId, image } = request.params;
      request.jobId = jobId;
      await assertJob(jobId);
      const all = { outcome: null, code: null, storeId: null, visit: null };
      const [row] = (await ledger.readImages(jobId, all, { after: image - 1, limit: 1 })).rows;
      if (row?.image !== image) throw new ApiError("image_not_found", `job ${jobId} has no image ${image}`);
      const store = await ledger.readStore(row.storeId);
      const { external_id: visitName, metadata: visitMetadata } = labelsView(row.visitLabels);
      return {
        ...imageView(row),
        store_name: store?.name ?? null,
        area: store?.area ?? null,
        visit_external_id: visitName,
        visit_metadata: visitMetadata,
        reused_by: (await ledger.readLaterReuses({ jobId, image })).map(reuseView),
        past_results: pastView(await ledger.readPastResults(jobId, image), row.imageUrl),
      };
    },
  );

  app.get(
    "/api/v1/jobs/:id/visits",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listVisits",
        summary: "Visits of a job",
        description: "In the order of the submission.",
        tags: ["images"],
        params: Type.Object({ id: JobId }),
        querystring: VisitsQuery,
        response: answers({ 200: listAnswer(pageOf(Visit, "A page of visits")) }, "job_not_found"),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "visits", element: Visit }, async (request) => {
        const { id: jobId } = request.params;
        request.jobId = jobId;
        const after = cursorOf(Count, request.query.cursor) ?? -1;
        await assertJob(jobId);
        const filter = { storeId: request.query.store_id ?? null };
        const { rows, next } = await ledger.readVisitRows(jobId, filter, { after, limit: limitOf(request.query) });
        return page(rows.map(visitView), next);
      }),
  );
}

async function readOfHost(
  ledger: Ledger,
  { jobId, filter, host }: { readonly jobId: number; readonly filter: ImageFilter; readonly host: string },
  { after, limit }: { readonly after: number; readonly limit: number },
) {
  const rows: ImageRow[] = [];
  let next: number | null = after;
  for (let looked = 0; next !== null && looked < LOOKED_AT; looked += ROWS_A_READ) {
    const read: Awaited<ReturnType<JobReader["readImages"]>> = await ledger.readImages(jobId, filter, {
      after: next,
      limit: ROWS_A_READ,
    });
    for (const row of read.rows) {
      if (hostOf(row.imageUrl) !== host) continue;
      rows.push(row);
      if (rows.length === limit) return { rows, next: row.image };
    }
    next = read.next;
  }
  return { rows, next };
}

export function imageView({
  image,
  visit,
  storeId,
  visitTime,
  imageUrl,
  imageLabels,
  result,
}: ImageRow): Static<typeof Image> {
  return {
    image,
    visit,
    store_id: storeId,
    visit_time: visitTime,
    image_url: imageUrl,
    ...labelsView(imageLabels),
    outcome: result?.outcome ?? "pending",
    width: result?.width ?? null,
    height: result?.height ?? null,
    perimeter: result?.perimeter ?? null,
    format: result?.format ?? null,
    bytes: result?.bytes ?? null,
    code: result?.code ?? null,
    detail: result?.detail ?? null,
    attempts: result?.attempts ?? null,
    fetch_ms: result?.fetchMs ?? null,
    finished_at: result ? instant(result.finishedAt) : null,
    integrity: result?.integrity ?? null,
    not_decoded: result?.notDecoded ?? null,
    not_inspected: result?.findings?.notInspected ?? null,
    flags: result ? [...flagsOf(result)] : [],
    findings: result?.findings?.flags.map(({ flag, why }) => ({ flag, why })) ?? [],
    reuse_of: result?.reuseOf.map(reuseView) ?? [],
    decision: result?.decision ?? null,
  };
}

/** A run that kept its URL was fetched from where the next one was. */
function pastView(past: readonly PastResult[], imageUrl: string): Static<typeof ImageWithPast>["past_results"] {
  let url = imageUrl;
  return past
    .toReversed()
    .map((result) => {
      url = result.imageUrl ?? url;
      const { run, code, detail, attempts, finishedAt } = result;
      return { run, code, detail, attempts, finished_at: instant(finishedAt), image_url: url };
    })
    .reverse();
}

function visitView(visit: VisitRow): Static<typeof Visit> {
  const { images, succeeded, failed } = visit;
  return {
    visit: visit.visit,
    store_id: visit.storeId,
    store_known: visit.storeKnown,
    visit_time: visit.visitTime,
    visit_date: visit.visitDate,
    ...labelsView(visit.labels),
    counts: { images, done: succeeded + failed, succeeded, failed },
  };
}
