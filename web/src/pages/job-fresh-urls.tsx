/** Fresh URLs for images whose signed URLs ran out: the report to fill in, and where to drop it. */
import { SendList } from "../parts/send-list.tsx";
import type { Job } from "../service/types.ts";

export function JobFreshUrls({ job, onRetried }: { readonly job: Job; readonly onRetried: () => void }) {
  const path = `/api/v1/jobs/${job.job_id}`;
  return (
    <details class="fresh-urls">
      <summary>Go on with fresh URLs</summary>
      <p>
        Fill in the column <code>new_image_url</code> of{" "}
        <a href={`${path}/results?format=csv&outcome=failed`} download>
          the failed images
        </a>{" "}
        and drop the file here. The images whose URL you filled in run again in this job; the others stay as they are.
      </p>
      <SendList
        to={`${path}/retry`}
        accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
        text="Drop the list of fresh URLs here, or choose it."
        onSent={onRetried}
      />
    </details>
  );
}
