/** Fresh URLs for images whose signed URLs ran out: the report to fill in, and where to drop it. */

import type { Job } from "../../../sdk/src/api-types.ts";
import { SendList } from "../parts/send-list.tsx";

export function JobFreshUrls({ job, onRetried }: { readonly job: Job; readonly onRetried: () => void }) {
  const path = `/api/v1/jobs/${job.job_id}`;
  return (
    <details class="fresh-urls">
      <summary>Go on with fresh URLs</summary>
      <p>
        Fill in the column <code>new_image_url</code> of the failed images (
        <a href={`${path}/results?format=xlsx&outcome=failed`} download>
          Excel
        </a>
        ,{" "}
        <a href={`${path}/results?format=csv&outcome=failed`} download>
          CSV
        </a>
        ) and drop the file here. The images whose URL you filled in run again in this job; the others stay as they are.
      </p>
      <SendList
        to={`${path}/retry`}
        accept=".xlsx,.csv,.tsv,.txt,.ndjson,.jsonl"
        text="Drop the list of fresh URLs here."
        onSent={onRetried}
      />
    </details>
  );
}
