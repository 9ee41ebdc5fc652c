/**
 * How fast a job goes now, from the progress that status reads saw. Before it has seen two of them, the average since the start, where nothing stood still
 * since: time in which the job was paused or the service down is no time in which it went. Keeps a bounded memory; a restart only forgets how fast it was.
 */
import type { JobSnapshot } from "../ledger/port/job-reader.ts";

const WINDOW_MS = 15_000;
const LEAST_SPAN_MS = 1_000;
const MOST_JOBS = 1_000;

type Sample = { readonly at: number; readonly done: number };

export type RateMeter = {
  /** Images a second: over the last 15 s of a running job, over its whole run when it is over. */
  imagesPerSecond(job: JobSnapshot): number;
};

export function createRateMeter(deps: { readonly now: () => number }): RateMeter {
  const samples = new Map<number, Sample[]>();
  const since = deps.now();
  /** Jobs that were seen paused: their average is that of another time. */
  const stoodStill = new Set<number>();

  function average(job: JobSnapshot, at: number): number {
    if (job.startedAt === null) return 0;
    // It began with its first run, and what is between its runs is no work: nothing is known before two samples.
    if (job.run > 1 && job.finishedAt === null) return 0;
    if (job.finishedAt === null && (job.startedAt < since || stoodStill.has(job.jobId))) return 0;
    const seconds = ((job.finishedAt ?? at) - job.startedAt) / 1_000;
    return seconds > 0 ? (job.succeeded + job.failed) / seconds : 0;
  }

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
      if (job.finishedAt !== null) {
        samples.delete(job.jobId);
        stoodStill.delete(job.jobId);
        return average(job, at);
      }
      if (job.status === "paused") {
        samples.delete(job.jobId);
        if (stoodStill.size < MOST_JOBS) stoodStill.add(job.jobId);
        return 0;
      }
      const done = job.succeeded + job.failed;
      const [oldest] = recentOf(job.jobId, { at, done });
      if (!oldest || at - oldest.at < LEAST_SPAN_MS) return average(job, at);
      return (done - oldest.done) / ((at - oldest.at) / 1_000);
    },
  };
}
