/** `/api/v1/jobs/{id}/images/{image}/thumbnail`: a small picture of a measured image. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import type { Thumbnails } from "../../thumbnails/thumbnails.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { JobId } from "../schemas.ts";
import { answers } from "./documented.ts";

const ALL = { outcome: null, code: null, storeId: null, visit: null } as const;
/** An image of a job never changes its number, and a picture that was made stays what it is. */
const CACHE_CONTROL = "private, max-age=86400, immutable";

export function addThumbnailRoute(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<JobReader, "readJob" | "readImages">; readonly thumbnails: Pick<Thumbnails, "get"> },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/jobs/:id/images/:image/thumbnail",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getThumbnail",
        summary: "A picture of a measured image",
        description:
          "WebP, at most 256 pixels wide and high, 1,280 when it is `large`, turned as the camera says, never larger than the image. Made when it is first asked for.",
        tags: ["images"],
        params: Type.Object({ id: JobId, image: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) }),
        querystring: Type.Object(
          { size: Type.Optional(Type.Enum(["small", "large"], { default: "small" })) },
          { additionalProperties: false },
        ),
        response: answers(
          {
            200: {
              description: "The picture",
              content: { "image/webp": { schema: Type.String({ format: "binary" }) } },
            },
          },
          "job_not_found",
          "image_not_found",
          "thumbnail_unavailable",
          "thumbnails_busy",
        ),
      },
    },
    async (request, reply) => {
      const { id: jobId, image } = request.params;
      request.jobId = jobId;
      const job = await deps.ledger.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      const [row] = (await deps.ledger.readImages(jobId, ALL, { after: image - 1, limit: 1 })).rows;
      if (row?.image !== image) throw new ApiError("image_not_found", `job ${jobId} has no image ${image}`);
      if (row.result?.outcome !== "measured") {
        const why = row.result ? "failed" : "has no result yet";
        throw new ApiError("thumbnail_unavailable", `image ${image} ${why}; only a measured image has a thumbnail`);
      }
      const answer = await deps.thumbnails.get({
        tenant: job.tenant,
        jobId,
        image,
        url: row.imageUrl,
        size: request.query.size ?? "small",
      });
      if (answer.kind === "busy") {
        throw new ApiError("thumbnails_busy", "too many thumbnails are being made; try again in a second", {
          headers: { "retry-after": "1" },
        });
      }
      if (answer.kind === "unavailable") {
        throw new ApiError("thumbnail_unavailable", `image ${image} has no thumbnail: ${answer.detail}`);
      }
      return reply
        .type("image/webp")
        .header("cache-control", CACHE_CONTROL)
        .header("x-content-type-options", "nosniff")
        .send(Buffer.from(answer.bytes));
    },
  );
}
