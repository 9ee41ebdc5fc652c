/** A request's body to an accepted job, or to the error that lists what is wrong with it: the same for every route that takes jobs. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { firstSentence } from "../intake/problems.ts";
import type { Check, Intake, Submission } from "../intake/submit-job.ts";
import type { RequestLedger } from "../ledger/request-ledger.ts";
import type { WorkMetrics } from "../metrics/work-metrics.ts";
import { ApiError } from "./api-error.ts";
import { beginKeyed, createFingerprint, idempotencyKey, stillRunning } from "./idempotency.ts";
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
  readonly ledger: RequestLedger;
  readonly bodies: SubmissionBodies;
  readonly onRunnable: () => void;
  readonly metrics: Pick<WorkMetrics, "jobAccepted">;
}): TakeSubmission {
  const { intake, bodies } = deps;

  function accepted(request: FastifyRequest, submission: Submission): number {
    if (submission.kind === "superseded") throw stillRunning();
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
  }

  async function takeUnderKey(key: string, request: FastifyRequest, reply: FastifyReply, options: Query) {
    const fingerprint = createFingerprint(bodies.formatOf(request), options);
    const keyed = await beginKeyed(deps.ledger, key, fingerprint.value);
    const { format, bytes } = bodies.open(request, reply);
    const followed = fingerprint.following(bytes);
    if (keyed.kind === "done") {
      for await (const _ of followed);
      if (fingerprint.value() !== keyed.fingerprint) {
        throw new ApiError(
          "idempotency_mismatch",
          "this Idempotency-Key was used for another submission; take a new one",
        );
      }
      request.jobId = keyed.jobId;
      reply.header("idempotency-replayed", "true");
      return keyed.jobId;
    }
    let made = false;
    try {
      const jobId = accepted(request, await intake.submit({ format, bytes: followed, options }, keyed.request));
      made = true;
      return jobId;
    } finally {
      await keyed.end(made);
    }
  }

  return {
    check: (request, reply, options) => intake.check({ ...bodies.open(request, reply), options }),

    async take(request, reply, options) {
      const key = idempotencyKey(request);
      if (key !== null) return await takeUnderKey(key, request, reply, options);
      return accepted(request, await intake.submit({ ...bodies.open(request, reply), options }));
    },
  };
}
