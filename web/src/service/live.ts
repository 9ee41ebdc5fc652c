/**
 * What changes in all jobs, over one stream for the whole page. Closed while the page is hidden; the snapshot that a new stream begins with
 * says what was missed.
 */
import { signal } from "@preact/signals";
import type { Backlog, Job } from "./types.ts";

export const connection = signal<"live" | "connecting" | "away" | "paused">("connecting");
/** Jobs that are not over, and those that ended while the page looked, by number. */
export const liveJobs = signal<ReadonlyMap<number, Job>>(new Map());
export const backlog = signal<Backlog | null>(null);
/** Grows with each job that ends or begins: lists of jobs are read again then. */
export const changes = signal(0);

const HIDDEN_FOR_MS = 5_000;
let source: EventSource | null = null;
let closing: ReturnType<typeof setTimeout> | undefined;

function put(job: Job): void {
  if (!liveJobs.value.has(job.job_id)) changes.value += 1;
  liveJobs.value = new Map(liveJobs.value).set(job.job_id, job);
}

function open(): void {
  connection.value = "connecting";
  source = new EventSource("/api/v1/events");
  source.onerror = () => {
    connection.value = "connecting";
  };
  on("snapshot", (data: { readonly jobs: readonly Job[]; readonly backlog: Backlog }) => {
    connection.value = "live";
    liveJobs.value = new Map(data.jobs.map((job) => [job.job_id, job]));
    backlog.value = data.backlog;
    changes.value += 1;
  });
  on("progress", (job: Job) => {
    connection.value = "live";
    put(job);
  });
  on("ended", (job: Job) => {
    put(job);
    changes.value += 1;
  });
  on("backlog", (data: Backlog) => {
    backlog.value = data;
  });
  on("away", () => {
    connection.value = "away";
  });
}

function on<T>(name: string, take: (data: T) => void): void {
  source?.addEventListener(name, (event) => take(JSON.parse(event.data)));
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(closing);
  if (!document.hidden) {
    if (source === null) open();
    return;
  }
  // A look at another tab and back needs no new stream.
  closing = setTimeout(() => {
    source?.close();
    source = null;
    connection.value = "paused";
  }, HIDDEN_FOR_MS);
});

if (document.hidden) connection.value = "paused";
else open();
