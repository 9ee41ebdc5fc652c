/** A request's body to an accepted job, or to visits of one, or to the error that lists what is wrong with it: the same for every route that takes them. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { firstSentence } from "../../intake/problems.ts";
import type { Check, Intake, RequestUnderKey, Submission } from "../../intake/submit-job.ts";
import type { RequestLedger } from "../../ledger/port/request-ledger.ts";
import type { WorkMetrics } from "../../metrics/work-metrics.ts";
import type { Uploads } from "../../uploads/uploads.ts";
import type { LimitRequests } from "../limits/limit-requests.ts";
import { ApiError } from "../problems/api-error.ts";
import type { Query } from "../query.ts";
import { beginKeyed, createFingerprint, idempotencyKey, stillRunning } from "./idempotency.ts";
import { type OpenSubmission, plainSubmission, submissionWithPhotos } from "./open-submission.ts";
import { type PhotoLimits, takeParts } from "./photo-parts.ts";
import type { SubmissionBodies } from "./submission-body.ts";

const NO_UPLOADS =
  "photos are not taken here: a fleet needs STOREWALK_UPLOAD_DIR, a folder that all its processes share";

type Accepted = Extract<Submission, { readonly kind: "accepted" | "added" }>;

/** `accepted` is null for one that was sent again under its key: its job is there already. */
export type Taken = { readonly jobId: number; readonly accepted: Accepted | null };

/** What a request's body is for: a job of its own, or the job that gets its visits. */
type Use = { readonly options: Query; readonly addTo: number | undefined };

export type TakeSubmission = {
  /** Resolves after the durable commit. With `addTo` the visits become that job's. */
  take(request: FastifyRequest, reply: FastifyReply, options: Query, addTo?: number): Promise<Taken>;
  /** Resolves to what would become of the submission; nothing of it is kept. */
  check(request: FastifyRequest, reply: FastifyReply, options: Query, addTo?: number): Promise<Check>;
};

export function createTakeSubmission(deps: {
  readonly intake: Intake;
  readonly ledger: RequestLedger;
  readonly bodies: SubmissionBodies;
  /** Null where no photos are taken. */
  readonly uploads: Uploads | null;
  readonly photoLimits: PhotoLimits;
  readonly imageQuota: LimitRequests["imageQuota"];
  readonly onRunnable: () => void;
  readonly metrics: Pick<WorkMetrics, "jobAccepted">;
}): TakeSubmission {
  const { intake, bodies, uploads } = deps;

  function accepted(request: FastifyRequest, submission: Submission): Accepted {
    if (submission.kind === "superseded") throw stillRunning();
    if (submission.kind === "refused") {
      const { problems, total, unknownStores } = submission;
      throw new ApiError("invalid_submission", firstSentence(problems, total), { problems, total, unknownStores });
    }
    if (submission.kind === "closed") throw new ApiError("job_over", "the job was cancelled just now and stays so");
    const { kind, jobId, visits, images } = submission;
    request.jobId = jobId;
    if (kind === "accepted") deps.metrics.jobAccepted();
    deps.onRunnable();
    request.log.info({ jobId, visits, images }, kind === "accepted" ? "job accepted" : "visits added to a job");
    return submission;
  }

  /** Asks for the body. `follow` sees all of what makes the request what it is. */
  async function open(
    request: FastifyRequest,
    reply: FastifyReply,
    addTo: number | undefined,
    { isCheck = false, follow = (bytes: AsyncIterable<Uint8Array>) => bytes } = {},
  ): Promise<OpenSubmission> {
    if (bodies.formatOf(request) === "multipart" && !uploads) throw new ApiError("unsupported_media_type", NO_UPLOADS);
    const receiver = { tenant: request.caller.tenant, addTo };
    const body = bodies.open(request, reply);
    if (body.kind === "plain") {
      return plainSubmission(intake, { ...receiver, format: body.format, bytes: follow(body.bytes) });
    }
    const parts = await takeParts(body, { limits: deps.photoLimits, uploads: isCheck ? null : uploads });
    for await (const _ of follow(parts.identity()));
    return submissionWithPhotos(intake, parts, receiver);
  }

  async function takeUnderKey(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    { options, addTo }: Use,
  ): Promise<Taken> {
    const what = addTo === undefined ? options : { ...options, "added to": addTo };
    const fingerprint = createFingerprint(bodies.formatOf(request), what);
    const keyed = await beginKeyed(deps.ledger, `${request.caller.tenant} ${key}`, fingerprint.value);
    if (keyed.kind === "done") {
      const again = await open(request, reply, addTo, { follow: fingerprint.following });
      await again.drain();
      await again.end();
      if (fingerprint.value() !== keyed.fingerprint) {
        throw new ApiError(
          "idempotency_mismatch",
          "this Idempotency-Key was used for another submission; take a new one",
        );
      }
      request.jobId = keyed.jobId;
      reply.header("idempotency-replayed", "true");
      return { jobId: keyed.jobId, accepted: null };
    }
    let made = false;
    try {
      const opened = await open(request, reply, addTo, { follow: fingerprint.following });
      const taken = await submitted(request, opened, options, keyed.request);
      made = true;
      return taken;
    } finally {
      await keyed.end(made);
    }
  }

  async function submitted(
    request: FastifyRequest,
    opened: OpenSubmission,
    options: Query,
    underKey?: RequestUnderKey,
  ): Promise<Taken> {
    const quota = deps.imageQuota(request);
    let made = false;
    try {
      const submission = accepted(request, await opened.submit(options, quota, underKey));
      made = true;
      return { jobId: submission.jobId, accepted: submission };
    } finally {
      if (!made) quota.giveBack();
      await opened.end();
    }
  }

  return {
    check: async (request, reply, options, addTo) =>
      (await open(request, reply, addTo, { isCheck: true })).check(options),

    async take(request, reply, options, addTo) {
      const key = idempotencyKey(request);
      if (key !== null) return await takeUnderKey(key, request, reply, { options, addTo });
      return await submitted(request, await open(request, reply, addTo), options);
    },
  };
}
