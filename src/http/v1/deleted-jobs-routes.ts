/** Jobs that had the wrong file: `DELETE /api/v1/jobs/{id}` hides one that is over, within a day it can be restored, then it is removed with its photos. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { DeletedJob, DeletionLedger } from "../../ledger/port/deletion-ledger.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import { Instant, JobId, JobStatus, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant, Job, JobPath } from "./job-schema.ts";
import { createReadKnownJob } from "./known-job.ts";

const RESTORABLE_MS = 86_400_000;

const Count = Type.Integer({ minimum: 0 });
const Deletion = Type.Object(
  { job_id: JobId, restorable_until: Instant },
  { title: "Deletion", description: "A deleted job, and until when it can be restored" },
);
const DeletedJobRow = Type.Object(
  {
    ...Deletion.properties,
    external_id: OrNull(Type.String(), "The client's own name for it"),
    status: JobStatus,
    counts: Type.Object({ visits: Count, images: Count }),
    created_at: Instant,
  },
  { title: "DeletedJob" },
);

export function addDeletedJobsRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: DeletionLedger;
    readonly readJob: JobReader["readJob"];
    readonly jobView: (job: JobSnapshot) => Job;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  const readJob = createReadKnownJob(deps.readJob);

  app.delete(
    "/api/v1/jobs/:id",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "deleteJob",
        summary: "Delete a job that is over",
        description:
          "Nobody sees it any more, nor its images, results and flags. For a day it can be restored; then it is removed, with its photos and fingerprints.",
        tags: ["jobs"],
        params: JobPath,
        response: answers({ 200: Deletion }, "job_not_found", "job_not_over"),
      },
    },
    async (request) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      const deletion = await ledger.deleteJob(jobId, RESTORABLE_MS);
      if (deletion === null) throw noSuchJob(jobId);
      if (deletion.kind === "not_over") {
        throw new ApiError(
          "job_not_over",
          `job ${jobId} is ${deletion.status}; cancel it, or wait for its end, to delete it`,
        );
      }
      request.log.info({ jobId }, "job deleted");
      return { job_id: jobId, restorable_until: instant(deletion.removedAt) };
    },
  );

  app.get(
    "/api/v1/deleted-jobs",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listDeletedJobs",
        summary: "Deleted jobs that can be restored",
        description: "Newest first, at most 1,000.",
        tags: ["jobs"],
        response: answers({ 200: Type.Object({ data: Type.Array(DeletedJobRow) }, { title: "DeletedJobs" }) }),
      },
    },
    async ({ caller }) => ({ data: (await ledger.listDeletedJobs(caller.sees)).map(rowOf) }),
  );

  app.post(
    "/api/v1/deleted-jobs/:id/restore",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "restoreJob",
        summary: "Take the deletion of a job back",
        description: "Within the day that its deletion gave; it is then as it was before.",
        tags: ["jobs"],
        params: JobPath,
        response: answers({ 200: Job }, "job_not_found"),
      },
    },
    async (request) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      if (!(await ledger.restoreJob(jobId, request.caller.sees))) {
        throw new ApiError("job_not_found", `there is no deleted job ${jobId}`);
      }
      request.log.info({ jobId }, "deleted job restored");
      return deps.jobView(await readJob(jobId));
    },
  );
}

function rowOf(job: DeletedJob): Static<typeof DeletedJobRow> {
  return {
    job_id: job.jobId,
    restorable_until: instant(job.removedAt),
    external_id: job.externalId,
    status: job.status,
    counts: { visits: job.visits, images: job.images },
    created_at: instant(job.createdAt),
  };
}
