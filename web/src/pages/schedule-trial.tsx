/** What a schedule would submit now and when it would run, as the service says it; nothing of it is kept. */
import type { ScheduleDryRun } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { BucketListing } from "./bucket-listing.tsx";
import { CheckResult } from "./submit-check.tsx";

export function ScheduleTrial({ name, trial }: { readonly name: string; readonly trial: ScheduleDryRun }) {
  const { outcome, error, check, listing, wanted, next_runs: next } = trial;
  const taken = listing === null || wanted === null ? 0 : listing.matched - wanted;
  return (
    <div role="status" class="trial">
      <h3>What {name} would submit now</h3>
      {outcome === "failed" && !check ? <p class="note error">{error}</p> : null}
      {outcome === "nothing_new" ? <p class="note good">Nothing: no photo is new, so it would make no job.</p> : null}
      {check ? <CheckResult check={check} /> : null}
      {listing ? <BucketListing listing={listing} /> : null}
      {taken > 0 ? <p class="quiet">{counted(taken, "photo")} more that runs before have taken.</p> : null}
      {next.length === 0 ? null : (
        <p>
          It would run{" "}
          {next.map((at, no) => (
            <span key={at}>
              {no === 0 ? "" : no === next.length - 1 ? " and " : ", "}
              <Instant at={at} />
            </span>
          ))}
          .
        </p>
      )}
    </div>
  );
}
