/** Writes pairs of photos, in either database: only those that were not known mark their photo. */
import { REUSE_KINDS } from "../../domain/findings.ts";
import type { ReusedPhoto } from "../port/inspection-ledger.ts";
import { createFlagged } from "./flagged.ts";
import { integer, oneOf } from "./row.ts";
import type { Dialect, Steps } from "./steps.ts";

const COLUMNS = ["job", "image", "earlier_job", "earlier_image"] as const;
const NUMBERS = COLUMNS.map((name, place) => `cast(value ->> ${place} as bigint) as ${name}`).join(", ");

/** In one order, so that two writers of the same pairs never wait for each other in a circle. */
export function createAddReuses(dialect: Dialect): (reuses: readonly ReusedPhoto[]) => Steps<void> {
  const flagged = createFlagged(dialect);
  const ADD = `
    insert into reuses (job, image, earlier_job, earlier_image, kind, score, weight, why, threshold, lay_over)
    select ${NUMBERS}, value ->> 4, cast(value ->> 5 as double precision), value ->> 6, value ->> 7,
           cast(value ->> 8 as double precision), value ->> 9
    from ${dialect.elements("$1")} listed
    where exists (select 1 from jobs where jobs.id = cast(value ->> 0 as bigint))
    order by 1, 2, 3, 4
    on conflict do nothing
    returning job, image, kind`;

  return function* addReuses(reuses) {
    if (reuses.length === 0) return;
    const rows = reuses.map(({ jobId, image, earlier, kind, score, weight, why, threshold, layOver }) => [
      jobId,
      image,
      earlier.jobId,
      earlier.image,
      kind,
      score,
      weight,
      why.toWellFormed(),
      threshold,
      layOver && JSON.stringify(layOver),
    ]);
    // Before it is looked whether they are there: of a job that is removed meanwhile nobody would take the pair away.
    yield* flagged.keepJobs(reuses);
    const added = yield [ADD, [JSON.stringify(rows)]];
    yield* flagged.markReuses(
      added.map((row) => ({
        jobId: integer(row, "job"),
        image: integer(row, "image"),
        kind: oneOf(row, "kind", REUSE_KINDS),
      })),
    );
  };
}
