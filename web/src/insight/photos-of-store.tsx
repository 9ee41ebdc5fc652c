/** A store's photos by visit, the latest first, with what speaks against each. */

import type { AnyImage } from "../../../sdk/src/api-types.ts";
import { FlagMarks } from "../parts/flags.tsx";
import { imagePath } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Photo } from "../parts/photo.tsx";
import { changes } from "../service/live.ts";

const PHOTOS_A_PAGE = 36;

export function PhotosOfStore({ storeId }: { readonly storeId: string }) {
  const pages = usePages<AnyImage>("/api/v1/images", { store: storeId, limit: PHOTOS_A_PAGE }, changes.value);
  const photos = pages.data?.data ?? [];
  if (photos.length === 0 && pages.back === null) return <ErrorNote error={pages.error} />;
  return (
    <section class="card">
      <div class="head">
        <h2>Latest photos</h2>
        <Link href={`/images?${new URLSearchParams({ store: storeId })}`} class="button">
          As a list
        </Link>
      </div>
      <ErrorNote error={pages.error} />
      {byVisit(photos).map((visit) => (
        <Visit key={`${visit[0].job_id}/${visit[0].visit}`} photos={visit} />
      ))}
      <Pager pages={pages} />
    </section>
  );
}

type Photos = readonly [AnyImage, ...AnyImage[]];

/** They come visit by visit. */
function byVisit(photos: readonly AnyImage[]): readonly Photos[] {
  const visits: [AnyImage, ...AnyImage[]][] = [];
  for (const photo of photos) {
    const last = visits.at(-1);
    if (last && last[0].job_id === photo.job_id && last[0].visit === photo.visit) last.push(photo);
    else visits.push([photo]);
  }
  return visits;
}

function Visit({ photos }: { readonly photos: Photos }) {
  const [{ job_id: job, visit_time: time }] = photos;
  return (
    <section class="visit">
      <h3>
        <VisitTime time={time} />{" "}
        <small>
          <Link href={`/jobs/${job}`}>{`job ${job}`}</Link>
        </small>
      </h3>
      <ul class="sheet">
        {photos.map(({ image, outcome, code, flags, decision }) => (
          <li key={image}>
            <figure class={outcome}>
              <Link href={imagePath({ job_id: job, image })} class="tile">
                <Photo
                  src={outcome === "measured" ? `/api/v1/jobs/${job}/images/${image}/thumbnail` : null}
                  alt={`Image ${image} of job ${job}`}
                />
              </Link>
              <figcaption>{code ?? decision ?? image}</figcaption>
              <FlagMarks flags={flags} />
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}
