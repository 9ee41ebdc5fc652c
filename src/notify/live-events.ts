/**
 * What changes in jobs, told to whoever listens: one loop a process reads the ledger, however many listen, and rests when nobody does.
 * Everything comes from the ledger, so any process can tell it. An end is numbered as the ledger numbers it: with the last number that
 * a listener heard, it misses none. Must never wait for a listener.
 */

import { ANY_JOB, type Backlog, type JobReader, type JobSnapshot } from "../ledger/port/job-reader.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";

/** At most four times a second for each job. */
const POLL_MS = 300;
const MOST_JOBS = 100;
const ENDS_A_READ = 100;

/** `lastEnd` numbers the last end that was told by then. */
export type LiveEvent = { readonly lastEnd: number } & (
  | { readonly kind: "job"; readonly job: JobSnapshot }
  /** Every job that is not over, newest first, the first hundred. */
  | { readonly kind: "unfinished"; readonly jobs: readonly JobSnapshot[]; readonly backlog: Backlog }
  | { readonly kind: "progress"; readonly job: JobSnapshot }
  | { readonly kind: "backlog"; readonly backlog: Backlog }
  | { readonly kind: "ended"; readonly job: JobSnapshot }
  /** The ledger cannot be read; what is told next is the present again. */
  | { readonly kind: "away" }
);

export type Listener = {
  /** Null for all jobs of the tenant. */
  readonly jobId: number | null;
  /** Null for jobs of every tenant. */
  readonly tenant: string | null;
  readonly tell: (event: LiveEvent) => void;
  /** Nothing more will be told. */
  readonly end: () => void;
};

export type LiveEvents = {
  /**
   * Tells the ends that were missed since `afterEnd`, then the present, then what changes, until the returned function is called.
   * Rejects when the ledger cannot be read.
   */
  follow(listener: Listener, afterEnd: number | null): Promise<() => void>;
  /** Ends every listener. */
  stop(): Promise<void>;
};

const UNFINISHED = { ...ANY_JOB, statuses: ["ongoing", "paused"] } as const;

type Ledger = Pick<JobReader, "readJob" | "listJobs" | "readBacklog" | "readEnds" | "readLastEnd">;

export function createLiveEvents(deps: {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}): LiveEvents {
  const { ledger } = deps;
  const listeners = new Set<Listener>();
  /** What was told last of each job. */
  const told = new Map<number, string>();
  /** By tenant. */
  const toldBacklogs = new Map<string | null, string>();
  let lastEnd = 0;
  let isAway = false;
  let loop: Loop | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: nobody begins to listen in the middle of a round. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  function tellOf(job: JobSnapshot, event: LiveEvent): void {
    for (const listener of listeners) if (concerns(job, listener)) listener.tell(event);
  }

  const listUnfinished = async (tenant: string | null) =>
    (await ledger.listJobs({ ...UNFINISHED, tenant }, { before: null, limit: MOST_JOBS })).jobs;

  /** Of those who listen to all jobs. */
  const tenantsOfLists = () =>
    new Set([...listeners].filter(({ jobId }) => jobId === null).map(({ tenant }) => tenant));

  async function readWatched(): Promise<readonly JobSnapshot[]> {
    const jobs = new Map<number, JobSnapshot>();
    for (const tenant of tenantsOfLists()) {
      for (const job of await listUnfinished(tenant)) jobs.set(job.jobId, job);
    }
    for (const jobId of new Set([...listeners].map((listener) => listener.jobId))) {
      if (jobId === null || jobs.has(jobId)) continue;
      const job = await ledger.readJob(jobId);
      if (job) jobs.set(jobId, job);
    }
    return [...jobs.values()];
  }

  async function tellEnds(): Promise<void> {
    const ends = await ledger.readEnds(lastEnd, ENDS_A_READ);
    for (const { no, jobId } of ends) {
      lastEnd = no;
      told.delete(jobId);
      const job = await ledger.readJob(jobId);
      if (job) tellOf(job, { kind: "ended", job, lastEnd });
    }
    if (ends.length === ENDS_A_READ) await tellEnds();
  }

  async function tellProgress(): Promise<void> {
    for (const job of await readWatched()) {
      const text = JSON.stringify(job);
      // Its end is told as such.
      if (job.finishedAt !== null || told.get(job.jobId) === text) continue;
      told.set(job.jobId, text);
      tellOf(job, { kind: "progress", job, lastEnd });
    }
    for (const tenant of tenantsOfLists()) await tellBacklog(tenant);
  }

  async function tellBacklog(tenant: string | null): Promise<void> {
    const backlog = await ledger.readBacklog(tenant);
    const text = JSON.stringify(backlog);
    if (toldBacklogs.get(tenant) === text) return;
    toldBacklogs.set(tenant, text);
    for (const listener of listeners) {
      if (listener.jobId === null && listener.tenant === tenant) listener.tell({ kind: "backlog", backlog, lastEnd });
    }
  }

  async function round(): Promise<void> {
    try {
      await inTurn(async () => {
        await tellEnds();
        await tellProgress();
      });
      isAway = false;
    } catch (error) {
      if (!isAway) for (const listener of listeners) listener.tell({ kind: "away", lastEnd });
      isAway = true;
      deps.onError(error);
    }
  }

  /** So many as there are: a client that was away for long asks for many. */
  async function tellMissed(listener: Listener, afterEnd: number): Promise<void> {
    let after = afterEnd;
    while (after < lastEnd) {
      const ends = await ledger.readEnds(after, ENDS_A_READ);
      for (const { no, jobId } of ends) {
        after = no;
        const job = no <= lastEnd ? await ledger.readJob(jobId) : null;
        if (job && concerns(job, listener)) listener.tell({ kind: "ended", job, lastEnd: no });
      }
      if (ends.length < ENDS_A_READ) return;
    }
  }

  async function tellPresent(listener: Listener): Promise<void> {
    if (listener.jobId === null) {
      const { tenant } = listener;
      const jobs = await listUnfinished(tenant);
      listener.tell({ kind: "unfinished", jobs, backlog: await ledger.readBacklog(tenant), lastEnd });
      return;
    }
    const job = await ledger.readJob(listener.jobId);
    if (!job) return;
    listener.tell({ kind: "job", job, lastEnd });
    if (job.finishedAt !== null) listener.tell({ kind: "ended", job, lastEnd });
  }

  return {
    follow: (listener, afterEnd) =>
      inTurn(async () => {
        if (listeners.size === 0) {
          lastEnd = await ledger.readLastEnd();
          told.clear();
        }
        if (afterEnd !== null && listener.jobId === null) await tellMissed(listener, afterEnd);
        await tellPresent(listener);
        listeners.add(listener);
        loop ??= startLoop({ clock: deps.clock, pauseMs: POLL_MS, round, onError: deps.onError });
        return () => {
          listeners.delete(listener);
          if (listeners.size > 0) return;
          void loop?.stop();
          loop = null;
        };
      }),

    async stop() {
      for (const listener of listeners) listener.end();
      listeners.clear();
      await loop?.stop();
      loop = null;
    },
  };
}

function concerns(job: JobSnapshot, { jobId, tenant }: Listener): boolean {
  return jobId === null ? tenant === null || tenant === job.tenant : jobId === job.jobId;
}
