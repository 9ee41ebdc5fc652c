/** What somebody decided about a flagged photo, and the buttons to decide, or to take it back. */

import type { Review } from "../../../sdk/src/api-types.ts";
import { Instant } from "../parts/instant.tsx";
import { may } from "../service/session.ts";
import { NoteForm } from "./note-form.tsx";
import type { Decisions } from "./use-decisions.ts";

export function Decide(properties: {
  readonly photo: Review;
  readonly decisions: Decisions;
  readonly isNoting: boolean;
  readonly onNoting: (isNoting: boolean) => void;
  readonly onDecided: () => void;
}) {
  const { photo, decisions, isNoting, onNoting, onDecided } = properties;
  const decision = decisions.of(photo);
  const name = `image ${photo.image} of job ${photo.job_id}`;
  const decide = async (verdict: "accepted" | "dismissed", note: string) => {
    if (!(await decisions.decide([photo], verdict, note))) return;
    onNoting(false);
    onDecided();
  };
  return (
    <>
      {decision ? (
        <p class="decision">
          <span class={`mark ${decision.state}`}>flag {decision.state}</span>{" "}
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
              <button type="button" aria-label={`Accept flag, ${name}`} onClick={() => void decide("accepted", "")}>
                Accept flag
              </button>
              <button type="button" aria-label={`Dismiss flag …, ${name}`} onClick={() => onNoting(true)}>
                Dismiss flag …
              </button>
            </>
          )}
        </div>
      )}
    </>
  );
}
