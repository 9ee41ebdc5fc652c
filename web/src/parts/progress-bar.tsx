/** A job's bar: measured, failed, still open. */
import type { Job } from "../service/types.ts";
import { count } from "./format.ts";

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
      <span class="failed" style={{ width: width(failed) }} />
    </div>
  );
}

export function StatusMark({ status }: { readonly status: Job["status"] }) {
  return <span class={`mark ${status}`}>{status}</span>;
}
