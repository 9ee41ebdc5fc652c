/** A flagged photo beside the earlier ones that show the same, one after the other, the best match first. */
import { useState } from "preact/hooks";
import type { Review, ReviewedReuse } from "../../../sdk/src/api-types.ts";
import { ImageLink, matchPath } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { PhotoPair } from "./photo-pair.tsx";

type Matched = Pick<Review, "image" | "job_id" | "thumbnail_url" | "reuse_of">;

/** Nothing where no earlier photo is known. `first` is the one to begin with, as `JOB-IMAGE`. */
export function MatchedPictures({ photo, first = null }: { readonly photo: Matched; readonly first?: string | null }) {
  const known = photo.reuse_of.findIndex((earlier) => `${earlier.job_id}-${earlier.image}` === first);
  const [no, setNo] = useState(Math.max(0, known));
  const earlier = photo.reuse_of[no];
  if (!earlier) return null;
  return (
    <div>
      <PhotoPair
        key={no}
        kind={earlier.kind}
        layOver={earlier.lay_over}
        earlier={{
          src: earlier.thumbnail_url,
          alt: `Image ${earlier.image} of job ${earlier.job_id}`,
          caption: <EarlierCaption earlier={earlier} />,
        }}
        later={{
          src: photo.thumbnail_url,
          alt: `Image ${photo.image} of job ${photo.job_id}`,
          caption: "This photo.",
        }}
      />
      {photo.reuse_of.length > 1 ? <Others photo={photo} no={no} onTurn={setNo} /> : null}
    </div>
  );
}

function EarlierCaption({ earlier }: { readonly earlier: ReviewedReuse }) {
  return (
    <>
      Earlier: <ImageLink of={earlier} />, <StoreName of={earlier} />{" "}
      <small>
        <VisitTime time={earlier.visit_time} />
      </small>
    </>
  );
}

export function StoreName({ of }: { readonly of: Pick<Review, "store_id" | "store_name"> }) {
  const { store_id: id, store_name: name } = of;
  return (
    <>
      Store {name === null ? id : <Link href={`/stores/${encodeURIComponent(id)}`}>{id}</Link>} {name}
    </>
  );
}

/** The one that is shown has an address of its own, to be kept or passed on. */
function Others(properties: { readonly photo: Matched; readonly no: number; readonly onTurn: (no: number) => void }) {
  const { photo, no, onTurn } = properties;
  const count = photo.reuse_of.length;
  const earlier = photo.reuse_of[no];
  return (
    <p class="buttons others">
      <button type="button" class="small" disabled={no === 0} onClick={() => onTurn(no - 1)}>
        ← Better match
      </button>
      <small>
        {earlier ? <Link href={matchPath(photo, earlier)}>{`Earlier photo ${no + 1} of ${count}`}</Link> : null}
      </small>
      <button type="button" class="small" disabled={no === count - 1} onClick={() => onTurn(no + 1)}>
        Next match →
      </button>
    </p>
  );
}
