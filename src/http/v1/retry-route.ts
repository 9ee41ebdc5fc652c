/**
 * `POST /api/v1/jobs/{id}/retry`: failed images run again in the same job, at their URLs or at fresh ones; what failed before stays readable. A body of
 * JSON says which images, a list says which and where they are now.
 */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { FRESH_URL_FIELD } from "../../domain/image-url.ts";
import { isTerminal } from "../../domain/job.ts";
import type { FreshUrlFormat } from "../../intake/fresh-url-rows.ts";
import type { FreshUrlsTaken, TakeFreshUrls } from "../../intake/fresh-urls.ts";
import { firstSentence } from "../../intake/problems.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { WorkLedger } from "../../ledger/port/work-ledger.ts";
import { readFailedImages } from "../../reports/failed-images.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { ErrorCode, JobId } from "../schemas.ts";
import type { Foresee } from "../submission/foresee.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import { FORMAT_OF_TYPE, TABLE_TYPES, XLSX_TYPE } from "../submission/submission-format.ts";
import { answers } from "./documented.ts";
import { type Job, JobWithWarnings } from "./job-schema.ts";
import { readJsonBody, refuseOtherTypes } from "./json-body.ts";
import { NO_WARNINGS, readByRoute, warningsView } from "./submission-schema.ts";
import { createBodyCheck } from "./validation.ts";

const RetryBody = Type.Object(
  {
    codes: Type.Optional(
      Type.Array(ErrorCode, {
        minItems: 1,
        maxItems: 50,
        description: "Only images that failed with one of these codes",
      }),
    ),
    host: Type.Optional(
      Type.String({
        maxLength: 300,
        description: "Only images of this host, as the failures name it: host or host:port",
      }),
    ),
    store_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "Only images of this store" })),
  },
  {
    title: "Retry",
    additionalProperties: false,
    description: "Nothing for all failed images; several limits hold all at once",
  },
);

const Row = Type.String({
  description: `image (its number) or external_id, and ${FRESH_URL_FIELD}: the report of failed images with that column filled in`,
});

const retryBody = {
  content: {
    "application/json": { schema: RetryBody },
    "text/csv": { schema: Row },
    [XLSX_TYPE]: { schema: { ...Row, format: "binary" } },
    "application/x-ndjson": { schema: Row },
  },
};

const checkLimits = createBodyCheck(RetryBody);

export function addRetryRoute(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<JobReader, "readJob" | "readResults"> & Pick<WorkLedger, "retryImages">;
    readonly bodies: SubmissionBodies;
    readonly takeFreshUrls: TakeFreshUrls;
    readonly foresee: Foresee;
    readonly jobView: (job: JobSnapshot) => Job;
    readonly onRunnable: () => void;
  },
): void {
  const { ledger, bodies } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function endedJob(jobId: number): Promise<JobSnapshot> {
    const job = await ledger.readJob(jobId);
    if (!job) throw noSuchJob(jobId);
    if (!isTerminal(job.status)) {
      throw new ApiError("job_not_over", `job ${jobId} is ${job.status}; it can be retried when it is over`);
    }
    if (job.status === "cancelled") throw new ApiError("job_over", `job ${jobId} was cancelled and stays so`);
    return job;
  }

  async function retryAsTheyAre(jobId: number, limits: Static<typeof RetryBody>) {
    const { codes = null, host = null, store_id: storeId = null } = limits;
    const { run } = await endedJob(jobId);
    const meant = await readFailedImages(ledger, jobId, { codes, host, storeId });
    if (meant.length === 0) throw new ApiError("nothing_to_retry", `job ${jobId} has no failed image that is meant`);
    const images = await ledger.retryImages(jobId, run, meant);
    if (images === 0) throw overtaken(jobId);
    return { images, ends: null };
  }

  async function retryAtFreshUrls(
    job: JobSnapshot,
    list: { readonly format: FreshUrlFormat; readonly bytes: AsyncIterable<Uint8Array> },
  ): Promise<Extract<FreshUrlsTaken, { readonly kind: "retried" }>> {
    const taken = await deps.takeFreshUrls(job, list);
    if (taken.kind === "retried") return taken;
    if (taken.kind === "overtaken") throw overtaken(job.jobId);
    const { problems, total } = taken;
    throw new ApiError("invalid_fresh_urls", firstSentence(problems, total), { problems, total });
  }

  app.post(
    "/api/v1/jobs/:id/retry",
    {
      onRequest: async (request) => {
        if (!isListed(request))
          return refuseOtherTypes(request, `application/json, application/x-ndjson, ${TABLE_TYPES}`);
        await bodies.onRequest(request);
      },
      validatorCompiler: (route) =>
        route.httpPart === "body" ? readByRoute() : (app.validatorCompiler?.(route) ?? readByRoute()),
      config: { access: "jobs:write" },
      schema: {
        operationId: "retryJob",
        summary: "Run failed images of a job again",
        description:
          "The job goes on under its number, with its next `run`; images that were measured stay as they are. " +
          "JSON says which failed images; a list as CSV, XLSX or NDJSON says which and gives each its fresh URL, all of it or nothing.",
        tags: ["jobs"],
        params: Type.Object({ id: JobId }),
        body: retryBody,
        response: answers(
          { 200: JobWithWarnings },
          "job_not_found",
          "job_not_over",
          "job_over",
          "nothing_to_retry",
          "invalid_body",
          "invalid_fresh_urls",
          "request_broken_off",
          "body_too_large",
          "unsupported_media_type",
          "draining",
        ),
      },
    },
    async (request, reply) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      const format = listFormat(bodies.formatOf(request));
      const retried =
        format === null
          ? await retryAsTheyAre(jobId, checkLimits(await readJsonBody(request)))
          : await retryAtFreshUrls(await endedJob(jobId), { format, bytes: bodies.open(request, reply).bytes });
      deps.onRunnable();
      const job = await ledger.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      request.log.info({ jobId, images: retried.images, run: job.run }, "failed images run again");
      const { images, ends } = retried;
      const warnings = ends === null ? [] : await deps.foresee({ images, ends }, "accepted");
      return { ...deps.jobView(job), ...warningsView(NO_WARNINGS, warnings) };
    },
  );
}

const overtaken = (jobId: number) => new ApiError("job_not_over", `job ${jobId} was retried by somebody else just now`);

function isListed({ headers }: FastifyRequest): boolean {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return listFormat(FORMAT_OF_TYPE[type] ?? "json") !== null;
}

function listFormat(format: string): FreshUrlFormat | null {
  if (format === "csv" || format === "xlsx") return "table";
  return format === "ndjson" ? format : null;
}
