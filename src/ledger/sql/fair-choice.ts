/**
 * Which pending chunks go to the queue next, fairly across jobs: the rule that every ledger's `dispatch` follows.
 * Pure; must never exceed twice the window and one chunk.
 */
import type { DispatchedChunk, DispatchLimits } from "../port/work-ledger.ts";

export type PendingChunk = { readonly chunk: number; readonly images: number };

/** A job with pending chunks. */
export type Candidate = {
  readonly jobId: number;
  readonly priority: number;
  /** Images queued or running. */
  readonly inFlight: number;
  /** The next pending chunk by number; undefined when there is none left. */
  readonly next: () => PendingChunk | undefined;
};

export type InFlight = { readonly images: number; readonly chunks: number };

/** The chunks to queue, in the order in which they should go. */
export function chooseChunks(
  candidates: readonly Candidate[],
  inFlight: InFlight,
  limits: DispatchLimits,
): DispatchedChunk[] {
  let waiting = candidates.map((candidate) => ({ ...candidate }));
  let { images, chunks } = inFlight;
  const chosen: DispatchedChunk[] = [];

  /** A job with nothing in flight need not wait until a large one makes room, or ten images would queue behind a million. */
  function mayGo(job: Candidate): boolean {
    const within = (windows: number) =>
      images < windows * limits.windowImages && chunks < windows * limits.windowChunks;
    return within(1) || (job.inFlight === 0 && within(2));
  }

  function isUrgent(job: Candidate): boolean {
    return job.inFlight === 0 || waiting.some((other) => other.inFlight > 0 && other.priority < job.priority);
  }

  while (chosen.length < limits.maxChunks) {
    const job = waiting.filter(mayGo).sort(byNeed)[0];
    if (!job) break;
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
