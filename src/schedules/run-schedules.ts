/**
 * Makes the jobs of schedules: several runs at once, one a tenant. A run is taken in the ledger under a lease and submitted under a key of its own
 * that is kept in the transaction that seals its job, and for as long as there is the job: so whichever process dies when, each run makes one job
 * at most. What was missed while nothing ran is caught up once; must never make two jobs of one run. One gap is left: the key goes with its job, so a
 * run whose process died between seal and end, and whose job was removed for good before another took the run up, makes a second.
 */
import { randomUUID } from "node:crypto";
import { dayIn } from "../domain/zone-offset.ts";
import { firstSentence } from "../intake/problems.ts";
import type { ImageQuota, Intake, SubmissionFormat } from "../intake/submit-job.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { HeldRequest, RequestLedger } from "../ledger/port/request-ledger.ts";
import type { DueSchedule, ScheduleLedger } from "../ledger/port/schedule-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import { nextRunAfter } from "./next-run.ts";

const LOOK_EVERY_MS = 5_000;
/** A manifest must have come, and its job be sealed, before others may take the run. */
const RUN_MS = 9 * 60_000;
const LEASE_MS = 10 * 60_000;
/** After the first, second, … attempt that failed; then the run is given up. */
const WAITS_MS = [60_000, 300_000, 900_000, 1_800_000] as const;
/** Runs in hand of one process: a manifest that comes slowly holds nobody up but its own tenant. */
const AT_ONCE = 4;
/** Longer than any job is kept: the key goes with its job. */
const KEY_KNOWN_MS = 100 * 366 * 86_400_000;
const FORMATS: readonly SubmissionFormat[] = ["json", "ndjson", "csv", "xlsx"];

/** The bytes of a manifest. Rejects with a sentence for people when it cannot be had. */
export type FetchManifest = (url: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** What a tenant's schedules may bring. Each call throws, with a sentence for people, when it is too much now and may not be later. */
export type ScheduleQuota = ImageQuota & {
  /** Asked before the manifest is fetched. */
  assertRoom(): Promise<void>;
  /** For a run that made no job. */
  giveBack(): void;
};

type RunEnd =
  | { readonly kind: "made"; readonly jobId: number }
  /** Nothing that another attempt would mend. */
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "failed"; readonly error: string };

export function startSchedules(deps: {
  readonly ledger: ScheduleLedger & RequestLedger;
  readonly intake: Pick<Intake, "submit">;
  readonly fetchManifest: FetchManifest;
  /** One a run. */
  readonly quotaOf: (tenant: string) => ScheduleQuota;
  readonly clock: Clock;
  readonly onRun: (run: {
    readonly scheduleId: number;
    readonly jobId: number | null;
    readonly error: string | null;
  }) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { ledger, clock } = deps;
  /** By tenant. */
  const inHand = new Map<string, Promise<void>>();

  async function round(): Promise<void> {
    while (inHand.size < AT_ONCE) {
      const due = await ledger.takeDueSchedule(LEASE_MS, [...inHand.keys()]);
      if (!due) return;
      const over = run(due)
        .catch(deps.onError)
        .finally(() => {
          inHand.delete(due.tenant);
          loop.wake();
        });
      inHand.set(due.tenant, over);
    }
  }

  async function run(due: DueSchedule): Promise<void> {
    const end = await makeJob(due);
    // Another process is at this very run: its lease here ends by itself.
    if (end === null) return;
    const jobId = end.kind === "made" ? end.jobId : null;
    const error = end.kind === "made" ? null : end.error;
    const isEnded = await ledger.endScheduleRun(due, { jobId, error, ...whatFollows(due, end) });
    if (isEnded || jobId !== null) deps.onRun({ scheduleId: due.id, jobId, error });
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
    const held = { key: keyOfRun(due), holder: randomUUID() };
    const state = await ledger.beginRequest(held, LEASE_MS);
    if (state.kind === "done") return { kind: "made", jobId: state.jobId };
    if (state.kind === "running") return null;
    const quota = deps.quotaOf(due.tenant);
    let isMade = false;
    try {
      const end = await submit(due, held, quota).catch((error: unknown): RunEnd => {
        if (error instanceof LedgerUnavailable) throw error;
        return { kind: "failed", error: sentenceOf(error) };
      });
      isMade = end?.kind === "made";
      if (!isMade) await ledger.dropRequest(held);
      return end;
    } finally {
      if (!isMade) quota.giveBack();
    }
  }

  async function submit(due: DueSchedule, held: HeldRequest, quota: ScheduleQuota): Promise<RunEnd | null> {
    await quota.assertRoom();
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
        quota,
      },
      { ...held, knownMs: KEY_KNOWN_MS, fingerprint: () => `schedule ${due.id} at ${due.dueAt}` },
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

  const loop = startLoop({ clock, pauseMs: LOOK_EVERY_MS, round, onError: deps.onError });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await Promise.all(inHand.values());
    },
  };
}

/** No client's Idempotency-Key can be the same: a header holds no control character. */
export const keyOfRun = ({ tenant, id, dueAt }: Pick<DueSchedule, "tenant" | "id" | "dueAt">): string =>
  `${tenant} \tschedule/${id}/${dueAt}`;

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
