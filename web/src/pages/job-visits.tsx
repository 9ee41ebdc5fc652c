/** A job visit by visit: where each stands, and its images. */

import type { Job, Visit } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { count } from "../parts/format.ts";
import { VisitTime } from "../parts/instant.tsx";
import { LabelNote } from "../parts/label-note.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Table } from "../parts/table.tsx";
import { withQuery } from "../service/call.ts";
import { may } from "../service/session.ts";
import { JobLateVisits } from "./job-late-visits.tsx";

export function JobVisits({ job, onAdded }: { readonly job: Job; readonly onAdded: () => void }) {
  const again = `${job.run} ${job.counts.visits} ${job.counts.done}`;
  const pages = usePages<Visit>(`/api/v1/jobs/${job.job_id}/visits`, {}, again);
  return (
    <section class="card">
      <ErrorNote error={pages.error} />
      <Table
        rows={pages.data?.data ?? []}
        keyOf={({ visit }) => visit}
        columns={[
          {
            name: "Visit",
            look: "number",
            isHeading: true,
            cell: ({ visit }) => <Link href={withQuery(`/jobs/${job.job_id}`, { tab: "images", visit })}>{visit}</Link>,
          },
          {
            name: "Store",
            cell: ({ store_id, store_known }) =>
              store_known ? (
                <Link href={`/stores/${encodeURIComponent(store_id)}`}>{store_id}</Link>
              ) : (
                `${store_id} (unknown)`
              ),
          },
          {
            name: "Time",
            cell: (visit) => (
              <>
                <VisitTime time={visit.visit_time} />
                <LabelNote labels={visit} />
              </>
            ),
          },
          { name: "Images", look: "number", cell: ({ counts }) => count(counts.images) },
          { name: "Measured", look: "number", cell: ({ counts }) => count(counts.succeeded) },
          {
            name: "Failed",
            look: "number",
            cell: ({ counts }) =>
              counts.failed > 0 ? <b class={counts.succeeded > 0 ? "partly" : "bad"}>{count(counts.failed)}</b> : 0,
          },
        ]}
      />
      <Pager pages={pages} />
      {job.status !== "cancelled" && may("jobs:write") ? <JobLateVisits job={job} onAdded={onAdded} /> : null}
      <Exports path={`/api/v1/jobs/${job.job_id}/visits`} query={{}} />
    </section>
  );
}
