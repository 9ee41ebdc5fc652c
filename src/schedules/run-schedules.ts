/**
 * Makes the jobs of schedules: several runs at once, one a tenant. A run is taken in the ledger under a lease, and noted in the transaction that seals its
 * job, under the token of that lease: so whichever process dies when, a run makes one job at most and takes each photo of a bucket once. What was missed while
 * nothing ran is caught up once. Must never make two jobs of one run.
 */
import { dayIn } from "../domain/zone-offset.ts";
import { firstSentence } from "../intake/problems.ts";
import type { ImageQuota, Intake } from "../intake/submission.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { DueSchedule, ScheduleLedger } from "../ledger/port/schedule-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import { dated } from "./dated.ts";
import { nextRunAfter } from "./next-run.ts";
import { createOpenSource, type SourcePlaces } from "./open-source.ts";

const LOOK_EVERY_MS = 5_000;
/** Of a process that died; one that lives renews it in time, however long its source is. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
/** After the first, second, … attempt that failed; then the run is given up. */
const WAITS_MS = [60_000, 300_000, 900_000, 1_800_000] as const;
/** Runs in hand of one process: a manifest that comes slowly holds nobody up but its own tenant. */
const AT_ONCE = 4;

/** What a tenant's schedules may bring. Each call throws, with a sentence for people, when it is too much now and may not be later. */
export type ScheduleQuota = ImageQuota & {
  /** Asked before the source is opened. */
  assertRoom(): Promise<void>;
  /** For a run that made no job. */
  giveBack(): void;
};

type RunEnd =
  | { readonly kind: "made"; readonly jobId: number }
  | { readonly kind: "nothing new"; readonly error: null }
  /** Nothing that another attempt would mend. */
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "failed"; readonly error: string };

export function startSchedules(deps: {
  readonly ledger: ScheduleLedger;
  readonly intake: Pick<Intake, "submit">;
  readonly places: SourcePlaces;
  /** One a run. */
  readonly quotaOf: (tenant: string) => ScheduleQuota;
  readonly clock: Clock;
  readonly onRun: (run: {
    readonly scheduleId: number;
    readonly jobId: number | null;
    /** Null beside no job: there was nothing new. */
    readonly error: string | null;
  }) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { ledger, clock, onError } = deps;
  const openSource = createOpenSource(deps.places);
  const stopping = new AbortController();
  /** By tenant. */
  const inHand = new Map<string, Promise<void>>();

  async function round(): Promise<void> {
    while (inHand.size < AT_ONCE) {
      const due = await ledger.takeDueSchedule(LEASE_MS, [...inHand.keys()]);
      if (!due) break;
      const over = run(due)
        .catch(onError)
        .finally(() => {
          inHand.delete(due.tenant);
          loop.wake();
        });
      inHand.set(due.tenant, over);
    }
    if ((await ledger.clearRemovedSchedules()).more) loop.wake();
  }

  async function run(due: DueSchedule): Promise<void> {
    const lease = startLoop({
      clock,
      pauseMs: RENEW_EVERY_MS,
      round: () => ledger.holdScheduleRun(due, LEASE_MS),
      onError,
    });
    const begunAt = clock.now();
    const end = await makeJob(due, begunAt).finally(() => lease.stop());
    // Another attempt is at this very run, or its schedule was changed, or this process ends: the lease does, too.
    if (end === null) return;
    if (end.kind === "made") return deps.onRun({ scheduleId: due.id, jobId: end.jobId, error: null });
    const { error } = end;
    const isEnded = await ledger.endScheduleRun(due, { error, ...whatFollows(due, end, begunAt) });
    if (isEnded) deps.onRun({ scheduleId: due.id, jobId: null, error });
  }

  /** From when this attempt began, and not from the run that was due: whatever was missed before is caught up by this one, and what comes while it is in hand is not. */
  function nextDueAt({ cron, timeZone }: DueSchedule, begunAt: number): number {
    return nextRunAfter(cron, timeZone, begunAt) ?? Number.MAX_SAFE_INTEGER;
  }

  /** The next run by its expression; or the same once more, where that comes before the next. */
  function whatFollows(due: DueSchedule, end: RunEnd, begunAt: number) {
    const next = nextDueAt(due, begunAt);
    const waitMs = WAITS_MS[due.attempts - 1];
    const isTriedAgain = end.kind === "failed" && waitMs !== undefined && clock.now() + waitMs < next;
    return isTriedAgain ? { nextDueAt: null, waitMs } : { nextDueAt: next, waitMs: 0 };
  }

  async function makeJob(due: DueSchedule, begunAt: number): Promise<RunEnd | null> {
    const quota = deps.quotaOf(due.tenant);
    let isMade = false;
    try {
      const end = await submit(due, begunAt, quota).catch((error: unknown): RunEnd | null => {
        if (error instanceof LedgerUnavailable) throw error;
        if (stopping.signal.aborted) return null;
        return { kind: "failed", error: sentenceOf(error) };
      });
      isMade = end?.kind === "made";
      return end;
    } finally {
      if (!isMade) quota.giveBack();
    }
  }

  async function submit(due: DueSchedule, begunAt: number, quota: ScheduleQuota): Promise<RunEnd | null> {
    await quota.assertRoom();
    const { tenant, id, token, dueAt } = due;
    const day = dayIn(due.timeZone, dueAt);
    const newKeys = (digests: readonly string[]) => ledger.noteNewKeys(due, digests);
    const { format, bytes, hasNothingNew } = await openSource(due, { day, signal: stopping.signal, newKeys });
    const run = () => ({ id, token, dueAt, nextDueAt: nextDueAt(due, begunAt) });
    const submission = await deps.intake.submit({ tenant, format, bytes, options: optionsOf(due, day), quota, run });
    switch (submission.kind) {
      case "accepted":
        return { kind: "made", jobId: submission.jobId };
      case "refused":
        if (hasNothingNew()) return { kind: "nothing new", error: null };
        return { kind: "refused", error: firstSentence(submission.problems, submission.total) };
      case "superseded":
        return null;
      case "added":
      case "closed":
        throw new Error("a schedule makes a job of its own, it adds to none");
    }
  }

  const loop = startLoop({ clock, pauseMs: LOOK_EVERY_MS, round, onError });
  return {
    wake: loop.wake,
    /** What is in hand ends without its job: it is made by the next process. */
    async stop() {
      stopping.abort(new Error("the process ends"));
      await loop.stop();
      await Promise.all(inHand.values());
    },
  };
}

/** Of a run's job. A schedule that is not kept yet has no number. */
export function optionsOf(
  { id, options }: { readonly id: number | null } & Pick<DueSchedule, "options">,
  day: string,
): Readonly<Record<string, unknown>> {
  const { external_id: externalId = `schedule-${id ?? "new"}-{date}` } = options;
  return { ...options, external_id: dated(String(externalId), day) };
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
