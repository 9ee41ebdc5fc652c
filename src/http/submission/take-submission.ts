/** A request's body to an accepted job, or to visits of one, or to the error that lists what is wrong with it: the same for every route that takes them. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { firstSentence } from "../../intake/problems.ts";
import type { Check, Intake, RequestUnderKey, Submission } from "../../intake/submission.ts";
import type { JobReader } from "../../ledger/port/job-reader.ts";
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

export type TakeSubmission = {
  /** Resolves after the durable commit. With `addTo` the visits become that job's. */
  take(request: FastifyRequest, reply: FastifyReply, options: Query, addTo?: number): Promise<Taken>;
  /** Resolves to what would become of the submission; nothing of it is kept. */
  check(request: FastifyRequest, reply: FastifyReply, options: Query, addTo?: number): Promise<Check>;
  /** The same for a submission that is no body but made by us. */
  takeMade(request: FastifyRequest, reply: FastifyReply, options: Query, made: MadeSubmission): Promise<Taken>;
  checkMade(request: FastifyRequest, options: Query, made: MadeSubmission): Promise<Check>;
};

export type MadeSubmission = {
  /** What makes it what it is, for its key. */
  readonly named: string;
  /** As NDJSON. */
  readonly bytes: AsyncIterable<Uint8Array>;
};

type Follow = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** A submission that is about to be read. */
type Opening = {
  /** What it is but for what `follow` sees, for its key. */
  readonly kind: string;
  readonly what: Query;
  /** `follow` sees all of what makes the request what it is. */
  open(follow?: Follow): Promise<OpenSubmission>;
  /** Reads only what makes it what it is. */
  identify(follow: Follow): Promise<void>;
};

export function createTakeSubmission(deps: {
  readonly intake: Intake;
  readonly ledger: RequestLedger & Pick<JobReader, "readTenant">;
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
    const parts = await takeParts(body, {
      limits: deps.photoLimits,
      uploads: isCheck ? null : uploads,
      tenant: receiver.tenant,
    });
    for await (const _ of follow(parts.identity()));
    return submissionWithPhotos(intake, parts, receiver);
  }

  /** A request's body is for a job of its own, or for the job that gets its visits. */
  function bodyOf(request: FastifyRequest, reply: FastifyReply, options: Query, addTo: number | undefined): Opening {
    const opened = (follow?: Follow) => open(request, reply, addTo, follow ? { follow } : {});
    return {
      kind: bodies.formatOf(request),
      what: addTo === undefined ? options : { ...options, "added to": addTo },
      open: opened,
      async identify(follow) {
        const again = await opened(follow);
        await again.drain();
        await again.end();
      },
    };
  }

  const openMade = ({ caller: { tenant } }: FastifyRequest, { bytes }: MadeSubmission) =>
    plainSubmission(intake, { tenant, addTo: undefined, format: "ndjson", bytes });

  async function take(request: FastifyRequest, reply: FastifyReply, options: Query, opening: Opening): Promise<Taken> {
    const key = idempotencyKey(request);
    if (key !== null) return await takeUnderKey(key, request, reply, options, opening);
    return await submitted(request, await opening.open(), options);
  }

  /** Its key is known for as long as it can be restored. */
  async function assertThere(jobId: number): Promise<void> {
    if ((await deps.ledger.readTenant(jobId)) !== null) return;
    const detail = `job ${jobId} of this Idempotency-Key was deleted; restore it, or take a new key`;
    throw new ApiError("idempotency_mismatch", detail);
  }

  async function takeUnderKey(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    options: Query,
    opening: Opening,
  ): Promise<Taken> {
    const fingerprint = createFingerprint(opening.kind, opening.what);
    const keyed = await beginKeyed(deps.ledger, `${request.caller.tenant} ${key}`, fingerprint.value);
    if (keyed.kind === "done") {
      await opening.identify(fingerprint.following);
      if (fingerprint.value() !== keyed.fingerprint) {
        throw new ApiError(
          "idempotency_mismatch",
          "this Idempotency-Key was used for another submission; take a new one",
        );
      }
      await assertThere(keyed.jobId);
      request.jobId = keyed.jobId;
      reply.header("idempotency-replayed", "true");
      return { jobId: keyed.jobId, accepted: null };
    }
    let made = false;
    try {
      const opened = await opening.open(fingerprint.following);
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

    take: (request, reply, options, addTo) => take(request, reply, options, bodyOf(request, reply, options, addTo)),
    takeMade: (request, reply, options, made) =>
      take(request, reply, options, {
        kind: made.named,
        what: options,
        open: async () => openMade(request, made),
        identify: async () => {},
      }),
    checkMade: (request, options, made) => openMade(request, made).check(options),
  };
}
