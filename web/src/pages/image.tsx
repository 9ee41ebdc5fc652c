/** One image: its photo as large as it is kept, where it is from, its result, what speaks against it, and all that became of it. */

import type { ImageWithPast, Job } from "../../../sdk/src/api-types.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { FactList } from "../parts/facts.tsx";
import { FlagMarks } from "../parts/flags.tsx";
import { bytes, count, counted } from "../parts/format.ts";
import { imagePath } from "../parts/image-link.tsx";
import { Instant, VisitTime } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Photo } from "../parts/photo.tsx";
import { withQuery } from "../service/call.ts";
import { liveJobs } from "../service/live.ts";
import { useAnswer } from "../service/use-answer.ts";
import { ImageHistory, sizeOf } from "./image-history.tsx";
import { ImageTruth } from "./image-truth.tsx";
import "./image.css";

export function ImagePage({ jobId, image: no }: { readonly jobId: number; readonly image: number }) {
  const live = liveJobs.value.get(jobId);
  const job = useAnswer<Job>(`/api/v1/jobs/${jobId}`, { again: `${live?.run} ${live?.status}` });
  // While its job runs, its result may come with each of the job's.
  const { data: image, error } = useAnswer<ImageWithPast>(`/api/v1/jobs/${jobId}/images/${no}`, {
    again: `${live?.run} ${live?.status} ${live?.counts.done}`,
  });
  return (
    <>
      <div class="head">
        <h1>
          Image {no}{" "}
          <small>
            of <Link href={`/jobs/${jobId}`}>job {jobId}</Link>
            {job.data?.external_id ? ` ${job.data.external_id}` : null}
          </small>
        </h1>
        {image ? <Outcome image={image} /> : null}
        <Neighbours jobId={jobId} image={no} images={job.data?.counts.images ?? 0} />
      </div>
      <ErrorNote error={error} />
      {image ? (
        <>
          <div class="image-page">
            <Large jobId={jobId} image={image} />
            <section class="card" aria-label="Facts">
              <Facts jobId={jobId} image={image} />
            </section>
          </div>
          <ImageTruth jobId={jobId} image={image} isAsked={job.data !== null && job.data.inspect !== "off"} />
          <ImageHistory image={image} />
        </>
      ) : null}
    </>
  );
}

function Outcome({ image: { outcome, code, flags } }: { readonly image: ImageWithPast }) {
  return (
    <>
      <span class={`mark ${outcome}`}>{code ?? outcome}</span>
      <FlagMarks flags={flags} />
    </>
  );
}

function Neighbours(properties: { readonly jobId: number; readonly image: number; readonly images: number }) {
  const { jobId, image, images } = properties;
  const to = (other: number) => imagePath({ job_id: jobId, image: other });
  return (
    <nav class="buttons" aria-label="Images beside it">
      {image > 0 ? (
        <Link href={to(image - 1)} class="button">
          ← Image {image - 1}
        </Link>
      ) : null}
      {image + 1 < images ? (
        <Link href={to(image + 1)} class="button">
          Image {image + 1} →
        </Link>
      ) : null}
    </nav>
  );
}

/** Where there is no photo, why. */
function Large({ jobId, image }: { readonly jobId: number; readonly image: ImageWithPast }) {
  if (image.outcome !== "measured") {
    return (
      <div class={`frame large ${image.outcome}`}>
        <p>{image.detail ?? "It has no result yet."}</p>
      </div>
    );
  }
  return (
    <div class="frame large">
      <Photo
        width={image.width}
        height={image.height}
        src={`/api/v1/jobs/${jobId}/images/${image.image}/thumbnail?size=large`}
        alt={`Image ${image.image} of job ${jobId}, ${image.width} × ${image.height}`}
      />
    </div>
  );
}

function Facts({ jobId, image }: { readonly jobId: number; readonly image: ImageWithPast }) {
  const size = sizeOf(image);
  const { perimeter, format, integrity, attempts, fetch_ms: fetchMs } = image;
  return (
    <FactList
      facts={[
        ["Address", <Address url={image.image_url} />],
        ["Store", <Store image={image} />],
        ["Visit", <Visit jobId={jobId} image={image} />],
        image.external_id === null ? null : ["External id", image.external_id],
        ...Object.entries(image.metadata),
        size === null ? null : ["Size", size],
        perimeter === null ? null : ["Perimeter", `${count(perimeter)} pixels`],
        format === null ? null : ["File", `${format}, ${bytes(image.bytes)}`],
        integrity === null ? null : ["Checked", <Proof image={image} />],
        image.detail === null ? null : ["Cause", image.detail],
        attempts === null ? null : ["Fetched", fetched(attempts, fetchMs)],
        image.finished_at === null ? null : ["Result since", <Instant at={image.finished_at} />],
      ]}
    />
  );
}

function fetched(attempts: number, ms: number | null): string {
  if (attempts === 0) return "never asked for";
  return `${counted(attempts, "attempt")}${ms === null ? "" : `, ${count(ms)} ms in all`}`;
}

function Address({ url }: { readonly url: string }) {
  return (
    <>
      <span class="address">{url}</span>
      <span class="buttons">
        <CopyButton text={url} />
        {/^https?:\/\//i.test(url) ? (
          <a class="button small" href={url} target="_blank" rel="noreferrer">
            Open
          </a>
        ) : null}
      </span>
    </>
  );
}

function Store({ image: { store_id: id, store_name: name, area } }: { readonly image: ImageWithPast }) {
  if (name === null) return <>{id} (unknown)</>;
  return (
    <>
      <Link href={`/stores/${encodeURIComponent(id)}`}>{id}</Link> {name}, area {area}
    </>
  );
}

function Visit({ jobId, image }: { readonly jobId: number; readonly image: ImageWithPast }) {
  const labels = Object.entries(image.visit_metadata).map(([key, value]) => `${key}: ${value}`);
  const words = [...(image.visit_external_id === null ? [] : [image.visit_external_id]), ...labels];
  return (
    <>
      <Link href={withQuery(`/jobs/${jobId}`, { tab: "images", visit: image.visit })}>visit {image.visit}</Link>{" "}
      <VisitTime time={image.visit_time} />
      {words.map((word) => ` · ${word}`)}
    </>
  );
}

const PROOFS = { header: "its header", complete: "its header and its end", decode: "every pixel" } as const;

function Proof({ image: { integrity, not_decoded: why } }: { readonly image: ImageWithPast }) {
  return (
    <>
      {integrity === null ? null : PROOFS[integrity]}
      {why === null ? null : <small class="labels">Not decoded: {why}</small>}
    </>
  );
}
