/** What the service says of photos that cannot be trusted, and what people decided about them. */

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

export const STATES = ["open", "accepted", "dismissed"] as const;
export type ReviewState = (typeof STATES)[number];
export type Verdict = Exclude<ReviewState, "open">;

export type Weight = "strong" | "likely" | "note";

/** Nine numbers, rows from the top: a point of the later photo to that of the earlier, both in shares of their sides. */
export type LayOver = readonly [number, number, number, number, number, number, number, number, number];

type Place = { readonly store_name: string | null; readonly area: string | null };

export type SimilarPhoto = Place & {
  readonly image_url: string;
  readonly job_id: number;
  readonly image: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly kind: ReuseKind;
  readonly score: number;
  readonly why: string;
  readonly thumbnail_url: string | null;
  readonly lay_over: LayOver | null;
};

export type EarlierPhoto = SimilarPhoto & { readonly weight: Weight };

export type Evidence = {
  readonly flag: PhotoFlag;
  readonly why: string;
  readonly measure: string | null;
  readonly figure: number | null;
  readonly threshold: number | null;
  readonly weight: Weight;
};

export type Decision = {
  readonly state: Verdict;
  readonly note: string | null;
  readonly by: string | null;
  readonly at: string;
};

export type FlaggedPhoto = Place & {
  readonly job_id: number;
  readonly image: number;
  readonly visit: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly agent: string | null;
  readonly visit_external_id: string | null;
  readonly image_url: string;
  readonly thumbnail_url: string | null;
  readonly flags: readonly PhotoFlag[];
  readonly evidence: readonly Evidence[];
  readonly reuse_of: readonly EarlierPhoto[];
  readonly not_inspected: string | null;
  readonly decision: Decision | null;
};

/** With what became of it, oldest first. */
export type FlaggedInFull = FlaggedPhoto & {
  readonly history: readonly (Pick<Decision, "note" | "by" | "at"> & {
    readonly state: ReviewState;
    readonly why: "decided" | "undone" | "new_evidence";
  })[];
};

export type ReviewCounts = {
  readonly images: number;
  readonly complete: boolean;
  readonly states: Readonly<Record<ReviewState, number>>;
  readonly flags: Readonly<Record<PhotoFlag, number>>;
};

export type Decided = {
  readonly changed: number;
  readonly unchanged: number;
  readonly not_found: readonly PhotoName[];
};

/** What names one photo in all jobs. */
export type PhotoName = { readonly job_id: number; readonly image: number };

type Share = { readonly visits: number; readonly flagged_visits: number; readonly share: number };
export type StoreShare = Share & Place & { readonly store_id: string };
export type AreaShare = Share & { readonly area: string };
export type Shares<Row> = Share & { readonly data: readonly Row[]; readonly more: number };

export type QualityFigure = {
  readonly figure: string;
  readonly flag: PhotoFlag;
  readonly option: string;
  readonly flagged_when: "below" | "above";
  readonly threshold: number;
  readonly least: number | null;
  readonly most: number | null;
  readonly images: number;
  readonly flagged: number;
  readonly bins: readonly { readonly from: number; readonly to: number; readonly images: number }[];
};
export type JobQuality = {
  readonly images: number;
  readonly looked_at: number;
  readonly not_inspected: {
    readonly images: number;
    readonly causes: readonly { readonly why: string; readonly images: number }[];
  };
  readonly figures: readonly QualityFigure[];
};

export type ReuseRule = { readonly weight: Weight | "off"; readonly least_score: number };
export type TruthSettings = {
  readonly reuse: Readonly<Record<"other_store" | "other_day" | "same_day" | "same_visit", ReuseRule>>;
  readonly quality: Readonly<Record<string, number>>;
  readonly time_tolerance_h: number;
  readonly place_tolerance_m: number;
  readonly agent_key: string;
  readonly changed_by: string | null;
  readonly changed_at: string | null;
};

/** Matches of a photo that somebody asks about. */
export type Similar = {
  readonly inspected: boolean;
  readonly not_inspected: string | null;
  readonly matches: readonly SimilarPhoto[];
};
