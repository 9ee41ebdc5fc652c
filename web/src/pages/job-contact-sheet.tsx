/** A job's images at a glance, visit by visit; those that failed say why. */
import type { ComponentChildren } from "preact";
import type { Image, Job, Visit } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { ChoiceFilter } from "../parts/filter.tsx";
import { FLAG_CHOICES, FlagMarks } from "../parts/flags.tsx";
import { imagePath } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { LabelNote } from "../parts/label-note.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Photo } from "../parts/photo.tsx";
import { location } from "../router.ts";
import { withQuery } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";

const VISITS_A_PAGE = 8;
const IMAGES_A_VISIT = 24;
const FLAGGED_A_PAGE = 48;

export function JobContactSheet({ job }: { readonly job: Job }) {
  const flag = location.value.query.get("flag") ?? "";
  return (
    <section class="card">
      {job.inspect === "off" ? null : (
        <form class="filters" aria-label="Filters of the sheet" onSubmit={(event) => event.preventDefault()}>
          <ChoiceFilter name="flag" label="Flag" choices={FLAG_CHOICES} all="any or none" />
        </form>
      )}
      {flag === "" ? <ByVisit job={job} /> : <Flagged job={job} flag={flag} />}
    </section>
  );
}

function ByVisit({ job }: { readonly job: Job }) {
  const pages = usePages<Visit>(
    `/api/v1/jobs/${job.job_id}/visits`,
    { limit: VISITS_A_PAGE },
    `${job.run} ${job.status}`,
  );
  return (
    <>
      <ErrorNote error={pages.error} />
      {(pages.data?.data ?? []).map((visit) => (
        <VisitImages key={visit.visit} job={job} visit={visit} />
      ))}
      <Pager pages={pages} />
    </>
  );
}

/** Side by side, whatever visit they are of: they are few. */
function Flagged({ job, flag }: { readonly job: Job; readonly flag: string }) {
  const path = `/api/v1/jobs/${job.job_id}/images`;
  const pages = usePages<Image>(path, { flags: flag, limit: FLAGGED_A_PAGE }, `${job.run} ${job.status}`);
  const images = pages.data?.data ?? [];
  return (
    <>
      <ErrorNote error={pages.error} />
      {pages.data !== null && images.length === 0 ? <Empty>No image is like that.</Empty> : null}
      <Sheet job={job} images={images} />
      <Pager pages={pages} />
    </>
  );
}

function Sheet(properties: {
  readonly job: Job;
  readonly images: readonly Image[];
  readonly children?: ComponentChildren;
}) {
  const { job, images, children } = properties;
  return (
    <ul class="sheet">
      {images.map((image) => (
        <li key={image.image}>
          <Tile job={job} image={image} />
        </li>
      ))}
      {children}
    </ul>
  );
}

function VisitImages({ job, visit }: { readonly job: Job; readonly visit: Visit }) {
  const path = withQuery(`/api/v1/jobs/${job.job_id}/images`, { visit: visit.visit, limit: IMAGES_A_VISIT });
  const { data, error } = useAnswer<Page<Image>>(path, { again: `${job.run} ${job.status}` });
  const all = withQuery(`/jobs/${job.job_id}`, { tab: "images", visit: visit.visit });
  return (
    <article class="visit">
      <h2>
        Store {visit.store_id}{" "}
        <small>
          <VisitTime time={visit.visit_time} />
        </small>
        <LabelNote labels={visit} />
      </h2>
      <ErrorNote error={error} />
      <Sheet job={job} images={data?.data ?? []}>
        {data?.has_more ? (
          <li class="more">
            <Link href={all}>all {visit.counts.images}</Link>
          </li>
        ) : null}
      </Sheet>
    </article>
  );
}

function Tile({ job, image }: { readonly job: Job; readonly image: Image }) {
  const path = imagePath({ job_id: job.job_id, image: image.image });
  if (image.outcome !== "measured") {
    return (
      <figure class={image.outcome} title={image.detail ?? ""}>
        <Link href={path} class="tile">
          <span>
            <span class="unseen">Image {image.image}: </span>
            {image.code ?? "pending"}
          </span>
        </Link>
        <figcaption>{image.image}</figcaption>
      </figure>
    );
  }
  return (
    <figure>
      <Link href={path} class="tile">
        <Photo src={`/api/v1${path}/thumbnail`} alt={`Image ${image.image}, ${image.width} × ${image.height}`} />
      </Link>
      <figcaption>{image.image}</figcaption>
      <FlagMarks flags={image.flags} />
    </figure>
  );
}
