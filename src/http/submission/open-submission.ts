/** A request's submission, read so far as its kind needs it: a plain body streams into the intake, one with photos is taken in first. */
import type {
  Check,
  ImageQuota,
  Intake,
  RequestUnderKey,
  Submission,
  SubmissionFormat,
} from "../../intake/submission.ts";
import type { Query } from "../query.ts";
import type { TakenParts } from "./photo-parts.ts";

export type OpenSubmission = {
  submit(options: Query, quota: ImageQuota, request?: RequestUnderKey): Promise<Submission>;
  check(options: Query): Promise<Check>;
  /** Reads what was not read yet. */
  drain(): Promise<void>;
  /** To be called last, in every case. */
  end(): Promise<void>;
};

/** Whose it is, and which job gets it: none for one of its own. */
export type Receiver = { readonly tenant: string; readonly addTo: number | undefined };

export function plainSubmission(
  intake: Intake,
  body: Receiver & { readonly format: SubmissionFormat; readonly bytes: AsyncIterable<Uint8Array> },
): OpenSubmission {
  return {
    submit: (options, quota, request) => intake.submit({ ...body, options, quota }, request),
    check: (options) => intake.check({ ...body, options }),
    async drain() {
      for await (const _ of body.bytes);
    },
    end: async () => {},
  };
}

export function submissionWithPhotos(intake: Intake, parts: TakenParts, receiver: Receiver): OpenSubmission {
  async function* bytes() {
    yield parts.submission;
  }
  const body = (options: Query) => ({ ...receiver, format: parts.format, bytes: bytes(), options });
  const check = (options: Query) => intake.check({ ...body(options), photos: parts.photos });
  return {
    async submit(options, quota, request) {
      // Checked first, so that a submission that is refused leaves no photo behind.
      const { problems, total, refusedStores, images } = await check(options);
      if (total > 0) return { kind: "refused", problems, total, unknownStores: refusedStores };
      quota.check(images);
      return await intake.submit({ ...body(options), quota, photos: await parts.keep() }, request);
    },
    check,
    drain: async () => {},
    end: parts.end,
  };
}
