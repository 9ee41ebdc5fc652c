/** What the commands that move a job's bytes ask of the service: the client, with streams in place of values and sentences in place of codes. */
import type {
  BucketDryRun,
  BucketJob,
  BucketSource,
  DryRun,
  Job,
  JobWithWarnings,
  SubmissionOptions,
} from "../../sdk/src/client.ts";
import type { ReportFormat } from "../reports/report-formats.ts";
import type { SubmitFormat } from "./choices.ts";
import { type Place, withClientAt } from "./connection.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

export type Photo = { readonly name: string; readonly content: Blob };

type Submission = {
  readonly format: SubmitFormat;
  /** What is whole is sent again while the service is behind with its work; a stream cannot be. */
  readonly bytes: AsyncIterable<Uint8Array> | Blob;
  readonly photos?: readonly Photo[] | undefined;
  readonly options?: SubmissionOptions;
};

type BucketSubmission = BucketSource & { readonly options?: SubmissionOptions };

export type ServiceClient = {
  readonly url: string;
  submit(submission: Submission): Promise<{ readonly jobId: number; readonly warnings: JobWithWarnings["warnings"] }>;
  /** What would become of it; nothing is kept. */
  check(submission: Submission): Promise<DryRun>;
  submitBucket(submission: BucketSubmission): Promise<{
    readonly jobId: number;
    readonly warnings: BucketJob["job"]["warnings"];
    readonly listing: BucketJob["listing"];
  }>;
  checkBucket(submission: BucketSubmission): Promise<BucketDryRun>;
  status(jobId: number): Promise<Job>;
  /** A job's results as a file, in pieces. */
  results(
    jobId: number,
    report: { readonly failed: boolean; readonly format: ReportFormat },
  ): Promise<AsyncIterable<Uint8Array>>;
};

export function createServiceClient(place: Place): ServiceClient {
  const { url } = place;

  /** What answers in JSON need not be Storewalk. */
  function seen<T extends Job>(job: T): T {
    if ("counts" in job && "job_id" in job) return job;
    throw new CommandError(EXIT.serviceAway, `what answers at ${url} is not Storewalk`);
  }

  return {
    url,
    submit: ({ format, bytes, photos, options = {} }) =>
      withClientAt(place, async ({ jobs }) => {
        const content = contentOf(bytes);
        const job = await jobs.create({ type: format, content }, { ...options, ...(photos ? { photos } : {}) });
        return { jobId: seen(job).job_id, warnings: job.warnings };
      }),
    check: ({ format, bytes, photos, options = {} }) =>
      withClientAt(place, ({ jobs }) => {
        const content = contentOf(bytes);
        return jobs.dryRun({ type: format, content }, { ...options, ...(photos ? { photos } : {}) });
      }),
    submitBucket: ({ options = {}, ...source }) =>
      withClientAt(place, async ({ jobs }) => {
        const { job, listing } = await jobs.createFromBucket(source, options);
        return { jobId: seen(job).job_id, warnings: job.warnings, listing };
      }),
    checkBucket: ({ options = {}, ...source }) =>
      withClientAt(place, ({ jobs }) => jobs.dryRunFromBucket(source, options)),
    status: (jobId) => withClientAt(place, async ({ jobs }) => seen(await jobs.get(jobId))),
    results: (jobId, { failed, format }) =>
      withClientAt(place, async ({ jobs }) => {
        const { body } = await jobs.report(jobId, { format, ...(failed ? { outcome: "failed" as const } : {}) });
        if (!body) throw new CommandError(EXIT.serviceAway, `${url} sent no results`);
        return unbroken(body, url);
      }),
  };
}

export function contentOf(bytes: Submission["bytes"]): ReadableStream | Blob {
  return bytes instanceof Blob ? bytes : ReadableStream.from(bytes);
}

/** The same bytes; ends with a CommandError when the connection does not last to the end of them. */
async function* unbroken(bytes: AsyncIterable<Uint8Array>, url: string): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new CommandError(
      EXIT.serviceAway,
      `the service at ${url} broke off in the middle of the results; what was printed is not all of them, ask again`,
      { cause },
    );
  }
}
