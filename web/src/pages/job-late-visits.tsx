/** Visits that came late, for a job that is there: where to drop their file. */
import { useState } from "preact/hooks";
import type { Added, Job } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { SendList } from "../parts/send-list.tsx";
import { type Warned, Warnings } from "../parts/warnings.tsx";

export function JobLateVisits({ job, onAdded }: { readonly job: Job; readonly onAdded: () => void }) {
  const [answer, setAnswer] = useState<({ readonly added: Added | null } & Warned) | null>(null);
  const added = answer?.added;
  return (
    <details class="late-visits">
      <summary>Add visits to this job</summary>
      <p>
        Drop a file as you would submit it.{" "}
        {job.finished_at === null ? "The job goes on" : "The job opens again and goes on"} with its visits. Visits whose
        name (<code>visit_external_id</code>) the job has already are left out.
      </p>
      <SendList<{ readonly added: Added | null } & Warned>
        to={`/api/v1/jobs/${job.job_id}/visits`}
        accept=".xlsx,.csv,.tsv,.txt,.json,.ndjson,.jsonl,text/csv,application/json,application/x-ndjson"
        text="Drop the file of late visits here."
        onSent={(sent) => {
          setAnswer(sent);
          onAdded();
        }}
      />
      {added ? (
        <p class="note good" role="status">
          {counted(added.visits, "visit")} with {counted(added.images, "image")} added
          {added.already_there > 0 ? `, ${counted(added.already_there, "visit")} there already` : ""}.
        </p>
      ) : null}
      {answer ? <Warnings of={answer} /> : null}
    </details>
  );
}
