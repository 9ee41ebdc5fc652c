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
import { type Pages, pagesOf } from "./pages.ts";
import { eventsOf, linesOf } from "./streams.ts";
import {
  bucketCall,
  type Signal,
  type Submission,
  type SubmissionFile,
  type SubmissionOptions,
  submissionCall,
  TYPES,
  UPLOAD_MS,
  type WithKey,
  type WithPhotos,
} from "./submission.ts";
import { pause, type Transport, withJson } from "./transport.ts";

const JOBS = "/api/v1/jobs";
const OF_BUCKET = `${JOBS}/from-bucket`;
const POLL_MS = 2_000;

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

type VisitsOptions = Omit<Operations["addVisits"]["query"], "dry_run"> & Signal & WithPhotos;

export class Jobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Resolves when the job is durably accepted, its photos too. Sent again after a failure it makes no second job. */
  async create(
    submission: Submission | SubmissionFile,
    options: SubmissionOptions & Signal & WithPhotos & WithKey = {},
  ): Promise<JobWithWarnings> {
    return await this.#transport.json(JOBS, await submissionCall(submission, keyed(options)));
  }

  /** What would become of a submission; nothing of it is kept. */
  async dryRun(
    submission: Submission | SubmissionFile,
    options: SubmissionOptions & Signal & WithPhotos = {},
  ): Promise<DryRun> {
    return await this.#transport.json(JOBS, await submissionCall(submission, { ...options, dry_run: true }));
  }

  /**
   * Adds visits to a job, which goes on with them or opens again. Visits whose `external_id` the job has already are left out; sent again after a
   * failure it adds nothing twice.
   */
  async addVisits(
    jobId: number,
    submission: Pick<Submission, "visits"> | SubmissionFile,
    options: VisitsOptions & WithKey = {},
  ): Promise<JobWithAdded> {
    return await this.#transport.json(`${JOBS}/${jobId}/visits`, await submissionCall(submission, keyed(options)));
  }

  /** What would become of visits for a job; nothing of them is kept. */
  async dryRunVisits(
    jobId: number,
    submission: Pick<Submission, "visits"> | SubmissionFile,
    options: VisitsOptions = {},
  ): Promise<DryRun> {
    const call = await submissionCall(submission, { ...options, dry_run: true });
    return await this.#transport.json(`${JOBS}/${jobId}/visits`, call);
  }

  /**
   * A job of the photos below a prefix of a bucket, which the service lists with the credentials that it keeps. Resolves when all is listed and the job
   * durable. Sent again after a failure it makes no second job.
   */
  async createFromBucket(source: BucketSource, options: SubmissionOptions & Signal & WithKey = {}): Promise<BucketJob> {
    return await this.#transport.json(OF_BUCKET, bucketCall(source, keyed(options)));
  }

  /** What would become of a prefix of a bucket; nothing of it is kept. */
  async dryRunFromBucket(source: BucketSource, options: SubmissionOptions & Signal = {}): Promise<BucketDryRun> {
    return await this.#transport.json(OF_BUCKET, bucketCall(source, { ...options, dry_run: true }));
  }

  async get(jobId: number, { signal }: Signal = {}): Promise<Job> {
    return await this.#transport.json(`${JOBS}/${jobId}`, { signal });
  }

  /** Newest first. */
  list(filter: Omit<Operations["listJobs"]["query"], "cursor"> = {}): Pages<Job> {
    return pagesOf(this.#transport, JOBS, filter);
  }

  images(jobId: number, filter: Omit<Operations["listImages"]["query"], "cursor"> = {}): Pages<Image> {
    return pagesOf(this.#transport, `${JOBS}/${jobId}/images`, filter);
  }

  visits(jobId: number, filter: Omit<Operations["listVisits"]["query"], "cursor"> = {}): Pages<Visit> {
    return pagesOf(this.#transport, `${JOBS}/${jobId}/visits`, filter);
  }

  async failures(jobId: number): Promise<Failures> {
    return await this.#transport.json(`${JOBS}/${jobId}/failures`);
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
    return await this.#transport.send(`${JOBS}/${jobId}/results`, { query, signal });
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
    return await this.#transport.json(`${JOBS}/${jobId}`, { method: "DELETE" });
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
    return await this.#transport.json(`${JOBS}/${jobId}/retry`, {
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
    const { body } = await this.#transport.send(`${JOBS}/${jobId}/events`, { signal, headers });
    if (!body) return;
    for await (const { event, data } of eventsOf(body)) {
      if (event === "snapshot" || event === "progress" || event === "ended") yield JSON.parse(data);
    }
  }

  async #change(jobId: number, verb: string, body: object = {}, repeatable = true): Promise<Job> {
    return await this.#transport.json(`${JOBS}/${jobId}/${verb}`, withJson("POST", body, repeatable));
  }
}

function keyed<T extends WithKey>(options: T): T & { readonly idempotencyKey: string } {
  return { ...options, idempotencyKey: options.idempotencyKey ?? crypto.randomUUID() };
}
