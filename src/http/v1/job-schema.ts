/** A job as the API shows it, everywhere the same. */
import { type Static, Type } from "typebox";
import { INSPECTION_LEVELS } from "../../domain/findings.ts";
import { isTerminal } from "../../domain/job.ts";
import type { Labels } from "../../domain/labels.ts";
import type { JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { RateMeter } from "../rate-meter.ts";
import { CountsByCode, Instant, JobCounts, JobId, JobStatus, OrNull } from "../schemas.ts";
import { WarningFields } from "./submission-schema.ts";
import { FlaggedImages, flaggedView, ThresholdFields } from "./truth-schema.ts";

export const InspectionLevel = Type.Enum([...INSPECTION_LEVELS], { title: "InspectionLevel" });

/** Of one job. */
export const JobPath = Type.Object({ id: JobId });
export const Priority = Type.Integer({ minimum: 0, maximum: 9, description: "0 (last) to 9 (first)" });
export const ExternalId = Type.String({ minLength: 1, maxLength: 128, description: "The client's own name for it" });

/** Echoed wherever the job, visit or image is shown. */
export const labelFields = {
  external_id: OrNull(Type.String(), "The client's own name for it"),
  metadata: Type.Record(Type.String(), Type.String(), { description: "The client's own facts, at most 16" }),
};

export function labelsView({ externalId, metadata }: Labels) {
  return { external_id: externalId, metadata: { ...metadata } };
}

export const Job = Type.Object(
  {
    job_id: JobId,
    ...labelFields,
    callback_url: OrNull(Type.String(), "Told of the job's end"),
    store_master_version: OrNull(
      Type.Integer({ minimum: 1 }),
      "The store master's version when the job was submitted, last added to or retried; null where there was none",
    ),
    run: Type.Integer({ minimum: 1, description: "1, and one more for each retry" }),
    status: {
      ...JobStatus,
      description:
        "ongoing or paused until every image has a result; then completed, failed (at least one image failed) or cancelled",
    },
    outcome: OrNull(
      Type.Enum(["all", "partial", "none"], { title: "JobOutcome" }),
      "How many of its images were measured; null until it is over",
    ),
    priority: Priority,
    counts: JobCounts,
    progress: Type.Number({ minimum: 0, maximum: 1, description: "Share of the images that have a result" }),
    images_per_second: Type.Number({ minimum: 0 }),
    eta_seconds: OrNull(Type.Number({ minimum: 0 }), "Null when the job is over or its rate is not known yet"),
    failures_by_code: CountsByCode,
    inspect: { ...InspectionLevel, description: "How far its photos are inspected" },
    thresholds: OrNull(ThresholdFields, "What inspected photos are judged by; null without an inspection"),
    flagged: FlaggedImages,
    created_at: Instant,
    started_at: OrNull(Instant, "When its first image was begun"),
    finished_at: OrNull(Instant, "When its last image had a result, or it was cancelled"),
  },
  { title: "Job", description: "A job and where it stands" },
);
export type Job = Static<typeof Job>;

/** A job as it answers what was just brought to it. */
export const JobWithWarnings = Type.Object(
  { ...Job.properties, ...WarningFields },
  {
    title: "JobWithWarnings",
    description: "A job and where it stands, with what may go wrong with it or not be meant",
  },
);

export function createJobView(rateMeter: RateMeter): (job: JobSnapshot) => Job {
  return (job) => {
    const done = job.succeeded + job.failed;
    const imagesPerSecond = rateMeter.imagesPerSecond(job);
    const isOver = isTerminal(job.status);
    return {
      job_id: job.jobId,
      ...labelsView(job.labels),
      callback_url: job.callbackUrl,
      store_master_version: job.storeVersion,
      run: job.run,
      status: job.status,
      outcome: isOver ? outcomeOf(job) : null,
      priority: job.priority,
      counts: { visits: job.visits, images: job.images, done, succeeded: job.succeeded, failed: job.failed },
      progress: done / job.images,
      images_per_second: round(imagesPerSecond),
      eta_seconds: isOver || imagesPerSecond <= 0 ? null : round((job.images - done) / imagesPerSecond),
      failures_by_code: job.failuresByCode,
      inspect: job.inspect,
      thresholds: job.rules && { ...job.rules.thresholds },
      flagged: flaggedView(job.flagged),
      created_at: instant(job.createdAt),
      started_at: job.startedAt === null ? null : instant(job.startedAt),
      finished_at: job.finishedAt === null ? null : instant(job.finishedAt),
    };
  };
}

/** `failed` says that an image did; this says whether any did not. */
function outcomeOf({ images, succeeded }: JobSnapshot): "all" | "partial" | "none" {
  if (succeeded === 0) return "none";
  return succeeded === images ? "all" : "partial";
}

export function instant(at: number): string {
  return new Date(at).toISOString();
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
