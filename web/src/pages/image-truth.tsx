/** Whether an image's photo can be trusted: what speaks against it, the photos that show the same, and what people decided. */
import { useState } from "preact/hooks";
import type { ImageWithPast, Reuse, ReviewWithHistory } from "../../../sdk/src/api-types.ts";
import { ImageLink, imagePath } from "../parts/image-link.tsx";
import { Instant, VisitTime } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Photo } from "../parts/photo.tsx";
import { location } from "../router.ts";
import { useAnswer } from "../service/use-answer.ts";
import { Decide } from "../truth/decide.tsx";
import { EvidenceList } from "../truth/evidence.tsx";
import { MatchedPictures } from "../truth/matched-pictures.tsx";
import { Unseen } from "../truth/review-item.tsx";
import { useDecisions } from "../truth/use-decisions.ts";

export function ImageTruth(properties: {
  readonly jobId: number;
  readonly image: ImageWithPast;
  /** Whether its job's photos are inspected. */
  readonly isAsked: boolean;
}) {
  const { jobId, image, isAsked } = properties;
  const isInspected = isAsked && image.outcome === "measured";
  if (!isInspected && image.flags.length === 0 && image.reused_by.length === 0) return null;
  return (
    <section class="card">
      <h2>Can it be trusted?</h2>
      {image.flags.length > 0 ? (
        <Flagged jobId={jobId} image={image.image} />
      ) : (
        <p class="quiet">
          {image.not_inspected === null
            ? "It was inspected; nothing speaks against it."
            : `It was not inspected: ${image.not_inspected}.`}
        </p>
      )}
      {image.reused_by.length > 0 ? <Later photos={image.reused_by} /> : null}
    </section>
  );
}

function Flagged({ jobId, image }: { readonly jobId: number; readonly image: number }) {
  const [decided, setDecided] = useState(0);
  const [isNoting, setNoting] = useState(false);
  const match = location.value.query.get("match");
  const decisions = useDecisions(() => setDecided((before) => before + 1));
  const { data, error } = useAnswer<ReviewWithHistory>(`/api/v1/jobs/${jobId}/images/${image}/review`, {
    again: decided,
  });
  if (!data) return <ErrorNote error={error} />;
  return (
    <>
      <div class={data.reuse_of.length > 0 ? "trust" : ""}>
        <MatchedPictures key={match} photo={data} first={match} />
        <div>
          <EvidenceList evidence={data.evidence} />
          <Unseen photo={data} />
          <ErrorNote error={error ?? decisions.error} />
          <Decide
            photo={data}
            decisions={decisions}
            isNoting={isNoting}
            onNoting={setNoting}
            onDecided={() => setNoting(false)}
          />
        </div>
      </div>
      {data.history.length > 0 ? <Decided history={data.history} /> : null}
    </>
  );
}

const EVENTS = {
  decided: "",
  undone: "taken back",
  new_evidence: "open again, since evidence came that is new",
} as const;

function Decided({ history }: { readonly history: ReviewWithHistory["history"] }) {
  return (
    <>
      <h3>Decisions</h3>
      <ul class="events">
        {history.toReversed().map(({ state, why, note, by, at }) => (
          <li key={`${at} ${state}`}>
            <Instant at={at} /> {why === "decided" ? <span class={`mark ${state}`}>flag {state}</span> : EVENTS[why]}{" "}
            {note ? <q>{note}</q> : null} {by === null ? null : <small>by {by}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Later({ photos }: { readonly photos: readonly Reuse[] }) {
  return (
    <>
      <h3>Shown again later</h3>
      <ul class="same-photos">
        {photos.map((photo) => (
          <li key={imagePath(photo)}>
            <Link href={imagePath(photo)} class="frame">
              <Photo
                src={`/api/v1${imagePath(photo)}/thumbnail`}
                alt={`Image ${photo.image} of job ${photo.job_id}, which shows the same`}
              />
            </Link>
            <span>
              <ImageLink of={photo} /> <small>likeness {photo.score}</small>
              <small class="labels">
                Store {photo.store_id} · <VisitTime time={photo.visit_time} />
              </small>
              <small class="labels">{photo.why}</small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
