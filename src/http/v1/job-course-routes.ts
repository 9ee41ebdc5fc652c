/** `/api/v1/jobs/:id/pause` and its like: what changes the course of a job that is not over. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { isTerminal } from "../../domain/job.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { WorkLedger } from "../../ledger/port/work-ledger.ts";
import type { WorkMetrics } from "../../metrics/work-metrics.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { answers } from "./documented.ts";
import { Job, JobPath, Priority } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";
import { createReadKnownJob } from "./known-job.ts";

export function addJobCourseRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<WorkLedger, "cancelJob" | "pauseJob" | "resumeJob" | "setPriority">;
    readonly readJob: JobReader["readJob"];
    readonly jobView: (job: JobSnapshot) => Job;
    /** A job became runnable, or its priority changed. */
    readonly onRunnable: () => void;
    readonly metrics: Pick<WorkMetrics, "jobCancelled">;
  },
): void {
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  const { ledger, jobView } = deps;

  const readJob = createReadKnownJob(deps.readJob);

  for (const [verb, change] of [
    ["pause", ledger.pauseJob],
    ["resume", ledger.resumeJob],
  ] as const) {
    app.post(
      `/api/v1/jobs/:id/${verb}`,
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: `${verb}Job`,
          summary: verb === "pause" ? "Hold a job back" : "Let a paused job go on",
          description:
            verb === "pause"
              ? "Images that are being worked on finish, no other one begins."
              : "A job that is ongoing stays so.",
          tags: ["jobs"],
          params: JobPath,
          response: answers({ 200: Job }, "job_not_found", "job_over"),
        },
      },
      async (request) => {
        const jobId = request.params.id;
        request.jobId = jobId;
        const status = await change(jobId);
        if (status === null || isTerminal(status)) throw jobOver(jobId, status, `cannot be ${verb}d`);
        deps.onRunnable();
        return jobView(await readJob(jobId));
      },
    );
  }

  app.post(
    "/api/v1/jobs/:id/cancel",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "cancelJob",
        summary: "Cancel a job",
        description:
          "Images that have a result keep it, the others get none. A job that is cancelled already stays so.",
        tags: ["jobs"],
        params: JobPath,
        response: answers({ 200: Job }, "job_not_found", "job_over"),
      },
    },
    async (request) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      const before = await readJob(jobId);
      const status = await ledger.cancelJob(jobId);
      if (status !== "cancelled") throw jobOver(jobId, status, "cannot be cancelled");
      if (before.status !== "cancelled") deps.metrics.jobCancelled();
      return jobView(await readJob(jobId));
    },
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().post(
      "/api/v1/jobs/:id/priority",
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: "setJobPriority",
          summary: "Change a job's priority",
          description: "For all of its images that are not queued or running yet.",
          tags: ["jobs"],
          params: JobPath,
          body: Type.Object({ priority: Priority }, { title: "NewPriority", additionalProperties: false }),
          response: answers(
            { 200: Job },
            "job_not_found",
            "job_over",
            "invalid_body",
            "body_too_large",
            "unsupported_media_type",
          ),
        },
      },
      async (request) => {
        const jobId = request.params.id;
        request.jobId = jobId;
        const status = await ledger.setPriority(jobId, request.body.priority);
        if (status === null || isTerminal(status)) throw jobOver(jobId, status, "has no priority any more");
        deps.onRunnable();
        return jobView(await readJob(jobId));
      },
    );
    done();
  });
}

function jobOver(jobId: number, status: JobSnapshot["status"] | null, consequence: string): ApiError {
  if (status === null) return noSuchJob(jobId);
  return new ApiError("job_over", `job ${jobId} is ${status} already and ${consequence}`);
}
