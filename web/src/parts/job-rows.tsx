/** A table of jobs, each with its bar. */
import type { Job } from "../../../sdk/src/api-types.ts";
import { count, duration } from "./format.ts";
import { Instant } from "./instant.tsx";
import { Link } from "./link.tsx";
import { ProgressBar, StatusMark } from "./progress-bar.tsx";
import { Table } from "./table.tsx";

export function JobRows({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <Table
      look="jobs"
      rows={jobs}
      keyOf={({ job_id }) => job_id}
      columns={[
        {
          name: "Job",
          isHeading: true,
          cell: ({ job_id, external_id }) => (
            <>
              <Link href={`/jobs/${job_id}`}>{job_id}</Link>
              {external_id === null ? null : <small> {external_id}</small>}
            </>
          ),
        },
        { name: "Status", cell: (job) => <StatusMark job={job} /> },
        { name: "Progress", look: "fill", cell: (job) => <ProgressBar job={job} /> },
        { name: "Images", look: "number", cell: ({ counts }) => count(counts.images) },
        { name: "Failed", look: "number", cell: ({ counts }) => count(counts.failed) },
        { name: "Submitted", look: "wide", cell: ({ created_at }) => <Instant at={created_at} /> },
        {
          name: "End",
          look: "wide",
          cell: ({ finished_at: at, eta_seconds: left }) =>
            at === null ? left === null ? "–" : `in ${duration(left)}` : <Instant at={at} />,
        },
      ]}
    />
  );
}
