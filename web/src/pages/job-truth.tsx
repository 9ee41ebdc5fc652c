/** Which photos of a job cannot be trusted: the photos, where they come from, and the figures that the limits cut. */
import { useState } from "preact/hooks";
import type { Job, ReviewCounts } from "../../../sdk/src/api-types.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { location, setQuery } from "../router.ts";
import { withQuery } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";
import { FlagChips } from "../truth/flag-chips.tsx";
import { FlaggedShares } from "../truth/flagged-shares.tsx";
import { NotInspected } from "../truth/not-inspected.tsx";
import { QualityFigures } from "../truth/quality-figures.tsx";
import { ReviewList } from "../truth/review-list.tsx";

const LOOKS = [
  ["photos", "Photos"],
  ["shares", "Stores and areas"],
  ["figures", "Figures and limits"],
] as const;

export function JobTruth({ job, onDecided }: { readonly job: Job; readonly onDecided: () => void }) {
  const [decided, setDecided] = useState(0);
  const [looked, setLooked] = useState(0);
  const take = () => {
    setDecided(decided + 1);
    onDecided();
  };
  const { query } = location.value;
  const flag = query.get("flag") ?? "";
  const look = LOOKS.find(([name]) => name === query.get("look"))?.[0] ?? "photos";
  const state = `${job.run} ${job.status} ${job.flagged.images}`;
  const { data, error } = useAnswer<ReviewCounts>(withQuery("/api/v1/reviews/counts", { job: job.job_id }), {
    again: `${decided} ${state}`,
  });
  return (
    <section class="card">
      <fieldset class="chips looks">
        <legend class="unseen">What to see</legend>
        {LOOKS.map(([name, text]) => (
          <button
            key={name}
            type="button"
            class="chip"
            aria-pressed={look === name}
            onClick={() => setQuery({ look: name })}
          >
            {text}
          </button>
        ))}
        {/* The list stands still under whoever looks at it, however many more come meanwhile. */}
        {look === "photos" && job.finished_at === null ? (
          <button type="button" class="chip" onClick={() => setLooked(looked + 1)}>
            Refresh
          </button>
        ) : null}
      </fieldset>
      <ErrorNote error={error} />
      <NotInspected jobId={job.job_id} again={`${job.run} ${job.status}`} />
      {look === "figures" ? (
        <QualityFigures job={job} again={state} />
      ) : (
        <>
          <FlagChips counts={data} />
          {look === "photos" ? (
            <ReviewList
              filters={{ job: job.job_id, flag }}
              again={`${looked} ${job.run} ${job.status}`}
              onDecided={take}
            />
          ) : (
            <FlaggedShares job={job} flag={flag} again={`${decided} ${state}`} />
          )}
        </>
      )}
    </section>
  );
}
