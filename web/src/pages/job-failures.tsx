/** Why images of a job failed: by code, host and store, each with its images. One of them, or all, can be chosen to run again. */
import { useState } from "preact/hooks";
import type { Failures, Job } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Exports } from "../parts/exports.tsx";
import { counted } from "../parts/format.ts";
import { imagePath } from "../parts/image-link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { post, withQuery } from "../service/call.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { ALL, type Chosen, FailureTree, type Pick } from "./failure-tree.tsx";
import { JobFreshUrls } from "./job-fresh-urls.tsx";

export function JobFailures({ job, onRetried }: { readonly job: Job; readonly onRetried: () => void }) {
  const { data, error } = useAnswer<Failures>(`/api/v1/jobs/${job.job_id}/failures`, {
    again: `${job.run} ${job.counts.failed} ${job.status}`,
  });
  const [chosen, setChosen] = useState<Chosen>(ALL);
  const [isAsked, setAsked] = useState(false);
  const mayRetry = job.status === "failed" && may("jobs:write");
  const pick: Pick | null = mayRetry ? { chosen, onChoose: setChosen } : null;
  // The job counts them, here as on the tab: what the groups add up to may be a moment older.
  const { failed } = job.counts;
  if (failed === 0)
    return <p class="quiet">{job.finished_at === null ? "Nothing failed so far." : "Nothing failed."}</p>;
  if (!data) return <ErrorNote error={error} />;

  const images = counted(chosen.images ?? failed, "image");
  return (
    <section class="card">
      <div class="head">
        <h2>{counted(failed, "failed image")}</h2>
        {mayRetry ? (
          <button type="button" class="primary" onClick={() => setAsked(true)}>
            Retry {images} …
          </button>
        ) : null}
      </div>
      {job.finished_at === null ? <p class="quiet">They can be retried when the job is over.</p> : null}
      <FailureTree
        failures={data}
        total={failed}
        pick={pick}
        imagesAt={(limits) => withQuery(`/jobs/${job.job_id}`, { tab: "images", ...limits })}
        imageAt={(image) => imagePath({ job_id: job.job_id, image })}
        below={(code) => (code === "url_expired" && mayRetry ? <JobFreshUrls job={job} onRetried={onRetried} /> : null)}
      />
      <Exports path={`/api/v1/jobs/${job.job_id}/failures`} query={{}} />
      {isAsked ? (
        <Confirm
          title={`Retry ${images}?`}
          action={`Retry ${images}`}
          onConfirm={async () => {
            await post(`/api/v1/jobs/${job.job_id}/retry`, chosen.limits);
            setChosen(ALL);
            onRetried();
          }}
          onClose={() => setAsked(false)}
        >
          <p>
            {chosen.what} run again in job {job.job_id}. What was measured stays as it is; what failed before stays
            readable at each image.
          </p>
        </Confirm>
      ) : null}
    </section>
  );
}
