/** A job's images at a glance, visit by visit; those that failed say why. */
import { useState } from "preact/hooks";
import { LabelNote } from "../parts/label-note.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { withQuery } from "../service/call.ts";
import type { Image, Job, Page, Visit } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";

const VISITS_A_PAGE = 8;
const IMAGES_A_VISIT = 24;

export function JobContactSheet({ job }: { readonly job: Job }) {
  const pages = usePages<Visit>(
    `/api/v1/jobs/${job.job_id}/visits`,
    { limit: VISITS_A_PAGE },
    `${job.run} ${job.status}`,
  );
  return (
    <section class="card">
      <ErrorNote error={pages.error} />
      {(pages.data?.data ?? []).map((visit) => (
        <VisitImages key={visit.visit} job={job} visit={visit} />
      ))}
      <Pager pages={pages} />
    </section>
  );
}

function VisitImages({ job, visit }: { readonly job: Job; readonly visit: Visit }) {
  const path = withQuery(`/api/v1/jobs/${job.job_id}/images`, { visit: visit.visit, limit: IMAGES_A_VISIT });
  const { data, error } = useAnswer<Page<Image>>(path, { again: `${job.run} ${job.status}` });
  const all = withQuery(`/jobs/${job.job_id}`, { tab: "images", visit: visit.visit });
  return (
    <article class="visit">
      <h3>
        Store {visit.store_id} <small>{visit.visit_time}</small>
        <LabelNote labels={visit} />
      </h3>
      <ErrorNote error={error} />
      <ul class="sheet">
        {(data?.data ?? []).map((image) => (
          <li key={image.image}>
            <Tile job={job} image={image} />
          </li>
        ))}
        {data?.has_more ? (
          <li class="more">
            <Link href={all}>all {visit.counts.images}</Link>
          </li>
        ) : null}
      </ul>
    </article>
  );
}

function Tile({ job, image }: { readonly job: Job; readonly image: Image }) {
  const [missing, setMissing] = useState(false);
  const name = `Image ${image.image}`;
  if (image.outcome !== "measured") {
    return (
      <figure class={image.outcome} title={image.detail ?? ""}>
        <span>{image.code ?? "pending"}</span>
        <figcaption>{image.image}</figcaption>
      </figure>
    );
  }
  return (
    <figure>
      {missing ? (
        <span>no picture</span>
      ) : (
        <img
          src={`/api/v1/jobs/${job.job_id}/images/${image.image}/thumbnail`}
          alt={`${name}, ${image.width} × ${image.height}`}
          loading="lazy"
          onError={() => setMissing(true)}
        />
      )}
      <figcaption>{image.image}</figcaption>
    </figure>
  );
}
