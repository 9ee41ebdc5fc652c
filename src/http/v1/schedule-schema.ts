/** A schedule as the API shows it, and its source as it is asked for and as it is kept. */
import { type Static, Type } from "typebox";
import type { Warning } from "../../intake/warning.ts";
import type { Schedule as KeptSchedule, ScheduleRun, ScheduleSource } from "../../ledger/port/schedule-ledger.ts";
import type { ScheduleTrial } from "../../schedules/try-schedule.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, JobId, OrNull } from "../schemas.ts";
import { ListedKeys, listingView } from "./bucket-listing.ts";
import { BucketSource, readBucketSource } from "./bucket-source.ts";
import { instant } from "./job-schema.ts";
import { SubmissionOptions } from "./submission-options.ts";
import { DryRun, dryRunView } from "./submission-schema.ts";

const MOST_TEXT = 60_000;
export const TOO_LONG = `a manifest that is kept as a text may have ${MOST_TEXT} characters; keep a larger one as a file, or put it at a URL`;
export const FORMATS = ["json", "ndjson", "csv", "xlsx"] as const;
export type Format = (typeof FORMATS)[number];

export const ScheduleId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Name = Type.String({ minLength: 1, maxLength: 128, description: "For people" });
export const CronText = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "Minute, hour, day of the month, month, day of the week: 0 6 * * 1 is every Monday at six",
});
export const TimeZone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "By whose clock: Asia/Kolkata",
});

const ManifestUrl = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 8_192, pattern: "^https?://" }) },
  {
    title: "ManifestUrl",
    description: "Fetched at each run; {date} stands for the run's day",
    additionalProperties: false,
  },
);
const SavedManifest = Type.Object(
  { text: Type.String({ minLength: 1, description: `Up to ${MOST_TEXT} characters` }) },
  {
    title: "SavedManifest",
    description: "The manifest itself; {date} stands for the run's day",
    additionalProperties: false,
  },
);
const KeptFile = Type.Object(
  {
    file: Type.String({ maxLength: 128, description: "As POST /api/v1/schedules/files answered it" }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "The file's name, for people" })),
  },
  {
    title: "KeptFile",
    description: "Kept while a schedule names it; {date} in it stands for the run's day, but in a workbook",
    additionalProperties: false,
  },
);
const ScheduleBucket = Type.Object(
  {
    from: { ...BucketSource.properties.from, description: "As of BucketSource" },
    visits: { ...BucketSource.properties.visits, description: "As of BucketSource" },
    take: Type.Optional(
      Type.Enum(["new", "all"], {
        default: "new",
        description: "new: photos that no run took before; all: whatever is there",
      }),
    ),
  },
  {
    title: "ScheduleBucket",
    description: "Listed at each run; {date} in `from` stands for the run's day",
    additionalProperties: false,
  },
);
export const Source = Type.Union([ManifestUrl, SavedManifest, KeptFile, ScheduleBucket], {
  title: "ScheduleSource",
  description: "Where the visits come from",
  "x-wanted": "one of the four: an http or https url, a text, a file that is kept, or from and visits of a bucket",
});
export const ManifestFormat = Type.Enum([...FORMATS], {
  description: "Of the manifest; by its ending if not given, else CSV",
});
const { dry_run: _, ...optionFields } = SubmissionOptions.properties;
export const Options = Type.Object(optionFields, {
  title: "ScheduleOptions",
  description: "Of its jobs, as of a submission; {date} in external_id stands for the run's day",
  additionalProperties: false,
});

const Run = Type.Object(
  {
    due_at: Instant,
    ended_at: Instant,
    outcome: Type.Enum(["made", "nothing_new", "failed"]),
    job_id: OrNull(JobId, "Null when none was made"),
    error: OrNull(Type.String(), "Why it failed"),
  },
  { title: "ScheduleRun", description: "What became of a run" },
);
export const Schedule = Type.Object(
  {
    id: ScheduleId,
    name: Name,
    cron: CronText,
    time_zone: TimeZone,
    source: Source,
    format: OrNull(Type.Enum([...FORMATS]), "Null for a bucket"),
    options: Options,
    enabled: Type.Boolean(),
    next_run_at: OrNull(Instant, "Null while it is off"),
    created_at: Instant,
    runs: Type.Array(Run, { description: "The last twenty, the latest first" }),
  },
  { title: "Schedule", description: "A job that repeats" },
);

export const DryRunQuery = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Boolean({
        description: "true: answers 200; nothing is kept",
      }),
    ),
  },
  { additionalProperties: false },
);
export const ScheduleDryRun = Type.Object(
  {
    day: Type.String({ format: "date", description: "Stands for {date}" }),
    outcome: { ...Run.properties.outcome, description: "Of a run now" },
    error: OrNull(Type.String(), "Why it would fail"),
    next_runs: Type.Array(Instant, { description: "The next five; none while it is off" }),
    check: OrNull(DryRun, "Null where its source cannot be had"),
    listing: OrNull(ListedKeys, "Of a bucket"),
    wanted: OrNull(Type.Integer({ minimum: 0 }), "Of a bucket: photos that the run would take"),
  },
  { title: "ScheduleDryRun", description: "What a schedule would submit now, and when it runs" },
);

export function trialView(
  { day, outcome, error, check, listing }: ScheduleTrial,
  nextRuns: readonly number[],
  foreseen: readonly Warning[],
): Static<typeof ScheduleDryRun> {
  return {
    day,
    outcome,
    error,
    next_runs: nextRuns.map(instant),
    check: check && dryRunView(check, foreseen),
    listing: listing && listingView(listing),
    wanted: listing?.wanted ?? null,
  };
}

/** Throws with all that is wrong with it. */
export function sourceFrom(source: Static<typeof Source>): ScheduleSource {
  if ("url" in source) return { kind: "url", url: source.url };
  if ("file" in source) return { kind: "file", file: source.file, name: source.name ?? null };
  if ("from" in source) {
    const { take = "new", ...place } = source;
    readBucketSource(place, "/source");
    return { kind: "bucket", ...place, take };
  }
  // Not in the schema: of a choice it can only say that none fits.
  if (source.text.length > MOST_TEXT) {
    const detail = `${TOO_LONG}, got ${source.text.length}`;
    throw new ApiError("invalid_body", detail, { problems: [{ pointer: "/source/text", code: "too_long", detail }] });
  }
  return { kind: "text", text: source.text };
}

/** By how it is called, or how it begins. */
export function formatOf(source: ScheduleSource): Format {
  switch (source.kind) {
    case "url":
      return byEnding(URL.parse(source.url)?.pathname ?? "");
    case "file":
      return byEnding(source.name ?? "");
    case "text":
      return /^\s*\{/.test(source.text) ? "json" : "csv";
    case "bucket":
      return "ndjson";
  }
}

const byEnding = (name: string): Format => FORMATS.find((format) => name.toLowerCase().endsWith(`.${format}`)) ?? "csv";

function sourceView(source: ScheduleSource): Static<typeof Source> {
  switch (source.kind) {
    case "url":
      return { url: source.url };
    case "text":
      return { text: source.text };
    case "file":
      return { file: source.file, ...(source.name === null ? {} : { name: source.name }) };
    case "bucket":
      return { from: source.from, visits: source.visits, take: source.take };
  }
}

export function scheduleView(schedule: KeptSchedule): Static<typeof Schedule> {
  const { source } = schedule;
  return {
    id: schedule.id,
    name: schedule.name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    source: sourceView(source),
    format: source.kind === "bucket" ? null : (FORMATS.find((format) => format === schedule.format) ?? "csv"),
    options: { ...schedule.options },
    enabled: schedule.enabled,
    next_run_at: schedule.enabled ? instant(schedule.nextAt) : null,
    created_at: instant(schedule.createdAt),
    runs: schedule.runs.map(runView),
  };
}

function runView({ dueAt, endedAt, jobId, error }: ScheduleRun): Static<typeof Run> {
  const outcome = jobId !== null ? "made" : error === null ? "nothing_new" : "failed";
  return { due_at: instant(dueAt), ended_at: instant(endedAt), outcome, job_id: jobId, error };
}
