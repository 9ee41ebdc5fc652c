/** A job's bar: measured, failed, still open. */
import type { Job } from "../../../sdk/src/api-types.ts";
import { count, share } from "./format.ts";

export function ProgressBar({ job }: { readonly job: Job }) {
  const { images, done, succeeded, failed } = job.counts;
  const width = (part: number) => `${(100 * part) / images}%`;
  return (
    <div
      class={`bar ${job.status}`}
      role="progressbar"
      aria-label={`Job ${job.job_id}`}
      aria-valuemin={0}
      aria-valuemax={images}
      aria-valuenow={done}
      aria-valuetext={`${count(done)} of ${count(images)} images, ${count(failed)} failed`}
    >
      <span class="measured" style={{ width: width(succeeded) }} />
      <span class={isPartly(job) ? "partly" : "failed"} style={{ width: width(failed) }} />
    </div>
  );
}

/** Red is for what did not run; some failed images among many are a share, in amber. */
export const isPartly = ({ counts }: Job): boolean => counts.succeeded > 0;

export function StatusMark({ job }: { readonly job: Job }) {
  const { done, failed } = job.counts;
  if (job.status === "failed" && isPartly(job)) return <span class="mark partly">{share(failed, done)} failed</span>;
  return <span class={`mark ${job.status}`}>{job.status}</span>;
}
