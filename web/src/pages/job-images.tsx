/** A job's images, narrowed by filters that stand in the page's address. A page costs the same in a job of ten and of a million. */
import { ChoiceFilter, TextFilter } from "../parts/filter.tsx";
import { bytes } from "../parts/format.ts";
import { LabelNote } from "../parts/label-note.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { location } from "../router.ts";
import type { Image, Job } from "../service/types.ts";

const FILTERS = ["outcome", "code", "store_id", "host", "visit"];

export function JobImages({ job }: { readonly job: Job }) {
  const { query } = location.value;
  const parameters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  const pages = usePages<Image>(`/api/v1/jobs/${job.job_id}/images`, parameters, `${job.run} ${job.status}`);
  const images = pages.data?.data ?? [];
  return (
    <section class="card">
      <form class="filters" aria-label="Filters of the images" onSubmit={(event) => event.preventDefault()}>
        <ChoiceFilter name="outcome" label="Outcome" choices={["pending", "measured", "failed"]} all="any" />
        <ChoiceFilter name="code" label="Cause" choices={codesOf(job, query.get("code"))} all="any" />
        <TextFilter name="store_id" label="Store" />
        <TextFilter name="host" label="Host" />
        <TextFilter name="visit" label="Visit" />
      </form>
      <ErrorNote error={pages.error} />
      {pages.data !== null && images.length === 0 ? (
        <Empty>No image is like that.</Empty>
      ) : (
        <ImageTable images={images} />
      )}
      <Pager pages={pages} />
    </section>
  );
}

/** Also the one that is chosen, when none of it is left. */
function codesOf(job: Job, chosen: string | null): readonly string[] {
  return [...new Set([...Object.keys(job.failures_by_code), ...(chosen ? [chosen] : [])])];
}

function ImageTable({ images }: { readonly images: readonly Image[] }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              No
            </th>
            <th scope="col">Store</th>
            <th scope="col">Image</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Perimeter
            </th>
            <th scope="col" class="number wide">
              File
            </th>
            <th scope="col" class="number wide">
              Fetched in
            </th>
          </tr>
        </thead>
        <tbody>
          {images.map((image) => (
            <tr key={image.image}>
              <th scope="row" class="number">
                {image.image}
              </th>
              <td>{image.store_id}</td>
              <td class="url" title={image.image_url}>
                {image.image_url}
                <LabelNote labels={image} />
              </td>
              <td>
                {image.outcome === "failed" ? (
                  <Cause image={image} />
                ) : (
                  <span class={`mark ${image.outcome}`}>{image.outcome}</span>
                )}
              </td>
              <td class="number">{image.width === null ? "–" : `${image.width} × ${image.height}`}</td>
              <td class="number">{image.perimeter ?? "–"}</td>
              <td class="number wide">{image.format === null ? "–" : `${image.format}, ${bytes(image.bytes)}`}</td>
              <td class="number wide">{image.fetch_ms === null ? "–" : `${image.fetch_ms} ms`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cause({ image }: { readonly image: Image }) {
  return (
    <details>
      <summary>
        <span class="mark failed">{image.code}</span>
      </summary>
      <p>{image.detail}</p>
    </details>
  );
}
