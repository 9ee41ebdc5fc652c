/** `POST /api/v1/jobs/{id}/retry`: failed images run again in the same job; what failed before stays readable. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { isTerminal } from "../../domain/job.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { WorkLedger } from "../../ledger/port/work-ledger.ts";
import { readFailedImages } from "../../reports/failed-images.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { ErrorCode, JobId } from "../schemas.ts";
import { answers } from "./documented.ts";
import { Job } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";

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

export function addRetryRoute(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<JobReader, "readJob" | "readResults"> & Pick<WorkLedger, "retryImages">;
    readonly jobView: (job: JobSnapshot) => Job;
    readonly onRunnable: () => void;
  },
): void {
  const { ledger } = deps;

  async function endedJob(jobId: number): Promise<JobSnapshot> {
    const job = await ledger.readJob(jobId);
    if (!job) throw noSuchJob(jobId);
    if (!isTerminal(job.status)) {
      throw new ApiError("job_not_over", `job ${jobId} is ${job.status}; it can be retried when it is over`);
    }
    if (job.status === "cancelled") throw new ApiError("job_over", `job ${jobId} was cancelled and stays so`);
    return job;
  }

  server.register((app, _options, done) => {
    readJsonBodies(app);
    app.withTypeProvider<TypeBoxTypeProvider>().post(
      "/api/v1/jobs/:id/retry",
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: "retryJob",
          summary: "Run failed images of a job again",
          description:
            "The job goes on under its number, with its next `run`; images that were measured stay as they are. A store that was added to the store " +
            "master since is known now.",
          tags: ["jobs"],
          params: Type.Object({ id: JobId }),
          body: RetryBody,
          response: answers(
            { 200: Job },
            "job_not_found",
            "job_not_over",
            "job_over",
            "nothing_to_retry",
            "invalid_body",
            "body_too_large",
            "unsupported_media_type",
          ),
        },
      },
      async (request) => {
        const jobId = request.params.id;
        request.jobId = jobId;
        const { codes = null, host = null, store_id: storeId = null } = request.body;
        const job = await endedJob(jobId);
        const images = await readFailedImages(ledger, jobId, { codes, host, storeId });
        if (images.length === 0) {
          throw new ApiError("nothing_to_retry", `job ${jobId} has no failed image that is meant`);
        }
        const retried = await ledger.retryImages(jobId, job.run, images);
        if (retried === 0) throw new ApiError("job_not_over", `job ${jobId} was retried by somebody else just now`);
        deps.onRunnable();
        request.log.info({ jobId, images: retried, run: job.run + 1 }, "failed images run again");
        return deps.jobView((await ledger.readJob(jobId)) ?? job);
      },
    );
    done();
  });
}
