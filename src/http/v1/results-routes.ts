/** `/api/v1/jobs/{id}/results`: a job's results as a file, streamed at flat memory, with its digest behind it. */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import { contentTypeOf, writeReport } from "../../reports/report.ts";
import { REPORT_FORMATS } from "../../reports/report-formats.ts";
import { noSuchJob } from "../problems/api-error.ts";
import { JobId } from "../schemas.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";
import { answers } from "./documented.ts";
import { ByteOrderMark } from "./list-table.ts";
import { FlagList, flagsWanted } from "./truth-schema.ts";

const ReportQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum([...REPORT_FORMATS], { default: "ndjson" })),
    outcome: Type.Optional(Type.Enum(["failed"], { description: "Only the images that failed" })),
    flags: Type.Optional(FlagList),
    bom: Type.Optional(ByteOrderMark),
  },
  { additionalProperties: false },
);

const Rows = Type.String({ description: "A row an image, in the images' order" });

export function addResultsRoutes(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<JobReader, "readJob" | "readResults" | "readMeasuredSums"> },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/jobs/:id/results",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getResults",
        summary: "A job's results as NDJSON, CSV, XLSX or JSON",
        description:
          "One row for each image that has its result, beginning with what was submitted: a CSV of the failed ones can be submitted again as it " +
          "is. The trailer `Repr-Digest` (RFC 9530) has the file's SHA-256. XLSX has a sheet more, with the job's summary.",
        tags: ["jobs"],
        params: Type.Object({ id: JobId }),
        querystring: ReportQuery,
        response: answers(
          {
            200: {
              description: "The report",
              content: {
                "application/x-ndjson": { schema: Rows },
                "text/csv": { schema: Rows },
                [XLSX_TYPE]: { schema: Type.String({ format: "binary" }) },
                "application/json": { schema: Type.Array(Type.Object({}, { additionalProperties: true })) },
              },
            },
          },
          "job_not_found",
        ),
      },
    },
    async (request, reply) => {
      const { id: jobId } = request.params;
      const { format = "ndjson", outcome, flags, bom = 0 } = request.query;
      request.jobId = jobId;
      const job = await deps.ledger.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      const onlyFailed = outcome === "failed";
      const rows = { onlyFailed, ...flagsWanted(flags) };
      const which = `${onlyFailed ? "-failed" : ""}${flags === undefined ? "" : "-flagged"}`;
      const hash = createHash("sha256");
      reply
        .type(contentTypeOf(format))
        .header("content-disposition", `attachment; filename="job-${jobId}${which}.${format}"`);
      // It would be written to nobody, to its end.
      if (request.method === "HEAD") return reply.send(Readable.from([]));
      reply.trailer("repr-digest", async () => `sha-256=:${hash.digest("base64")}:`);
      return reply.send(
        Readable.from(hashed(writeReport(deps.ledger, { job, format, mark: bom === 1, ...rows }), hash)),
      );
    },
  );
}

async function* hashed(pieces: AsyncIterable<string | Uint8Array>, hash: Hash): AsyncIterable<string | Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
