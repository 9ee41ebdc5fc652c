/** `/api/v1/jobs`: submit a job, see where it stands. */
import { createHash } from "node:crypto";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { isTerminal, JOB_STATUSES } from "../../domain/job.ts";
import type { JobFilter, JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { hasIt } from "../entity-tag.ts";
import { ApiError } from "../problems/api-error.ts";
import { quoted } from "../query.ts";
import { JobId } from "../schemas.ts";
import type { Foresee } from "../submission/foresee.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import type { TakeSubmission } from "../submission/take-submission.ts";
import { answers } from "./documented.ts";
import { ExternalId, Job, JobPath, JobWithWarnings } from "./job-schema.ts";
import { createReadKnownJob } from "./known-job.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";
import { SubmissionOptions } from "./submission-options.ts";
import {
  DryRun,
  dryRunView,
  IdempotencyHeader,
  NO_WARNINGS,
  submissionBody,
  warningsView,
} from "./submission-schema.ts";

/** Clients that ask again and again are told to wait so long in between. */
const POLL_SECONDS = 2;

const STATUS_LIST = `^(?:${JOB_STATUSES.join("|")})(?:,(?:${JOB_STATUSES.join("|")}))*$`;

const ListQuery = Type.Object(
  {
    status: Type.Optional(
      Type.String({
        pattern: STATUS_LIST,
        description: "One or more, separated by commas: ongoing,paused",
        "x-wanted": `one or more of ${JOB_STATUSES.join(", ")}, separated by commas`,
      }),
    ),
    store_id: Type.Optional(Type.String({ maxLength: 128, description: "Jobs with a visit of this store" })),
    area: Type.Optional(Type.String({ maxLength: 128, description: "Jobs with a visit of a store in this area" })),
    external_id: Type.Optional(ExternalId),
    created_after: Type.Optional(Type.String({ format: "date-time", description: "This instant or later" })),
    created_before: Type.Optional(Type.String({ format: "date-time", description: "Before this instant" })),
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);

function jobFilter(query: Static<typeof ListQuery>, tenant: string | null): JobFilter {
  const { status, store_id: storeId = null, area = null, created_after: from, created_before: before } = query;
  const { external_id: externalId = null } = query;
  return {
    tenant,
    statuses: status === undefined ? null : JOB_STATUSES.filter((known) => status.split(",").includes(known)),
    storeId,
    area,
    externalId,
    createdFrom: from === undefined ? null : instantFrom("created_after", from),
    createdBefore: before === undefined ? null : instantFrom("created_before", before),
  };
}

/** RFC 3339 has seconds, and the beginning of leap ones, that no clock of a computer has. */
function instantFrom(name: string, text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  const detail = `${name} must be an instant such as 2024-05-31T10:00:00Z, got ${quoted(text)}`;
  throw new ApiError("invalid_parameter", detail, {
    problems: [{ pointer: `/query/${name}`, code: "malformed", detail }],
  });
}

export type JobsDeps = {
  readonly ledger: Pick<JobReader, "listJobs">;
  readonly readJob: JobReader["readJob"];
  readonly bodies: SubmissionBodies;
  readonly takeSubmission: TakeSubmission;
  readonly foresee: Foresee;
  readonly jobView: (job: JobSnapshot) => Job;
};

export function addJobsRoutes(server: FastifyInstance, deps: JobsDeps): void {
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  const { ledger, jobView } = deps;

  const readJob = createReadKnownJob(deps.readJob);

  app.post(
    "/api/v1/jobs",
    {
      onRequest: deps.bodies.onRequest,
      config: { access: "jobs:write" },
      schema: {
        operationId: "createJob",
        summary: "Submit a job",
        description:
          "The body is a submission as JSON (`{count, visits: [{store_id, image_url: […], visit_time}]}`), NDJSON (one visit a line), CSV or XLSX " +
          "(`store_id,image_url,visit_time`), or multipart/form-data with the photos themselves. Answers after the durable commit; with a problem nothing is kept.",
        tags: ["jobs"],
        querystring: SubmissionOptions,
        headers: IdempotencyHeader,
        body: submissionBody,
        response: answers(
          { 201: JobWithWarnings, 200: DryRun },
          "invalid_submission",
          "invalid_body",
          "request_broken_off",
          "idempotency_running",
          "idempotency_mismatch",
          "body_too_large",
          "unsupported_media_type",
          "too_many_images",
          "uploads_unavailable",
          "draining",
        ),
      },
    },
    async (request, reply) => {
      const { dry_run: isDryRun = false, ...options } = request.query;
      if (isDryRun) {
        const check = await deps.takeSubmission.check(request, reply, options);
        return reply.code(200).send(dryRunView(check, await deps.foresee(check, "not yet")));
      }
      const { jobId, accepted } = await deps.takeSubmission.take(request, reply, options);
      const foreseen = accepted === null ? [] : await deps.foresee(accepted, "accepted");
      return reply
        .code(201)
        .header("location", `/api/v1/jobs/${jobId}`)
        .send({ ...jobView(await readJob(jobId)), ...warningsView(accepted?.warnings ?? NO_WARNINGS, foreseen) });
    },
  );

  app.get(
    "/api/v1/jobs/:id",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getJob",
        summary: "Where a job stands",
        description:
          "With an ETag; `If-None-Match` answers 304 while nothing changed. `Retry-After` while the job is not over.",
        tags: ["jobs"],
        params: JobPath,
        response: answers(
          { 200: Job, 304: Type.Undefined({ type: "null", description: "Nothing changed" }) },
          "job_not_found",
        ),
      },
    },
    async (request, reply) => {
      request.jobId = request.params.id;
      const job = await readJob(request.params.id);
      if (!isTerminal(job.status)) reply.header("retry-after", POLL_SECONDS);
      return isUnchanged(request, reply, job) ? reply.code(304).send() : jobView(job);
    },
  );

  app.get(
    "/api/v1/jobs",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listJobs",
        summary: "Jobs, newest first",
        description:
          "Parameters narrow the list, all at once. The next page is asked for with `cursor` and the same parameters.",
        tags: ["jobs"],
        querystring: ListQuery,
        response: answers({ 200: listAnswer(pageOf(Job, "A page of jobs")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "jobs", element: Job }, async ({ query, caller }) => {
        const before = cursorOf(JobId, query.cursor);
        const { jobs, next } = await ledger.listJobs(jobFilter(query, caller.sees), { before, limit: limitOf(query) });
        return page(jobs.map(jobView), next);
      }),
  );
}

/** Sets the ETag, made of what a job's answer is made of but for its rate. */
function isUnchanged(request: FastifyRequest, reply: FastifyReply, job: JobSnapshot): boolean {
  const etag = `"${createHash("sha256").update(JSON.stringify(job)).digest("base64url").slice(0, 22)}"`;
  reply.header("etag", etag).header("cache-control", "private, no-cache");
  return hasIt(request.headers["if-none-match"], etag);
}
