/** One store: its sums, and a year of its visits. */
import { CalendarStrip } from "../parts/calendar-strip.tsx";
import { count, share } from "../parts/format.ts";
import { JobRows } from "../parts/job-rows.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { changes } from "../service/live.ts";
import type { Job, StoreWithDays } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";

export function StorePage({ storeId }: { readonly storeId: string }) {
  const { data, error } = useAnswer<StoreWithDays>(`/api/v1/stores/${encodeURIComponent(storeId)}`, {
    again: changes.value,
  });
  const jobs = usePages<Job>("/api/v1/jobs", { store_id: storeId, limit: 20 }, changes.value);
  if (!data) {
    return (
      <>
        <h1>Store {storeId}</h1>
        <ErrorNote error={error} />
      </>
    );
  }
  const facts = [
    ["Area", data.area],
    ["Visits", count(data.visits)],
    ["Images", count(data.images)],
    ["Failed", `${count(data.failed)} (${share(data.failed, data.images)})`],
    ["Last visit", data.last_visit_date ?? "never"],
  ] as const;
  return (
    <>
      <h1>
        {data.store_name} <small>{data.store_id}</small>
      </h1>
      <section class="card">
        <dl class="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <h2>The last year</h2>
        <CalendarStrip days={data.days} />
      </section>
      <section class="card">
        <h2>Jobs</h2>
        {jobs.data?.data.length === 0 ? <p class="quiet">No job has a visit of this store.</p> : null}
        {jobs.data && jobs.data.data.length > 0 ? <JobRows jobs={jobs.data.data} /> : null}
        <Pager pages={jobs} />
      </section>
    </>
  );
}
