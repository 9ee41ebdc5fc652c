/**
 * How long a job stood still since it began: while it was paused, between its runs, and while nobody was there to work on it. What is left of its
 * span is the time in which it went, by which its rate is told. Pieces of statements; columns are those of jobs.
 */

import { ONGOING } from "./alive-jobs.ts";
import { SLOT_MS } from "./sum-changes.ts";

// A process of the version before notes no beginning.
const COUNTED_MS = "still_ms + case when started_at is null then 0 else coalesce(storewalk_now() - still_since, 0) end";
const COUNTED = `still_ms = ${COUNTED_MS}`;

/** From now on, where it went before. */
export const STANDS_STILL = "still_since = storewalk_now()";
export const GOES_ON = `${COUNTED}, still_since = null`;
/** The same for a job that may not have ended, and then goes on as it did. */
export const GOES_ON_IF_ENDED = `
      still_ms = case when finished_at is null then still_ms else ${COUNTED_MS} end,
      still_since = case when finished_at is null then still_since end`;
/** Between its runs it stands still, also where it was paused before. */
export const ENDS = `${COUNTED}, ${STANDS_STILL}`;

/**
 * For whoever comes first, after nobody was there: what runs stood still since an image of its tenant was done, which the overview's throughput
 * knows by the ten seconds.
 */
export const NOBODY_WAS_THERE = `
  update jobs set still_ms = still_ms + storewalk_now() - stood_since
  from (
    select id as stood, case when last_at > started_at then last_at else started_at end as stood_since
    from (
      select id, started_at,
             coalesce((select (max(slot) + 1) * ${SLOT_MS} from throughput where throughput.tenant = jobs.tenant), 0) as last_at
      from jobs where ${ONGOING} and started_at is not null
    ) going
  ) standing
  where id = stood and stood_since < storewalk_now()`;
