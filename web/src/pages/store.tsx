/** One store: its sums, a year of its visits, and its latest photos. */

import type { Job, Review, StoreWithDays } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { PhotosOfStore } from "../insight/photos-of-store.tsx";
import { CalendarStrip } from "../parts/calendar-strip.tsx";
import { FactRow } from "../parts/fact-row.tsx";
import { FlagMarks } from "../parts/flags.tsx";
import { count, share } from "../parts/format.ts";
import { imagePath } from "../parts/image-link.tsx";
import { Day } from "../parts/instant.tsx";
import { JobRows } from "../parts/job-rows.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Photo } from "../parts/photo.tsx";
import { withQuery } from "../service/call.ts";
import { changes } from "../service/live.ts";
import { may } from "../service/session.ts";
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
    ...(data.route === null ? [] : [["Route", data.route] as const]),
    ...(data.type === null ? [] : [["Type", data.type] as const]),
    ...(data.opened === null ? [] : [["Opened", <Day date={data.opened} />] as const]),
    ...(data.closed === null ? [] : [["Closed", <Day date={data.closed} />] as const]),
    ["Visits", count(data.visits)],
    ["Images", count(data.images)],
    ["Failed", `${count(data.failed)} (${share(data.failed, data.images)})`],
    ["Last visit", <Day date={data.last_visit_date} none="never" />],
  ] as const;
  return (
    <>
      <h1>
        {data.store_name} <small>{data.store_id}</small>
      </h1>
      <section class="card">
        <FactRow facts={facts} />
        <h2>The last year</h2>
        <CalendarStrip days={data.days} storeId={storeId} />
      </section>
      {may("jobs:read") ? <PhotosOfStore storeId={storeId} /> : null}
      {may("jobs:read") ? <FlaggedOfStore storeId={storeId} /> : null}
      <section class="card">
        <h2>Jobs</h2>
        {jobs.data?.data.length === 0 ? <p class="quiet">No job has a visit of this store.</p> : null}
        {jobs.data && jobs.data.data.length > 0 ? <JobRows jobs={jobs.data.data} /> : null}
        <Pager pages={jobs} />
      </section>
    </>
  );
}

const FLAGGED_SHOWN = 12;

/** Its latest flagged photos; nothing where there are none. */
function FlaggedOfStore({ storeId }: { readonly storeId: string }) {
  const path = withQuery("/api/v1/reviews", { store_id: storeId, limit: FLAGGED_SHOWN });
  const { data, error } = useAnswer<Page<Review>>(path, { again: changes.value });
  const photos = data?.data ?? [];
  if (photos.length === 0) return <ErrorNote error={error} />;
  return (
    <section class="card">
      <div class="head">
        <h2>Flagged photos</h2>
        <Link href={withQuery("/review", { store_id: storeId, state: "all" })} class="button">
          Review them
        </Link>
      </div>
      <ul class="sheet">
        {photos.map(({ job_id: job, image, thumbnail_url: src, flags, decision }) => (
          <li key={`${job}/${image}`}>
            <figure>
              <Link href={imagePath({ job_id: job, image })} class="tile">
                <Photo src={src} alt={`Image ${image} of job ${job}`} />
              </Link>
              <figcaption>{decision?.state ?? `job ${job}`}</figcaption>
              <FlagMarks flags={flags} />
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}
