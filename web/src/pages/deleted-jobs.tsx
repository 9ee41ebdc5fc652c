/** Jobs that were deleted within the last day, each with its way back. */
import { useState } from "preact/hooks";
import type { DeletedJob } from "../../../sdk/src/api-types.ts";
import { count, counted } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { navigate } from "../router.ts";
import { post } from "../service/call.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";

export function DeletedJobs() {
  const { data } = useAnswer<{ readonly data: readonly DeletedJob[] }>("/api/v1/deleted-jobs");
  const [error, setError] = useState<string | null>(null);
  const jobs = data?.data ?? [];
  if (jobs.length === 0) return null;

  async function restore(jobId: number): Promise<void> {
    setError(null);
    try {
      await post(`/api/v1/deleted-jobs/${jobId}/restore`);
      navigate(`/jobs/${jobId}`);
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  }

  return (
    <details class="card deleted">
      <summary>{counted(jobs.length, "deleted job")}</summary>
      <ErrorNote error={error} />
      <Table
        rows={jobs}
        keyOf={({ job_id }) => job_id}
        columns={[
          { name: "Job", look: "number", isHeading: true, cell: ({ job_id }) => job_id },
          { name: "Status", cell: ({ status }) => status },
          { name: "Images", look: "number", cell: ({ counts }) => count(counts.images) },
          { name: "Name", cell: ({ external_id }) => external_id ?? "" },
          { name: "Removed for good", cell: ({ restorable_until }) => <Instant at={restorable_until} /> },
          {
            name: "Actions",
            isUnseen: true,
            cell: ({ job_id }) =>
              may("jobs:write") ? (
                <button
                  type="button"
                  class="small"
                  aria-label={`Restore job ${job_id}`}
                  onClick={() => void restore(job_id)}
                >
                  Restore
                </button>
              ) : null,
          },
        ]}
      />
    </details>
  );
}
