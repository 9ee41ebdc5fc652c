/** A job visit by visit: where each stands, and its images. */
import { count } from "../parts/format.ts";
import { LabelNote } from "../parts/label-note.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { withQuery } from "../service/call.ts";
import type { Job, Visit } from "../service/types.ts";

export function JobVisits({ job }: { readonly job: Job }) {
  const pages = usePages<Visit>(`/api/v1/jobs/${job.job_id}/visits`, {}, `${job.run} ${job.counts.done}`);
  return (
    <section class="card">
      <ErrorNote error={pages.error} />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                Visit
              </th>
              <th scope="col">Store</th>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Images
              </th>
              <th scope="col" class="number">
                Measured
              </th>
              <th scope="col" class="number">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            {(pages.data?.data ?? []).map(
              ({ visit, store_id, store_known, visit_time, external_id, metadata, counts }) => (
                <tr key={visit}>
                  <th scope="row" class="number">
                    <Link href={withQuery(`/jobs/${job.job_id}`, { tab: "images", visit })}>{visit}</Link>
                  </th>
                  <td>
                    {store_known ? (
                      <Link href={`/stores/${encodeURIComponent(store_id)}`}>{store_id}</Link>
                    ) : (
                      `${store_id} (unknown)`
                    )}
                  </td>
                  <td>
                    {visit_time}
                    <LabelNote labels={{ external_id, metadata }} />
                  </td>
                  <td class="number">{count(counts.images)}</td>
                  <td class="number">{count(counts.succeeded)}</td>
                  <td class="number">{counts.failed > 0 ? <b class="bad">{count(counts.failed)}</b> : 0}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
      <Pager pages={pages} />
    </section>
  );
}
