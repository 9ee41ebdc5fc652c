/** `POST /api/v1/jobs/{id}/visits`: visits that come late become part of a job that is there, which goes on with them or opens again. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull } from "../schemas.ts";
import type { Foresee } from "../submission/foresee.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import type { TakeSubmission } from "../submission/take-submission.ts";
import { answers } from "./documented.ts";
import { type Job, JobPath, JobWithWarnings } from "./job-schema.ts";
import { createReadKnownJob } from "./known-job.ts";
import {
  DryRun,
  dryRunView,
  IdempotencyHeader,
  NO_WARNINGS,
  readingOptions,
  submissionBody,
  warningsView,
} from "./submission-schema.ts";

const Count = Type.Integer({ minimum: 0 });

const JobWithAdded = Type.Object(
  {
    ...JobWithWarnings.properties,
    added: OrNull(
      Type.Object(
        {
          visits: Count,
          images: Count,
          already_there: Type.Integer({ minimum: 0, description: "Visits left out: the job has their external_id" }),
        },
        { title: "Added" },
      ),
      "Null for a request that was sent again under its key",
    ),
  },
  { title: "JobWithAdded", description: "A job and where it stands, with what was added to it" },
);

const AddingOptions = Type.Object(
  {
    ...readingOptions,
    dry_run: Type.Optional(
      Type.Boolean({ description: "true: answers with what is wrong with the visits; nothing is kept" }),
    ),
  },
  { additionalProperties: false },
);

export function addJobVisitsRoute(
  server: FastifyInstance,
  deps: {
    readonly readJob: JobReader["readJob"];
    readonly bodies: SubmissionBodies;
    readonly takeSubmission: TakeSubmission;
    readonly foresee: Foresee;
    readonly jobView: (job: JobSnapshot) => Job;
  },
): void {
  const readJob = createReadKnownJob(deps.readJob);

  server.withTypeProvider<TypeBoxTypeProvider>().post(
    "/api/v1/jobs/:id/visits",
    {
      onRequest: deps.bodies.onRequest,
      config: { access: "jobs:write" },
      schema: {
        operationId: "addVisits",
        summary: "Add visits to a job",
        description:
          "The body is a submission without options of its own: the job's hold. A job that is not over goes on with the visits; one that ended opens again, as its next `run`, " +
          "and ends again. All of it or nothing. Visits whose `external_id` the job has already are left out.",
        tags: ["jobs"],
        params: JobPath,
        querystring: AddingOptions,
        headers: IdempotencyHeader,
        body: submissionBody,
        response: answers(
          { 201: JobWithAdded, 200: DryRun },
          "job_not_found",
          "job_over",
          "invalid_submission",
          "invalid_body",
          "request_broken_off",
          "idempotency_running",
          "idempotency_mismatch",
          "body_too_large",
          "unsupported_media_type",
          "too_many_images",
          "draining",
        ),
      },
    },
    async (request, reply) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      const { dry_run: isDryRun = false, ...options } = request.query;
      if ((await readJob(jobId)).status === "cancelled") {
        throw new ApiError("job_over", `job ${jobId} was cancelled and stays so`);
      }
      if (isDryRun) {
        const check = await deps.takeSubmission.check(request, reply, options, jobId);
        return reply.code(200).send(dryRunView(check, await deps.foresee(check, "not yet")));
      }
      const { accepted } = await deps.takeSubmission.take(request, reply, options, jobId);
      const foreseen = accepted === null ? [] : await deps.foresee(accepted, "accepted");
      const said = warningsView(accepted?.warnings ?? NO_WARNINGS, foreseen);
      const added =
        accepted?.kind === "added"
          ? { visits: accepted.visits, images: accepted.images, already_there: accepted.known }
          : null;
      return reply.code(201).send({ ...deps.jobView(await readJob(jobId)), ...said, added });
    },
  );
}
