/**
 * What changes in all jobs, over one stream for the whole page. Closed while the page is hidden; the snapshot that a new stream begins with
 * says what was missed.
 */
import { signal } from "@preact/signals";
import type { Job, Overview } from "../../../sdk/src/api-types.ts";

type Backlog = Omit<Overview["backlog"], "eta_seconds">;

export const connection = signal<"live" | "connecting" | "away" | "paused">("connecting");
/** Jobs that are not over, and those that ended while the page looked, by number. */
export const liveJobs = signal<ReadonlyMap<number, Job>>(new Map());
export const backlog = signal<Backlog | null>(null);
/** Grows with each job that ends or begins: lists of jobs are read again then. */
export const changes = signal(0);

const HIDDEN_FOR_MS = 5_000;
const AGAIN_MS = 3_000;
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
    // A browser comes again by itself unless it was refused.
    if (source?.readyState === EventSource.CLOSED) refused();
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

let onRefused = (): Promise<void> => Promise.resolve();

/** What finds out why the stream was refused; it is tried again unless that stops it. */
export function whenRefused(work: () => Promise<void>): void {
  onRefused = work;
}

function refused(): void {
  source?.close();
  clearTimeout(closing);
  closing = setTimeout(() => {
    const again = () => source && open();
    onRefused().then(again, again);
  }, AGAIN_MS);
}

function close(): void {
  source?.close();
  source = null;
  connection.value = "paused";
}

function onVisibility(): void {
  clearTimeout(closing);
  if (!document.hidden) {
    if (source === null || source.readyState === EventSource.CLOSED) open();
    return;
  }
  // A look at another tab and back needs no new stream.
  closing = setTimeout(close, HIDDEN_FOR_MS);
}

/** From here on the page follows, whenever somebody looks at it. */
export function startLive(): void {
  document.addEventListener("visibilitychange", onVisibility);
  if (document.hidden) connection.value = "paused";
  else if (source === null) open();
}

export function stopLive(): void {
  document.removeEventListener("visibilitychange", onVisibility);
  clearTimeout(closing);
  close();
  liveJobs.value = new Map();
  backlog.value = null;
}
