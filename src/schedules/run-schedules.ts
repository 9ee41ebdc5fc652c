/**
 * Makes the jobs of schedules. A run is taken in the ledger under a lease and submitted under a key of its own, so that whichever process dies
 * when, each run makes one job at most. What was missed while nothing ran is caught up once; must never make two jobs of one run.
 */
import { randomUUID } from "node:crypto";
import { firstSentence } from "../intake/problems.ts";
import type { Intake, SubmissionFormat } from "../intake/submit-job.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { RequestLedger } from "../ledger/port/request-ledger.ts";
import type { DueSchedule, ScheduleLedger } from "../ledger/port/schedule-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import { dayIn, nextRunAfter } from "./next-run.ts";

const LOOK_EVERY_MS = 5_000;
/** A manifest must have come, and its job be sealed, before others may take the run. */
const RUN_MS = 9 * 60_000;
const LEASE_MS = 10 * 60_000;
/** After the first, second, … attempt that failed; then the run is given up. */
const WAITS_MS = [60_000, 300_000, 900_000, 1_800_000] as const;
const FORMATS: readonly SubmissionFormat[] = ["json", "ndjson", "csv", "xlsx"];

/** The bytes of a manifest. Rejects with a sentence for people when it cannot be had. */
export type FetchManifest = (url: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

type RunEnd =
  | { readonly kind: "made"; readonly jobId: number }
  /** Nothing that another attempt would mend. */
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "failed"; readonly error: string };

export function startSchedules(deps: {
  readonly ledger: ScheduleLedger & RequestLedger;
  readonly intake: Pick<Intake, "submit">;
  readonly fetchManifest: FetchManifest;
  readonly clock: Clock;
  readonly onRun: (run: {
    readonly scheduleId: number;
    readonly jobId: number | null;
    readonly error: string | null;
  }) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { ledger, clock } = deps;

  async function round(): Promise<void> {
    for (;;) {
      const due = await ledger.takeDueSchedule(LEASE_MS);
      if (!due) return;
      const end = await makeJob(due);
      // Another process is at this very run: its lease here ends by itself.
      if (end === null) continue;
      const jobId = end.kind === "made" ? end.jobId : null;
      const error = end.kind === "made" ? null : end.error;
      if (await ledger.endScheduleRun(due, { jobId, error, ...whatFollows(due, end) })) {
        deps.onRun({ scheduleId: due.id, jobId, error });
      }
    }
  }

  /** The next run by its expression; or the same once more, where that comes before the next. */
  function whatFollows({ cron, timeZone, attempts }: DueSchedule, end: RunEnd) {
    // From now on, and not from the run that was due: whatever was missed in between is caught up by this one.
    const nextDueAt = nextRunAfter(cron, timeZone, clock.now()) ?? Number.MAX_SAFE_INTEGER;
    const waitMs = WAITS_MS[attempts - 1];
    const isTriedAgain = end.kind === "failed" && waitMs !== undefined && clock.now() + waitMs < nextDueAt;
    return isTriedAgain ? { nextDueAt: null, waitMs } : { nextDueAt, waitMs: 0 };
  }

  async function makeJob(due: DueSchedule): Promise<RunEnd | null> {
    const held = { key: `${due.tenant} schedule/${due.id}/${due.dueAt}`, holder: randomUUID() };
    const state = await ledger.beginRequest(held, LEASE_MS);
    if (state.kind === "done") return { kind: "made", jobId: state.jobId };
    if (state.kind === "running") return null;
    const end = await submit(due, held).catch((error: unknown): RunEnd => {
      if (error instanceof LedgerUnavailable) throw error;
      return { kind: "failed", error: sentenceOf(error) };
    });
    if (end?.kind !== "made") await ledger.dropRequest(held);
    return end;
  }

  async function submit(
    due: DueSchedule,
    held: { readonly key: string; readonly holder: string },
  ): Promise<RunEnd | null> {
    const day = dayIn(due.timeZone, due.dueAt);
    const signal = AbortSignal.timeout(RUN_MS);
    const bytes =
      due.source.kind === "url"
        ? await deps.fetchManifest(dated(due.source.url, day), signal)
        : textBytes(dated(due.source.text, day));
    const submission = await deps.intake.submit(
      {
        tenant: due.tenant,
        format: FORMATS.find((format) => format === due.format) ?? "csv",
        bytes,
        options: optionsOf(due, day),
      },
      { ...held, fingerprint: () => `schedule ${due.id} at ${due.dueAt}` },
    );
    switch (submission.kind) {
      case "accepted":
        return { kind: "made", jobId: submission.jobId };
      case "refused":
        return { kind: "refused", error: firstSentence(submission.problems, submission.total) };
      case "superseded":
        return null;
      case "added":
      case "closed":
        throw new Error("a schedule makes a job of its own, it adds to none");
    }
  }

  return startLoop({ clock, pauseMs: LOOK_EVERY_MS, round, onError: deps.onError });
}

/** The day of a run in its time zone stands for {date} in a URL, a saved manifest and the job's own name. */
const dated = (text: string, day: string): string => text.replaceAll("{date}", day);

function optionsOf({ id, options }: DueSchedule, day: string): Readonly<Record<string, unknown>> {
  const { external_id: externalId = `schedule-${id}-{date}` } = options;
  return { ...options, external_id: dated(String(externalId), day) };
}

async function* textBytes(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
