/**
 * How fast a job goes now, from the progress that status reads saw. Before it has seen two of them, the average of the time in which the job went.
 * Keeps a bounded memory; a restart only forgets how fast it was.
 */
import type { JobSnapshot } from "../ledger/port/job-reader.ts";

const WINDOW_MS = 15_000;
const LEAST_SPAN_MS = 1_000;
const MOST_JOBS = 1_000;

type Sample = { readonly at: number; readonly done: number };

export type RateMeter = {
  /** Images a second: over the last 15 s of a running job, over all its runs when it is over. */
  imagesPerSecond(job: JobSnapshot): number;
};

export function createRateMeter(deps: { readonly now: () => number }): RateMeter {
  const samples = new Map<number, Sample[]>();

  function recentOf(jobId: number, sample: Sample): Sample[] {
    const kept = (samples.get(jobId) ?? []).filter(({ at }) => at > sample.at - WINDOW_MS);
    const last = kept.at(-1);
    if (!last || sample.at - last.at >= LEAST_SPAN_MS) kept.push(sample);
    samples.delete(jobId);
    samples.set(jobId, kept);
    for (const oldest of samples.keys()) {
      if (samples.size <= MOST_JOBS) break;
      samples.delete(oldest);
    }
    return kept;
  }

  return {
    imagesPerSecond(job) {
      const at = deps.now();
      const isOver = job.finishedAt !== null;
      if (isOver || job.status === "paused") {
        samples.delete(job.jobId);
        return isOver ? average(job, at) : 0;
      }
      const done = job.succeeded + job.failed;
      const [oldest] = recentOf(job.jobId, { at, done });
      if (!oldest || at - oldest.at < LEAST_SPAN_MS) return average(job, at);
      return (done - oldest.done) / ((at - oldest.at) / 1_000);
    },
  };
}

function average({ startedAt, finishedAt, stillMs, succeeded, failed }: JobSnapshot, at: number): number {
  if (startedAt === null) return 0;
  const seconds = ((finishedAt ?? at) - startedAt - stillMs) / 1_000;
  return seconds > 0 ? (succeeded + failed) / seconds : 0;
}
