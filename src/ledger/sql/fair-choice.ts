/**
 * Which pending chunks go to the queue next, fairly across jobs: the rule that every ledger's `dispatch` follows.
 * Pure; must never exceed twice the window and one chunk.
 */
import type { DispatchedChunk, DispatchLimits } from "../port/work-ledger.ts";

export type PendingChunk = { readonly chunk: number; readonly images: number };

/** A job with pending chunks. */
export type Candidate = {
  readonly jobId: number;
  readonly tenant: string;
  readonly priority: number;
  /** When its first signed URL ends; null when none will. */
  readonly urlsEndAt: number | null;
  /** Images queued or running. */
  readonly inFlight: number;
  /** The next pending chunk by number; undefined when there is none left. */
  readonly next: () => PendingChunk | undefined;
};

/** A candidate as its images in flight grow. */
type Waiting = Omit<Candidate, "inFlight"> & { inFlight: number };

export type InFlight = { readonly images: number; readonly chunks: number };

/** The chunks to queue, in the order in which they should go. */
export function chooseChunks(
  candidates: readonly Candidate[],
  inFlight: InFlight,
  limits: DispatchLimits,
): DispatchedChunk[] {
  let waiting: Waiting[] = candidates.map((candidate) => ({ ...candidate }));
  let { images, chunks } = inFlight;
  const chosen: DispatchedChunk[] = [];

  /** A job with nothing in flight need not wait until a large one makes room, or ten images would queue behind a million. */
  function mayGo(job: Candidate): boolean {
    const within = (windows: number) =>
      images < windows * limits.windowImages && chunks < windows * limits.windowChunks;
    return within(1) || (job.inFlight === 0 && within(2));
  }

  /** Its turn is that of an equal of its own tenant whose URLs end first, so other tenants lose nothing; but for its first chunk, which waits for no other job. */
  function firstToEnd(job: Waiting): Waiting {
    const equals = waiting.filter(
      (other) =>
        other.urlsEndAt !== null &&
        other.tenant === job.tenant &&
        other.priority === job.priority &&
        (job.inFlight > 0 || other.inFlight === 0) &&
        mayGo(other),
    );
    return equals.sort(byEnd)[0] ?? job;
  }

  function isUrgent(job: Candidate): boolean {
    return job.inFlight === 0 || waiting.some((other) => other.inFlight > 0 && other.priority < job.priority);
  }

  while (chosen.length < limits.maxChunks) {
    const neediest = waiting.filter(mayGo).sort(byNeed)[0];
    if (!neediest) break;
    const job = firstToEnd(neediest);
    const next = job.next();
    if (!next) {
      waiting = waiting.filter((other) => other !== job);
      continue;
    }
    chosen.push({ jobId: job.jobId, chunk: next.chunk, urgent: isUrgent(job) });
    job.inFlight += next.images;
    images += next.images;
    chunks += 1;
  }
  return chosen;
}

function byNeed(a: Candidate, b: Candidate): number {
  return b.priority - a.priority || a.inFlight - b.inFlight || a.jobId - b.jobId;
}

function byEnd(a: Candidate, b: Candidate): number {
  return (a.urlsEndAt ?? 0) - (b.urlsEndAt ?? 0) || a.jobId - b.jobId;
}
