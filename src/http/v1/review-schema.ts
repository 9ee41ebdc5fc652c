/** A flagged image as the API shows it to those who review it. */
import { type Static, Type } from "typebox";
import { FIGURES } from "../../domain/findings.ts";
import { agentOf } from "../../domain/labels.ts";
import type { ImagePlace, Review, ReviewEvent, ReviewedReuse } from "../../ledger/port/review-ledger.ts";
import { Instant, JobId, OrNull } from "../schemas.ts";
import { instant, labelFields } from "./job-schema.ts";
import { Count, Flag, Kind, State, Weight } from "./truth-schema.ts";

const Text = Type.String();
const Matrix = Type.Array(Type.Number(), { minItems: 9, maxItems: 9 });
const ThumbnailUrl = OrNull(Text, "A small picture; null for an image without a measure");

/** What an earlier photo shows of itself beside a later one. */
export const earlierFields = {
  image_url: Text,
  job_id: JobId,
  image: Count,
  store_id: Text,
  store_name: OrNull(Text, "Null when the store master does not have it"),
  area: OrNull(Text, "Null when the store master does not have it"),
  visit_time: Text,
  kind: Kind,
  score: Type.Number({ minimum: -1, maximum: 1, description: "How alike, 1 at most" }),
  why: Text,
  thumbnail_url: ThumbnailUrl,
  lay_over: OrNull(
    Matrix,
    "3 × 3, row by row: a point (x, y, 1) of this photo, upright and in its unit square, times this is the earlier photo's. Null when it is not known",
  ),
};

const Evidence = Type.Object(
  {
    flag: Flag,
    why: Text,
    measure: OrNull(Type.Enum([...FIGURES, "likeness"]), "What the figure is of; null for a flag without one"),
    figure: OrNull(Type.Number(), "What was found"),
    threshold: OrNull(Type.Number(), "What was allowed, or asked for"),
    weight: Weight,
  },
  { title: "Evidence" },
);

const Decision = Type.Object(
  {
    state: Type.Enum(["accepted", "dismissed"]),
    note: OrNull(Text, "What was said about it"),
    by: OrNull(Text, "The key that decided; null where no keys are asked for"),
    at: Instant,
  },
  { title: "Decision" },
);

const Reuse = Type.Object({ ...earlierFields, weight: Weight }, { title: "ReviewedReuse" });

export const ReviewItem = Type.Object(
  {
    job_id: JobId,
    image: Count,
    visit: Count,
    store_id: Text,
    store_name: earlierFields.store_name,
    area: earlierFields.area,
    visit_time: Text,
    visit_date: OrNull(Text, "Null when the time could not be read"),
    agent: OrNull(Text, "The field agent, as the visit's metadata name them"),
    visit_metadata: labelFields.metadata,
    visit_external_id: labelFields.external_id,
    image_url: Text,
    thumbnail_url: ThumbnailUrl,
    width: OrNull(Count, "Null when it is not known"),
    height: OrNull(Count, "Null when it is not known"),
    flags: Type.Array(Flag),
    evidence: Type.Array(Evidence, { description: "Each flag in words, and in a figure where it rests on one" }),
    reuse_of: Type.Array(Reuse, {
      description: "Earlier photos that show the same, the best match first; those of removed jobs are left out",
    }),
    not_inspected: OrNull(Text, "Why not all of it could be inspected"),
    state: State,
    decision: OrNull(Decision, "Null while nobody decided, or since evidence came that is new"),
  },
  { title: "Review", description: "A flagged image" },
);

export const ReviewWithHistory = Type.Object(
  {
    ...ReviewItem.properties,
    history: Type.Array(
      Type.Object(
        {
          state: State,
          why: Type.Enum(["decided", "undone", "new_evidence"]),
          note: Decision.properties.note,
          by: Decision.properties.by,
          at: Instant,
        },
        { title: "ReviewEvent" },
      ),
      { description: "What became of it, oldest first" },
    ),
  },
  { title: "ReviewWithHistory", description: "A flagged image and what became of it" },
);

export const thumbnailUrl = ({ jobId, image, isMeasured }: ImagePlace & { readonly isMeasured: boolean }) =>
  isMeasured ? `/api/v1/jobs/${jobId}/images/${image}/thumbnail` : null;

/** `agentKey` is that of the image's tenant. */
export function reviewView(review: Review, agentKey: string): Static<typeof ReviewItem> {
  const { metadata } = review.visitLabels;
  return {
    job_id: review.jobId,
    image: review.image,
    visit: review.visit,
    store_id: review.storeId,
    store_name: review.storeName,
    area: review.area,
    visit_time: review.visitTime,
    visit_date: review.visitDate,
    agent: agentOf(review.visitLabels, agentKey),
    visit_metadata: { ...metadata },
    visit_external_id: review.visitLabels.externalId,
    image_url: review.imageUrl,
    thumbnail_url: thumbnailUrl(review),
    width: review.width,
    height: review.height,
    flags: [...review.flags],
    evidence: evidenceOf(review),
    reuse_of: review.reuseOf.map((reuse) => ({ ...earlierView(reuse), weight: reuse.weight })),
    not_inspected: review.findings?.notInspected ?? null,
    state: review.decision?.state ?? "open",
    decision: review.decision && { ...review.decision, at: instant(review.decision.at) },
  };
}

export function reviewEventView({ at, ...event }: ReviewEvent) {
  return { ...event, at: instant(at) };
}

export function earlierView(reuse: Omit<ReviewedReuse, "weight" | "threshold">) {
  return {
    image_url: reuse.imageUrl,
    job_id: reuse.jobId,
    image: reuse.image,
    store_id: reuse.storeId,
    store_name: reuse.storeName,
    area: reuse.area,
    visit_time: reuse.visitTime,
    kind: reuse.kind,
    score: rounded(reuse.score),
    why: reuse.why,
    thumbnail_url: thumbnailUrl(reuse),
    lay_over: reuse.layOver && [...reuse.layOver],
  };
}

function evidenceOf({ findings, reuseOf, flags }: Review): Static<typeof Evidence>[] {
  const reused: Static<typeof Evidence>[] = reuseOf.map(({ why, score, threshold, weight }) => ({
    flag: "reused",
    why,
    measure: "likeness",
    figure: rounded(score),
    threshold,
    weight,
  }));
  if (reused.length === 0 && flags.includes("reused")) reused.push(GONE);
  return [...reused, ...(findings?.flags.map((finding) => ({ ...finding })) ?? [])];
}

const GONE: Static<typeof Evidence> = {
  flag: "reused",
  why: "an earlier photo showed the same; its job was removed since",
  measure: null,
  figure: null,
  threshold: null,
  weight: "likely",
};

const rounded = (score: number) => Math.round(score * 1000) / 1000;
