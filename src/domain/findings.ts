/** What an inspection found about one photo: flags with their words, never failures. */

/** How far a job's photos are inspected: not at all, by what measuring fetched anyway, or by every pixel. */
export const INSPECTION_LEVELS = ["off", "quick", "full"] as const;
export type InspectionLevel = (typeof INSPECTION_LEVELS)[number];

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

export const REUSE_KINDS = ["same_bytes", "same_picture", "mirrored", "turned"] as const;
export type ReuseKind = (typeof REUSE_KINDS)[number];

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

/** Flags of the photo by itself; `reused` is known only beside all others and is added when results are read. */
export type Findings = {
  readonly flags: readonly { readonly flag: Exclude<PhotoFlag, "reused">; readonly why: string }[];
  /** Why it could not be inspected, null when it was. */
  readonly notInspected: string | null;
};
