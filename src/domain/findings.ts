/** What an inspection found about one photo: flags with their words, never failures. */
import type { Weight } from "./truth-rules.ts";

/** How far a job's photos are inspected: not at all, by what measuring fetched anyway, or by every pixel. */
export const INSPECTION_LEVELS = ["off", "quick", "full"] as const;
export type InspectionLevel = (typeof INSPECTION_LEVELS)[number];

/** Stored by their place: a new one goes to the end. */
export const PHOTO_FLAGS = [
  "reused",
  "blurred",
  "dark",
  "bright",
  "small",
  "wrong_time",
  "wrong_place",
  "edited",
  "screen",
] as const;
export type PhotoFlag = (typeof PHOTO_FLAGS)[number];

/** Stored by their place, too. */
export const REUSE_KINDS = ["same_bytes", "same_picture", "mirrored", "turned"] as const;
export type ReuseKind = (typeof REUSE_KINDS)[number];

/** What people make of a flagged photo: not looked at yet, rightly flagged, or a false alarm. Stored by their place. */
export const REVIEW_STATES = ["open", "accepted", "dismissed"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** An earlier photo that this one shows again. */
export type ReuseOf = {
  readonly imageUrl: string;
  readonly jobId: number;
  readonly image: number;
  readonly storeId: string;
  readonly visitTime: string;
  readonly kind: ReuseKind;
  /** 0 to 1. */
  readonly score: number;
  readonly why: string;
};

/** What can be told of a photo in a figure, as far as it was looked at. */
export const FIGURES = ["sharpness", "smear", "p95", "p5", "shorter_side", "hours_apart", "metres_apart"] as const;
export type FigureName = (typeof FIGURES)[number];
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** `measure`, `figure` and `threshold` are null where the flag rests on no figure. */
export type Finding = {
  readonly flag: Exclude<PhotoFlag, "reused">;
  readonly why: string;
  readonly measure: FigureName | null;
  readonly figure: number | null;
  readonly threshold: number | null;
  readonly weight: Weight;
};

/** Flags of the photo by itself; `reused` is known only beside all others and is added when results are read. */
export type Findings = {
  readonly flags: readonly Finding[];
  readonly figures: Figures;
  /** Why it, or a part of what was asked for, could not be inspected; null when all was. */
  readonly notInspected: string | null;
};
