/** What a schedule would submit if it ran now, and when it runs next. Reads its source as a run does, and keeps nothing: no job, no key of a bucket. */
import { dayIn } from "../domain/zone-offset.ts";
import type { ListingSoFar } from "../intake/listing.ts";
import { firstSentence } from "../intake/problems.ts";
import type { Check, Intake } from "../intake/submission.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { NewSchedule, ScheduleLedger } from "../ledger/port/schedule-ledger.ts";
import { nextRunAfter } from "./next-run.ts";
import { createOpenSource, type SourcePlaces } from "./open-source.ts";
import { optionsOf, sentenceOf } from "./run-schedules.ts";

const MOST_TIMES = 5;

/** `id` is null for one that is not kept yet. */
export type TriedSchedule = NewSchedule & { readonly id: number | null };

export type ScheduleTrial = {
  /** The day that stands for {date}. */
  readonly day: string;
  /** What would become of the run. */
  readonly outcome: "made" | "nothing_new" | "failed";
  readonly error: string | null;
  /** Null where the source could not be had. */
  readonly check: Check | null;
  /** Of a bucket, as far as it was read. */
  readonly listing: ListingSoFar | null;
};

/** Rejects where the ledger cannot be reached, or when `signal` says that nobody waits any more. */
export type TrySchedule = (schedule: TriedSchedule, signal: AbortSignal) => Promise<ScheduleTrial>;

export function createTrySchedule(deps: {
  readonly ledger: Pick<ScheduleLedger, "readNewKeys">;
  readonly intake: Pick<Intake, "check">;
  readonly places: SourcePlaces;
  readonly now: () => number;
}): TrySchedule {
  const { ledger, intake } = deps;
  const openSource = createOpenSource(deps.places);

  return async (schedule, signal) => {
    const { id, tenant, timeZone } = schedule;
    const day = dayIn(timeZone, deps.now());
    const newKeys = async (digests: readonly string[]) =>
      id === null ? digests : await ledger.readNewKeys(id, digests);
    const failed = (error: unknown): ScheduleTrial => {
      if (error instanceof LedgerUnavailable || signal.aborted) throw error;
      return { day, outcome: "failed", error: sentenceOf(error), check: null, listing: null };
    };
    try {
      const { format, bytes, hasNothingNew, listing } = await openSource(schedule, { day, signal, newKeys });
      const check = await intake.check({ tenant, format, bytes, options: optionsOf(schedule, day) });
      const seen = { day, check, listing: listing() };
      if (hasNothingNew()) return { ...seen, outcome: "nothing_new", error: null };
      if (check.total === 0) return { ...seen, outcome: "made", error: null };
      return { ...seen, outcome: "failed", error: firstSentence(check.problems, check.total) };
    } catch (error) {
      return failed(error);
    }
  };
}

/** The next times by an expression, the first few; a run that is due earlier, as after an attempt that failed, comes first. */
export function timesOf({ cron, timeZone }: Pick<NewSchedule, "cron" | "timeZone">, first: number): readonly number[] {
  const times = [first];
  while (times.length < MOST_TIMES) {
    const next = nextRunAfter(cron, timeZone, times.at(-1) ?? first);
    if (next === null) break;
    times.push(next);
  }
  return times;
}
