/** One flagged photo: what it shows, beside what it shows again, why it is flagged, and what somebody decides about it. */
import { useState } from "preact/hooks";
import { visitTime } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Photo } from "../parts/photo.tsx";
import { may } from "../service/session.ts";
import type { EarlierPhoto, FlaggedPhoto } from "../service/truth-types.ts";
import { EvidenceList } from "./evidence.tsx";
import { NoteForm } from "./note-form.tsx";
import { PhotoPair } from "./photo-pair.tsx";
import type { Decisions } from "./use-decisions.ts";

export function ReviewItem(properties: {
  readonly photo: FlaggedPhoto;
  readonly decisions: Decisions;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly isNoting: boolean;
  readonly onNoting: (isNoting: boolean) => void;
  readonly onDecided: () => void;
}) {
  const { photo, decisions, isChosen, onChoose, isNoting, onNoting, onDecided } = properties;
  const decision = decisions.of(photo);
  const name = `image ${photo.image} of job ${photo.job_id}`;
  const decide = async (verdict: "accepted" | "dismissed", note: string) => {
    if (!(await decisions.decide([photo], verdict, note))) return;
    onNoting(false);
    onDecided();
  };
  return (
    <article tabIndex={-1} class={`review ${decision?.state ?? "open"}`} aria-label={name}>
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
            <Link href={`/jobs/${photo.job_id}?tab=images&visit=${photo.visit}`}>
              Image {photo.image} of job {photo.job_id}
            </Link>
          </h2>
        </div>
        <Where photo={photo} />
        <EvidenceList evidence={photo.evidence} />
        {photo.evidence.some(({ flag }) => flag === "reused") && photo.reuse_of.length === 0 ? (
          <p class="quiet">The earlier photo is gone with its job.</p>
        ) : null}
        {decision ? (
          <p class="decision">
            <span class={`mark ${decision.state}`}>{decision.state}</span>{" "}
            {decision.note ? <q>{decision.note}</q> : null}{" "}
            <small>
              {decision.by === null ? null : `by ${decision.by}, `}
              <Instant at={decision.at} />
            </small>
          </p>
        ) : null}
        {!may("reviews:decide") ? null : isNoting ? (
          <NoteForm onDecide={decide} onClose={() => onNoting(false)} />
        ) : (
          <div class="buttons">
            {decision ? (
              <button type="button" aria-label={`Undo, ${name}`} onClick={() => void decisions.reopen([photo])}>
                Undo
              </button>
            ) : (
              <>
                <button type="button" aria-label={`Accept, ${name}`} onClick={() => void decide("accepted", "")}>
                  Accept
                </button>
                <button type="button" aria-label={`Dismiss …, ${name}`} onClick={() => onNoting(true)}>
                  Dismiss …
                </button>
              </>
            )}
          </div>
        )}
      </div>
    </article>
  );
}

function Where({ photo }: { readonly photo: FlaggedPhoto }) {
  const { store_id: id, store_name: name, area, agent } = photo;
  const facts = [visitTime(photo.visit_time), area && `area ${area}`, agent, photo.visit_external_id];
  return (
    <p class="where">
      <Store id={id} name={name} /> <small>{facts.filter(Boolean).join(" · ")}</small>
    </p>
  );
}

function Store({ id, name }: { readonly id: string; readonly name: string | null }) {
  return (
    <>
      Store {name === null ? id : <Link href={`/stores/${encodeURIComponent(id)}`}>{id}</Link>} {name}
    </>
  );
}

function Pictures({ photo }: { readonly photo: FlaggedPhoto }) {
  const [no, setNo] = useState(0);
  const earlier = photo.reuse_of[no];
  const alt = `Image ${photo.image} of job ${photo.job_id}`;
  if (!earlier) {
    return (
      <div class="single">
        <div class="frame">
          <Photo src={photo.thumbnail_url} alt={alt} />
        </div>
      </div>
    );
  }
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
        later={{ src: photo.thumbnail_url, alt, caption: "This photo." }}
      />
      {photo.reuse_of.length > 1 ? <Others count={photo.reuse_of.length} no={no} onTurn={setNo} /> : null}
    </div>
  );
}

function EarlierCaption({ earlier }: { readonly earlier: EarlierPhoto }) {
  return (
    <>
      Earlier: <Link href={`/jobs/${earlier.job_id}?tab=sheet`}>job {earlier.job_id}</Link>, image {earlier.image},{" "}
      <Store id={earlier.store_id} name={earlier.store_name} /> <small>{visitTime(earlier.visit_time)}</small>
    </>
  );
}

function Others({
  count,
  no,
  onTurn,
}: {
  readonly count: number;
  readonly no: number;
  readonly onTurn: (no: number) => void;
}) {
  return (
    <p class="buttons others">
      <button type="button" class="small" disabled={no === 0} onClick={() => onTurn(no - 1)}>
        ← Better match
      </button>
      <small>
        earlier photo {no + 1} of {count}
      </small>
      <button type="button" class="small" disabled={no === count - 1} onClick={() => onTurn(no + 1)}>
        Next match →
      </button>
    </p>
  );
}
