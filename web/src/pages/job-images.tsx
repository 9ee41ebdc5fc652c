/** A job's images, narrowed by filters that stand in the page's address. A page costs the same in a job of ten and of a million. */

import type { Image, Job } from "../../../sdk/src/api-types.ts";
import { CutUrl } from "../parts/cut-url.tsx";
import { Exports } from "../parts/exports.tsx";
import { ChoiceFilter, TextFilter } from "../parts/filter.tsx";
import { FLAG_CHOICES, FlagMarks } from "../parts/flags.tsx";
import { FoldedFilters } from "../parts/folded-filters.tsx";
import { bytes } from "../parts/format.ts";
import { ImageLink } from "../parts/image-link.tsx";
import { LabelNote } from "../parts/label-note.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Table } from "../parts/table.tsx";
import { location } from "../router.ts";

const FILTERS = ["outcome", "code", "store_id", "host", "visit"];

export function JobImages({ job }: { readonly job: Job }) {
  const { query } = location.value;
  const own = FILTERS.map((name) => [name, query.get(name) ?? ""]);
  const parameters = { ...Object.fromEntries(own), flags: query.get("flag") ?? "" };
  const pages = usePages<Image>(`/api/v1/jobs/${job.job_id}/images`, parameters, `${job.run} ${job.status}`);
  const images = pages.data?.data ?? [];
  return (
    <section class="card">
      <FoldedFilters label="Filters of the images" names={[...FILTERS, "flag"]}>
        <ChoiceFilter name="outcome" label="Outcome" choices={["pending", "measured", "failed"]} all="any" />
        <ChoiceFilter name="code" label="Cause" choices={codesOf(job, query.get("code"))} all="any" />
        {job.inspect === "off" ? null : (
          <ChoiceFilter name="flag" label="Flag" choices={FLAG_CHOICES} all="any or none" />
        )}
        <TextFilter name="store_id" label="Store" />
        <TextFilter name="host" label="Host" />
        <TextFilter name="visit" label="Visit" />
      </FoldedFilters>
      <ErrorNote error={pages.error} />
      {pages.data !== null && images.length === 0 ? (
        <Empty>No image is like that.</Empty>
      ) : (
        <ImageTable job={job} images={images} />
      )}
      <Pager pages={pages} />
      <Exports path={`/api/v1/jobs/${job.job_id}/images`} query={parameters} />
    </section>
  );
}

/** Also the one that is chosen, when none of it is left. */
function codesOf(job: Job, chosen: string | null): readonly string[] {
  return [...new Set([...Object.keys(job.failures_by_code), ...(chosen ? [chosen] : [])])];
}

function ImageTable({ job, images }: { readonly job: Job; readonly images: readonly Image[] }) {
  return (
    <Table
      rows={images}
      keyOf={({ image }) => image}
      columns={[
        {
          name: "No",
          look: "number",
          isHeading: true,
          cell: ({ image }) => <ImageLink of={{ job_id: job.job_id, image }}>{image}</ImageLink>,
        },
        { name: "Store", cell: ({ store_id }) => store_id },
        {
          name: "Image",
          look: "url",
          whole: ({ image_url }) => image_url,
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
              <Outcome image={image} />
              <FlagMarks flags={image.flags} />
            </>
          ),
        },
        {
          name: "Size",
          look: "number",
          cell: ({ width, height }) => (width === null ? "–" : `${width} × ${height}`),
        },
        { name: "Perimeter", look: "number", cell: ({ perimeter }) => perimeter ?? "–" },
        {
          name: "File",
          look: "number wide",
          cell: (image) => (image.format === null ? "–" : `${image.format}, ${bytes(image.bytes)}`),
        },
        {
          name: "Fetched in",
          look: "number wide",
          cell: ({ fetch_ms }) => (fetch_ms === null ? "–" : `${fetch_ms} ms`),
        },
      ]}
    />
  );
}

function Outcome({ image }: { readonly image: Image }) {
  if (image.outcome !== "failed") return <span class={`mark ${image.outcome}`}>{image.outcome}</span>;
  return (
    <details>
      <summary>
        <span class="mark failed">{image.code}</span>
      </summary>
      <p>{image.detail}</p>
    </details>
  );
}
