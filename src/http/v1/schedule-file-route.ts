/**
 * `POST /api/v1/schedules/files`: keeps a file that is to be a schedule's source, where photos that are sent are kept. It is not read here; what no schedule
 * names within an hour is swept.
 */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Uploads } from "../../uploads/uploads.ts";
import { ApiError } from "../problems/api-error.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import { SUBMISSION_TYPES } from "../submission/submission-format.ts";
import { answers } from "./documented.ts";
import { ManifestFormat } from "./schedule-schema.ts";
import { readByRoute, submissionBody } from "./submission-schema.ts";

const KeptScheduleFile = Type.Object(
  {
    file: Type.String({ description: "For a schedule's source" }),
    bytes: Type.Integer({ minimum: 0 }),
    format: ManifestFormat,
  },
  { title: "KeptScheduleFile" },
);

const NOT_KEPT =
  "files are not kept here: a fleet needs STOREWALK_UPLOAD_DIR or STOREWALK_UPLOAD_URL; a schedule's source may be a text or a URL";

const { "multipart/form-data": _, ...content } = submissionBody.content;

export function addScheduleFileRoute(
  server: FastifyInstance,
  deps: { readonly bodies: SubmissionBodies; readonly uploads: Uploads | null },
): void {
  const { bodies, uploads } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  app.post(
    "/api/v1/schedules/files",
    {
      onRequest: bodies.onRequest,
      validatorCompiler: (route) =>
        route.httpPart === "body" ? readByRoute() : (app.validatorCompiler?.(route) ?? readByRoute()),
      config: { access: "jobs:write" },
      schema: {
        operationId: "keepScheduleFile",
        summary: "Keep a file for a schedule",
        description:
          "The body is a submission as of a job, kept as it is and read at each run. One that no schedule names within an hour is gone.",
        tags: ["schedules"],
        body: { content },
        response: answers(
          { 201: KeptScheduleFile },
          "request_broken_off",
          "body_too_large",
          "unsupported_media_type",
          "uploads_unavailable",
          "draining",
        ),
      },
    },
    async (request, reply) => {
      if (uploads === null) throw new ApiError("unsupported_media_type", NOT_KEPT);
      if (bodies.formatOf(request) === "multipart") {
        throw new ApiError(
          "unsupported_media_type",
          `the body must be ${SUBMISSION_TYPES}; a schedule brings no photos`,
        );
      }
      const body = bodies.open(request, reply);
      if (body.kind !== "plain") throw new Error("a body with parts must have been refused");
      const incoming = await uploads.takeIn(body.bytes);
      const file = await uploads.keep(incoming, request.caller.tenant);
      return reply.code(201).send({ file, bytes: incoming.bytes, format: body.format });
    },
  );
}
