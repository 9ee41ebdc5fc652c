/** A request's body to an accepted job, or to the error that lists what is wrong with it: the same for every route that takes jobs. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { firstSentence } from "../intake/problems.ts";
import type { Check, Intake } from "../intake/submit-job.ts";
import type { WorkMetrics } from "../metrics/work-metrics.ts";
import { ApiError } from "./api-error.ts";
import type { Query } from "./query.ts";
import type { SubmissionBodies } from "./submission-body.ts";

export type TakeSubmission = {
  /** Resolves to the job's number after the durable commit. */
  take(request: FastifyRequest, reply: FastifyReply, options: Query): Promise<number>;
  /** Resolves to what would become of the submission; nothing of it is kept. */
  check(request: FastifyRequest, reply: FastifyReply, options: Query): Promise<Check>;
};

export function createTakeSubmission(deps: {
  readonly intake: Intake;
  readonly bodies: SubmissionBodies;
  readonly onRunnable: () => void;
  readonly metrics: Pick<WorkMetrics, "jobAccepted">;
}): TakeSubmission {
  return {
    check: (request, reply, options) => deps.intake.check({ ...deps.bodies.open(request, reply), options }),

    async take(request, reply, options) {
      const submission = await deps.intake.submit({ ...deps.bodies.open(request, reply), options });
      if (submission.kind === "refused") {
        const { problems, total, unknownStores } = submission;
        throw new ApiError("invalid_submission", firstSentence(problems, total), { problems, total, unknownStores });
      }
      const { jobId, visits, images } = submission;
      request.jobId = jobId;
      deps.metrics.jobAccepted();
      deps.onRunnable();
      request.log.info({ jobId, visits, images }, "job accepted");
      return jobId;
    },
  };
}
