/** Jobs: submit them, follow them, change their course, read their images and results. */
import type {
  BucketDryRun,
  BucketJob,
  BucketSource,
  DeletedJob,
  DryRun,
  Failures,
  Image,
  Job,
  JobWithAdded,
  JobWithWarnings,
  Operations,
  Visit,
} from "./api-types.ts";
import { StorewalkError } from "./errors.ts";
import { Pages } from "./pages.ts";
import { eventsOf, linesOf } from "./streams.ts";
import { pause, type Query, type Transport } from "./transport.ts";

export type {
  BucketDryRun,
  BucketJob,
  BucketSource,
  DeletedJob,
  DryRun,
  Failures,
  Image,
  Job,
  JobWithAdded,
  JobWithWarnings,
  Visit,
};

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
export type Photo = { readonly name: string; readonly content: Blob };
type WithPhotos = { readonly photos?: readonly Photo[] };

/** One line of a report. */
export type Result = Readonly<Record<string, unknown>> & {
  readonly image: number;
  readonly store_id: string;
  readonly image_url: string;
  readonly outcome: "measured" | "failed";
  readonly perimeter: number | null;
  readonly code: string | null;
  readonly detail: string | null;
};

export const TYPES = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
const POLL_MS = 2_000;
/** The service waits no longer for a body. */
export const UPLOAD_MS = 30 * 60_000;

type Signal = { readonly signal?: AbortSignal };

export class Jobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Resolves when the job is durably accepted, its photos too. Sent again after a failure it makes no second job. */
  async create(
    submission: Submission | SubmissionFile,
    options: SubmissionOptions & Signal & WithPhotos & { readonly idempotencyKey?: string } = {},
  ): Promise<JobWithWarnings> {
    const { signal, photos, idempotencyKey = crypto.randomUUID(), ...given } = options;
    const headers = { "idempotency-key": idempotencyKey };
    return await this.#submit<JobWithWarnings>(submission, given, { signal, photos, headers });
  }

  /** What would become of a submission; nothing of it is kept. */
  async dryRun(
    submission: Submission | SubmissionFile,
    options: SubmissionOptions & Signal & WithPhotos = {},
  ): Promise<DryRun> {
    const { signal, photos, ...given } = options;
    return await this.#submit<DryRun>(submission, { ...given, dry_run: true }, { signal, photos, headers: {} });
  }

  /**
   * Adds visits to a job, which goes on with them or opens again. Visits whose `external_id` the job has already are left out; sent again after a
   * failure it adds nothing twice.
   */
  async addVisits(
    jobId: number,
    submission: Pick<Submission, "visits"> | SubmissionFile,
    options: Omit<Operations["addVisits"]["query"], "dry_run"> &
      Signal &
      WithPhotos & { readonly idempotencyKey?: string } = {},
  ): Promise<JobWithAdded> {
    const { signal, photos, idempotencyKey = crypto.randomUUID(), ...given } = options;
    const headers = { "idempotency-key": idempotencyKey };
    return await this.#submit<JobWithAdded>(submission, given, {
      signal,
      photos,
      headers,
      to: `/api/v1/jobs/${jobId}/visits`,
    });
  }

  /** What would become of visits for a job; nothing of them is kept. */
  async dryRunVisits(
    jobId: number,
    submission: Pick<Submission, "visits"> | SubmissionFile,
    options: Omit<Operations["addVisits"]["query"], "dry_run"> & Signal & WithPhotos = {},
  ): Promise<DryRun> {
    const { signal, photos, ...given } = options;
    const to = `/api/v1/jobs/${jobId}/visits`;
    return await this.#submit<DryRun>(submission, { ...given, dry_run: true }, { signal, photos, headers: {}, to });
  }

  /**
   * A job of the photos below a prefix of a bucket, which the service lists with the credentials that it keeps. Resolves when all is listed and the job
   * durable. Sent again after a failure it makes no second job.
   */
  async createFromBucket(
    source: BucketSource,
    options: SubmissionOptions & Signal & { readonly idempotencyKey?: string } = {},
  ): Promise<BucketJob> {
    const { idempotencyKey = crypto.randomUUID(), ...given } = options;
    return await this.#list<BucketJob>(source, given, { "idempotency-key": idempotencyKey });
  }

  /** What would become of a prefix of a bucket; nothing of it is kept. */
  async dryRunFromBucket(source: BucketSource, options: SubmissionOptions & Signal = {}): Promise<BucketDryRun> {
    return await this.#list<BucketDryRun>(source, { ...options, dry_run: true }, {});
  }

  async #list<T>(
    source: BucketSource,
    { metadata, signal, ...options }: SubmissionOptions & Signal & { readonly dry_run?: boolean },
    headers: Record<string, string>,
  ): Promise<T> {
    return await this.#transport.json<T>("/api/v1/jobs/from-bucket", {
      method: "POST",
      query: { ...options, metadata: metadata && JSON.stringify(metadata) },
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(source),
      signal,
      repeatable: true,
      timeoutMs: UPLOAD_MS,
    });
  }

  async #submit<T>(
    submission: Submission | Pick<Submission, "visits"> | SubmissionFile,
    { metadata, ...options }: SubmissionOptions & { readonly dry_run?: boolean },
    {
      signal,
      photos,
      headers,
      to = "/api/v1/jobs",
    }: {
      readonly signal: AbortSignal | undefined;
      readonly photos: readonly Photo[] | undefined;
      readonly headers: Record<string, string>;
      readonly to?: string;
    },
  ): Promise<T> {
    const file: SubmissionFile =
      "content" in submission
        ? submission
        : { type: "json", content: JSON.stringify({ count: submission.visits.length, ...submission }) };
    const query = { ...options, metadata: metadata && JSON.stringify(metadata) };
    const call = { method: "POST", query, signal, repeatable: true, timeoutMs: UPLOAD_MS } as const;
    if (photos) {
      const body = await formOf(file, photos);
      return await this.#transport.json<T>(to, { ...call, headers, body });
    }
    return await this.#transport.json<T>(to, {
      ...call,
      headers: { ...headers, "content-type": TYPES[file.type] },
      body: file.content,
    });
  }

  async get(jobId: number, { signal }: Signal = {}): Promise<Job> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}`, { signal });
  }

  /** Newest first. */
  list(filter: Omit<Operations["listJobs"]["query"], "cursor"> = {}): Pages<Job> {
    return this.#pages("/api/v1/jobs", filter);
  }

  images(jobId: number, filter: Omit<Operations["listImages"]["query"], "cursor"> = {}): Pages<Image> {
    return this.#pages(`/api/v1/jobs/${jobId}/images`, filter);
  }

  visits(jobId: number, filter: Omit<Operations["listVisits"]["query"], "cursor"> = {}): Pages<Visit> {
    return this.#pages(`/api/v1/jobs/${jobId}/visits`, filter);
  }

  async failures(jobId: number): Promise<Failures> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}/failures`);
  }

  /** Results as they stream in, a row at a time, however many there are. */
  async *results(
    jobId: number,
    { outcome, signal }: { readonly outcome?: "failed" } & Signal = {},
  ): AsyncGenerator<Result, void, undefined> {
    const { body } = await this.report(jobId, {
      format: "ndjson",
      ...(outcome ? { outcome } : {}),
      ...(signal ? { signal } : {}),
    });
    if (!body) return;
    for await (const line of linesOf(body)) yield JSON.parse(line);
  }

  /** A report as a streaming answer, to be saved or passed on. */
  async report(
    jobId: number,
    { signal, ...query }: Operations["getResults"]["query"] & Signal = {},
  ): Promise<Response> {
    return await this.#transport.send(`/api/v1/jobs/${jobId}/results`, { query, signal });
  }

  async cancel(jobId: number): Promise<Job> {
    return await this.#change(jobId, "cancel");
  }

  async pause(jobId: number): Promise<Job> {
    return await this.#change(jobId, "pause");
  }

  async resume(jobId: number): Promise<Job> {
    return await this.#change(jobId, "resume");
  }

  /** Hides a job that is over; within a day it can be restored, then it is removed with its photos. */
  async delete(jobId: number): Promise<Operations["deleteJob"]["answer"]> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}`, { method: "DELETE" });
  }

  /** Takes the deletion of a job back. */
  async restore(jobId: number): Promise<Job> {
    return await this.#transport.json(`/api/v1/deleted-jobs/${jobId}/restore`, { method: "POST" });
  }

  /** Deleted jobs that can be restored, newest first. */
  async deleted(): Promise<readonly DeletedJob[]> {
    const { data } = await this.#transport.json<Operations["listDeletedJobs"]["answer"]>("/api/v1/deleted-jobs");
    return data;
  }

  /** 0 (last) to 9 (first). */
  async setPriority(jobId: number, priority: number): Promise<Job> {
    return await this.#change(jobId, "priority", { priority });
  }

  /** Runs failed images again: all of them, or those that every limit means. Not sent twice by itself: the second would be refused. */
  async retry(jobId: number, limits: Operations["retryJob"]["body"] = {}): Promise<Job> {
    return await this.#change(jobId, "retry", limits, false);
  }

  /**
   * Runs failed images again at fresh URLs: a list with `image` or `external_id`, and `new_image_url`, such as the report of failed images with that column
   * filled in. All of it or nothing.
   */
  async retryAtFreshUrls(
    jobId: number,
    { type, content }: SubmissionFile & { readonly type: "csv" | "ndjson" | "xlsx" },
    { signal }: Signal = {},
  ): Promise<JobWithWarnings> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}/retry`, {
      method: "POST",
      headers: { "content-type": TYPES[type] },
      body: content,
      signal,
      timeoutMs: UPLOAD_MS,
    });
  }

  /**
   * Resolves when the job is over. Follows its events; where they break off it asks now and then, and follows them again. Rejects with the
   * signal's reason, or when the service stays away for longer than the client's retries.
   */
  async waitForCompletion(
    jobId: number,
    { signal, onProgress }: Signal & { readonly onProgress?: (job: Job) => void } = {},
  ): Promise<Job> {
    for (;;) {
      try {
        for await (const job of this.#events(jobId, signal)) {
          onProgress?.(job);
          if (job.finished_at !== null) return job;
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof StorewalkError && error.status >= 400 && error.status < 500) throw error;
      }
      const job = await this.get(jobId, signal ? { signal } : {});
      onProgress?.(job);
      if (job.finished_at !== null) return job;
      await pause(POLL_MS, signal);
    }
  }

  async *#events(jobId: number, signal: AbortSignal | undefined): AsyncGenerator<Job, void, undefined> {
    const headers = { accept: "text/event-stream" };
    const { body } = await this.#transport.send(`/api/v1/jobs/${jobId}/events`, { signal, headers });
    if (!body) return;
    for await (const { event, data } of eventsOf(body)) {
      if (event === "snapshot" || event === "progress" || event === "ended") yield JSON.parse(data);
    }
  }

  async #change(jobId: number, verb: string, body: object = {}, repeatable = true): Promise<Job> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}/${verb}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      repeatable,
    });
  }

  #pages<T>(path: string, filter: Query): Pages<T> {
    return new Pages<T>((cursor) => this.#transport.json(path, { query: { ...filter, cursor } }));
  }
}

async function formOf({ type, content }: SubmissionFile, photos: readonly Photo[]): Promise<FormData> {
  const form = new FormData();
  const text = content instanceof ReadableStream ? await new Response(content).text() : content;
  form.append("job", new Blob([text], { type: TYPES[type] }));
  for (const photo of photos) form.append("photos", photo.content, photo.name);
  return form;
}
