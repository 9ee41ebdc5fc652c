/** A table of jobs, each with its bar. */
import type { Job } from "../service/types.ts";
import { count, duration, when } from "./format.ts";
import { Link } from "./link.tsx";
import { ProgressBar, StatusMark } from "./progress-bar.tsx";

export function JobRows({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <div class="scroll">
      <table class="jobs">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Status</th>
            <th scope="col">Progress</th>
            <th scope="col" class="number">
              Images
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="wide">
              Submitted
            </th>
            <th scope="col" class="wide">
              Left
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.job_id}>
              <th scope="row">
                <Link href={`/jobs/${job.job_id}`}>{job.job_id}</Link>
                {job.external_id === null ? null : <small> {job.external_id}</small>}
              </th>
              <td>
                <StatusMark status={job.status} />
              </td>
              <td class="fill">
                <ProgressBar job={job} />
              </td>
              <td class="number">{count(job.counts.images)}</td>
              <td class="number">{count(job.counts.failed)}</td>
              <td class="wide">{when(job.created_at)}</td>
              <td class="wide">{job.finished_at === null ? duration(job.eta_seconds) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
