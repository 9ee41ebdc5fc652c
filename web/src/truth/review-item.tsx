/** One flagged photo: what it shows, beside what it shows again, why it is flagged, and what somebody decides about it. */

import type { Review } from "../../../sdk/src/api-types.ts";
import { ImageLink, imagePath } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Photo } from "../parts/photo.tsx";
import { may } from "../service/session.ts";
import { Decide } from "./decide.tsx";
import { EvidenceList } from "./evidence.tsx";
import { MatchedPictures, StoreName } from "./matched-pictures.tsx";
import type { Decisions } from "./use-decisions.ts";

export function ReviewItem(properties: {
  readonly photo: Review;
  readonly decisions: Decisions;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly isNoting: boolean;
  readonly onNoting: (isNoting: boolean) => void;
  readonly onDecided: () => void;
}) {
  const { photo, isChosen, onChoose, ...deciding } = properties;
  const state = deciding.decisions.of(photo)?.state ?? "open";
  const name = `image ${photo.image} of job ${photo.job_id}`;
  return (
    <article
      tabIndex={-1}
      class={photo.reuse_of.length > 0 ? `review ${state}` : `review single ${state}`}
      aria-label={name}
    >
      <Pictures photo={photo} />
      <div class="words">
        <div class="head">
          {may("reviews:decide") ? (
            <label class="choose">
              <input type="checkbox" checked={isChosen} onChange={onChoose} />
              <span class="unseen">Choose {name}</span>
            </label>
          ) : null}
          <h2>
            <ImageLink of={photo} />
          </h2>
        </div>
        <Where photo={photo} />
        <EvidenceList evidence={photo.evidence} />
        <Unseen photo={photo} />
        <Decide photo={photo} {...deciding} />
      </div>
    </article>
  );
}

/** What of it nobody could look at. */
export function Unseen({ photo }: { readonly photo: Pick<Review, "evidence" | "reuse_of" | "not_inspected"> }) {
  const { evidence, reuse_of: earlier, not_inspected: why } = photo;
  return (
    <>
      {evidence.some(({ flag }) => flag === "reused") && earlier.length === 0 ? (
        <p class="quiet">The earlier photo is gone with its job.</p>
      ) : null}
      {why === null ? null : <p class="quiet">Not all of it was inspected: {why}.</p>}
    </>
  );
}

function Where({ photo }: { readonly photo: Review }) {
  const { area, agent } = photo;
  const facts = [area && `area ${area}`, agent, photo.visit_external_id].filter((fact) => fact !== null);
  return (
    <p class="where">
      <StoreName of={photo} />
      <small class="labels">
        <VisitTime time={photo.visit_time} />
        {facts.map((fact) => ` · ${fact}`)}
      </small>
    </p>
  );
}

function Pictures({ photo }: { readonly photo: Review }) {
  if (photo.reuse_of.length > 0) return <MatchedPictures photo={photo} />;
  return (
    <Link href={imagePath(photo)} class="frame">
      <Photo src={photo.thumbnail_url} alt={`Image ${photo.image} of job ${photo.job_id}, large`} />
    </Link>
  );
}
