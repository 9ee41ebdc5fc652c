/** Photos of all jobs that cannot be trusted, for somebody who looks at them and decides. The filters stand in the page's address. */
import { useState } from "preact/hooks";
import type { ReviewCounts } from "../../../sdk/src/api-types.ts";
import { ChoiceFilter, DateFilter, TextFilter } from "../parts/filter.tsx";
import { FoldedFilters } from "../parts/folded-filters.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { location, setQuery } from "../router.ts";
import { withQuery } from "../service/call.ts";
import { changes } from "../service/live.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { FlagChips, StateChips, stateAsked } from "../truth/flag-chips.tsx";
import { NotInspected } from "../truth/not-inspected.tsx";
import { ReviewList } from "../truth/review-list.tsx";
import { SeenBefore } from "../truth/seen-before.tsx";

const KINDS = [
  ["same_bytes", "same bytes"],
  ["same_picture", "same picture"],
  ["mirrored", "mirrored"],
  ["turned", "turned"],
] as const;
const FIELDS = ["kind", "store_id", "area", "agent", "from", "to"];

export function ReviewPage() {
  const { query } = location.value;
  const [decided, setDecided] = useState(0);
  const [looked, setLooked] = useState(0);
  const parameters = Object.fromEntries([...FIELDS, "job"].map((name) => [name, query.get(name) ?? ""]));
  const flag = query.get("flag") ?? "";
  const state = stateAsked() === "all" ? "" : stateAsked();
  const again = `${decided} ${looked} ${changes.value}`;
  // Each row of chips counts under all filters but its own.
  const byFlag = useAnswer<ReviewCounts>(withQuery("/api/v1/reviews/counts", { ...parameters, state }), { again });
  const byState = useAnswer<ReviewCounts>(withQuery("/api/v1/reviews/counts", { ...parameters, flag }), { again });
  return (
    <>
      <div class="head">
        <h1>Review</h1>
        <span class="buttons">
          {/* The list stands still under whoever looks at it, however many more come meanwhile. */}
          <button type="button" onClick={() => setLooked(looked + 1)}>
            Refresh
          </button>
          <Link href="/review/rules" class="button">
            Rules
          </Link>
        </span>
      </div>
      <p class="quiet lead">
        Accept a flag where the photo is not to be trusted, dismiss it where it is a false alarm. A photo keeps its
        measure either way.
      </p>
      {parameters.job ? (
        <p>
          Only photos of <Link href={`/jobs/${parameters.job}`}>job {parameters.job}</Link>.{" "}
          <button type="button" class="link" onClick={() => setQuery({ job: "" })}>
            Show those of all jobs
          </button>
        </p>
      ) : null}
      <StateChips counts={byState.data} />
      <FlagChips counts={byFlag.data} />
      <FoldedFilters label="Filters" names={FIELDS}>
        <ChoiceFilter name="kind" label="Kind of re-use" choices={KINDS} all="any" />
        <TextFilter name="store_id" label="Store" />
        <TextFilter name="area" label="Area" />
        <TextFilter name="agent" label="Field agent" />
        <DateFilter name="from" label="Visited from" />
        <DateFilter name="to" label="Visited to" />
      </FoldedFilters>
      {query.get("job") ? <NotInspected jobId={Number(query.get("job"))} again={looked} /> : null}
      <ErrorNote error={byFlag.error ?? byState.error} />
      {byState.data?.complete === false ? (
        <p class="quiet">More photos are flagged than are counted here: the newest 200,000.</p>
      ) : null}
      <ReviewList filters={{ ...parameters, flag, state }} again={looked} onDecided={() => setDecided(decided + 1)} />
      {may("reviews:decide") ? <SeenBefore /> : null}
    </>
  );
}
