/** `GET /api/v1/jobs/{id}/summary`: one page about a job, to read or to print. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { timeZoneFault } from "../../domain/zone-offset.ts";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import { readSummary } from "../../reports/read-summary.ts";
import { SUMMARY_POLICY, summaryPage } from "../../reports/summary-page.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { JobId } from "../schemas.ts";
import { answers, textAnswer } from "./documented.ts";
import { TimeZone } from "./schedule-schema.ts";

export function addSummaryRoute(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<JobReader, "readJob" | "readResults" | "readMeasuredSums"> },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/jobs/:id/summary",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getSummary",
        summary: "A job on one page, to print",
        description: "HTML: counts, causes by code, host and store, sizes, formats, slowest hosts.",
        tags: ["jobs"],
        params: Type.Object({ id: JobId }),
        querystring: Type.Object(
          { time_zone: Type.Optional({ ...TimeZone, default: "UTC", description: "By whose clock its times are" }) },
          { additionalProperties: false },
        ),
        response: answers({ 200: textAnswer("text/html", "The page") }, "job_not_found"),
      },
    },
    async (request, reply) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      const { time_zone: timeZone = "UTC" } = request.query;
      const fault = timeZoneFault(timeZone);
      if (fault !== null) {
        const detail = `time_zone ${fault}`;
        const problems = [{ pointer: "/query/time_zone", code: "unknown", detail }] as const;
        throw new ApiError("invalid_parameter", detail, { problems });
      }
      const job = await deps.ledger.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      const page = summaryPage(job, await readSummary(deps.ledger, jobId), { at: Date.now(), timeZone });
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", SUMMARY_POLICY)
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "private, no-cache")
        .send(page);
    },
  );
}
