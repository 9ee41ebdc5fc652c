/** What is submitted: visits as JSON or a file in another format, photos beside it, a bucket; and the request that carries it. Sends nothing itself. */
import type { BucketSource, Operations } from "./api-types.ts";
import type { CallOptions } from "./transport.ts";

/** A submission as JSON; `count` is filled in. */
export type Submission = Omit<Operations["createJob"]["body"], "count">;
export type SubmissionOptions = Omit<Operations["createJob"]["query"], "dry_run" | "metadata"> & {
  /** The job's own, of a file that has no place for it. */
  readonly metadata?: Readonly<Record<string, string>>;
};
/** A whole file in one of the other formats; a stream cannot be sent again after a failure. */
export type SubmissionFile = {
  readonly type: "json" | "ndjson" | "csv" | "xlsx";
  readonly content: string | Blob | ReadableStream<Uint8Array>;
};

/** Comes with the submission, which names it `file:NAME` in place of a URL. */
type Photo = { readonly name: string; readonly content: Blob };
export type WithPhotos = { readonly photos?: readonly Photo[] };
/** Sent again under the same key a request makes no second job. */
export type WithKey = { readonly idempotencyKey?: string };
export type Signal = { readonly signal?: AbortSignal };

type Sent = SubmissionOptions & Signal & WithKey & { readonly dry_run?: boolean };

export const TYPES = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
/** The service waits no longer for a body. */
export const UPLOAD_MS = 30 * 60_000;

export async function submissionCall(
  submission: Submission | Pick<Submission, "visits"> | SubmissionFile,
  { photos, ...options }: Sent & WithPhotos,
): Promise<CallOptions> {
  const file: SubmissionFile =
    "content" in submission
      ? submission
      : { type: "json", content: JSON.stringify({ count: submission.visits.length, ...submission }) };
  return photos
    ? callOf(options, {}, await formOf(file, photos))
    : callOf(options, { "content-type": TYPES[file.type] }, file.content);
}

export const bucketCall = (source: BucketSource, options: Sent): CallOptions =>
  callOf(options, { "content-type": TYPES.json }, JSON.stringify(source));

function callOf(
  { metadata, signal, idempotencyKey, ...options }: Sent,
  headers: Readonly<Record<string, string>>,
  body: NonNullable<CallOptions["body"]>,
): CallOptions {
  return {
    method: "POST",
    query: { ...options, metadata: metadata && JSON.stringify(metadata) },
    headers: { ...headers, ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }) },
    body,
    signal,
    repeatable: true,
    timeoutMs: UPLOAD_MS,
  };
}

async function formOf({ type, content }: SubmissionFile, photos: readonly Photo[]): Promise<FormData> {
  const form = new FormData();
  const text = content instanceof ReadableStream ? await new Response(content).text() : content;
  form.append("job", new Blob([text], { type: TYPES[type] }));
  for (const photo of photos) form.append("photos", photo.content, photo.name);
  return form;
}
