/** Images of all jobs that have something in common: what stands behind a number of the insight. */

import type { AnyImage } from "../../../sdk/src/api-types.ts";
import { CutUrl } from "../parts/cut-url.tsx";
import { Exports } from "../parts/exports.tsx";
import { ChoiceFilter, DateFilter, TextFilter } from "../parts/filter.tsx";
import { FLAG_CHOICES, FlagMarks } from "../parts/flags.tsx";
import { FoldedFilters } from "../parts/folded-filters.tsx";
import { ImageLink } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { LabelNote } from "../parts/label-note.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Photo } from "../parts/photo.tsx";
import { Table } from "../parts/table.tsx";
import { location } from "../router.ts";
import "../insight/insight.css";

const FIELDS = ["from", "to", "area", "store", "host", "agent", "outcome", "code", "flag"];
const FILTERS = [...FIELDS, "undated", "job"];

export function ImagesPage() {
  const { query } = location.value;
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  // Empty is a limit of its own here: stores that the store master does not have.
  const ofUnknown = query.get("area") === "" ? "?area=" : "";
  const pages = usePages<AnyImage>(`/api/v1/images${ofUnknown}`, given, null);
  const images = pages.data?.data ?? [];
  return (
    <>
      <div class="head">
        <h1>Images of all jobs</h1>
        <Link href={backLink()} class="button">
          To the insight
        </Link>
      </div>
      <section class="card">
        <FoldedFilters label="Filters of the images" names={FIELDS}>
          <DateFilter name="from" label="From" />
          <DateFilter name="to" label="To" />
          <TextFilter name="area" label="Area" />
          <TextFilter name="store" label="Store" />
          <TextFilter name="host" label="Host" />
          <TextFilter name="agent" label="Agent" />
          <ChoiceFilter name="outcome" label="Outcome" choices={["measured", "failed"]} all="any" />
          <TextFilter name="code" label="Cause" />
          <ChoiceFilter name="flag" label="Flag" choices={FLAG_CHOICES} all="any or none" />
        </FoldedFilters>
        <ErrorNote error={pages.error} />
        {pages.data !== null && images.length === 0 ? (
          <Empty>
            {pages.data.has_more ? "None so far; look further on the next page." : "No image is like that."}
          </Empty>
        ) : (
          <ImageTable images={images} />
        )}
        <Pager pages={pages} />
        {ofUnknown === "" ? <Exports path="/api/v1/images" query={given} /> : null}
      </section>
    </>
  );
}

function ImageTable({ images }: { readonly images: readonly AnyImage[] }) {
  return (
    <Table
      rows={images}
      keyOf={({ job_id, image }) => `${job_id}/${image}`}
      columns={[
        {
          name: "Photo",
          look: "thumb",
          cell: ({ job_id: job, image, outcome }) => (
            <Photo
              src={outcome === "measured" ? `/api/v1/jobs/${job}/images/${image}/thumbnail` : null}
              alt={`Image ${image} of job ${job}`}
            />
          ),
        },
        { name: "Visit", cell: ({ visit_time: time }) => <VisitTime time={time} /> },
        {
          name: "Store",
          cell: ({ store_id: id, store_name: name, area }) => (
            <>
              {name === null ? id : <Link href={`/stores/${encodeURIComponent(id)}`}>{id}</Link>}
              <small class="labels">{[name, area].filter((text) => text !== null).join(" · ")}</small>
            </>
          ),
        },
        {
          name: "Image",
          look: "url",
          whole: ({ image_url: url }) => url,
          cell: (image) => (
            <>
              <CutUrl url={image.image_url} />
              <LabelNote labels={image} />
            </>
          ),
        },
        {
          name: "Outcome",
          cell: (image) => (
            <>
              <span class={`mark ${image.outcome}`}>{image.code ?? image.outcome}</span>
              <FlagMarks flags={image.flags} />
              {image.detail === null ? null : <small class="labels">{image.detail}</small>}
            </>
          ),
        },
        { name: "Perimeter", look: "number", cell: ({ perimeter }) => perimeter ?? "–" },
        {
          name: "Job",
          look: "number",
          cell: ({ job_id: job, image }) => <ImageLink of={{ job_id: job, image }}>{`${job} / ${image}`}</ImageLink>,
        },
      ]}
    />
  );
}

/** The insight over the same days and of the same rows. */
function backLink(): string {
  const { query } = location.value;
  const back = new URLSearchParams();
  for (const name of ["from", "to"]) {
    const value = query.get(name);
    if (value) back.set(name, value);
  }
  const code = query.get("code");
  if (code) back.set("cause", code);
  const flag = query.get("flag");
  if (flag) back.set("cause", `flag:${flag}`);
  return `/insight?${back}`;
}
