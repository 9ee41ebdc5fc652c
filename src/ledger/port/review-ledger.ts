/**
 * The ledger's port for whoever looks at flagged images and decides about them. A decision stays for good: what was found before it stays
 * decided, whatever runs again; evidence that is new opens the image again and leaves the decision in its history.
 */
import type { Findings, PhotoFlag, ReuseKind, ReuseOf, ReviewState } from "../../domain/findings.ts";
import type { Labels } from "../../domain/labels.ts";
import type { TruthSettings, Weight } from "../../domain/truth-rules.ts";

/** What reviews are narrowed to; null for no limit. */
export type ReviewFilter = {
  readonly tenant: string | null;
  readonly jobId: number | null;
  readonly flag: PhotoFlag | null;
  readonly kind: ReuseKind | null;
  readonly state: ReviewState | null;
  readonly storeId: string | null;
  /** Of stores that are in this area now. */
  readonly area: string | null;
  /** Visits whose metadata has this member. */
  readonly agent: { readonly key: string; readonly name: string } | null;
  /** Days of visits, `YYYY-MM-DD`, inclusive. */
  readonly from: string | null;
  readonly to: string | null;
};

export type ImagePlace = { readonly jobId: number; readonly image: number };

/** A point (x, y, 1) of the later photo, in its unit square, times this is the earlier photo's: three rows of three. */
export type LayOver = readonly number[];

export type ReviewedReuse = ReuseOf & {
  readonly weight: Weight;
  /** The likeness that was asked for; null where it was not kept. */
  readonly threshold: number | null;
  readonly layOver: LayOver | null;
  readonly storeName: string | null;
  readonly area: string | null;
  /** Whether it has a measure, and so a thumbnail. */
  readonly isMeasured: boolean;
};

export type Decision = {
  readonly state: Exclude<ReviewState, "open">;
  readonly note: string | null;
  /** The key's id; null where no keys are asked for. */
  readonly by: string | null;
  readonly at: number;
};

export type Review = ImagePlace & {
  readonly tenant: string;
  readonly visit: number;
  readonly storeId: string;
  readonly storeName: string | null;
  readonly area: string | null;
  readonly visitTime: string;
  readonly visitDate: string | null;
  readonly visitLabels: Labels;
  readonly imageUrl: string;
  readonly isMeasured: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly flags: readonly PhotoFlag[];
  readonly findings: Findings | null;
  /** The best match first. Earlier photos whose jobs were removed are left out, though the flag stays. */
  readonly reuseOf: readonly ReviewedReuse[];
  readonly decision: Decision | null;
};

export type ReviewEvent = {
  readonly state: ReviewState;
  readonly why: "decided" | "undone" | "new_evidence";
  readonly note: string | null;
  readonly by: string | null;
  readonly at: number;
};

/** Flagged images by the set of their flags and kinds, and by state. */
export type FlaggedCount = {
  readonly flags: readonly PhotoFlag[];
  readonly kinds: readonly ReuseKind[];
  readonly state: ReviewState;
  readonly images: number;
};

export type StoreShare = {
  readonly storeId: string;
  readonly storeName: string | null;
  readonly area: string | null;
  readonly visits: number;
  readonly flaggedVisits: number;
};

/** What an inspection of an image said in figures, for a distribution, or why it was not possible. */
export type InspectedFigures = Pick<Findings, "figures" | "notInspected"> & {
  readonly width: number | null;
  readonly height: number | null;
};

export type StoredSettings = {
  readonly settings: TruthSettings;
  readonly changedBy: string | null;
  readonly changedAt: number;
};

export type ReviewLedger = {
  /**
   * Flagged images, newest job first, a job's last image first. A page looks at no more than 20,000 flagged images, so it may be short, or
   * empty, and still have a next one. `next` is the `before` of the next page, null when this was the last.
   */
  listReviews(
    filter: ReviewFilter,
    page: { readonly before: ImagePlace | null; readonly limit: number },
  ): Promise<{ readonly reviews: readonly Review[]; readonly next: ImagePlace | null }>;
  /** Null for an image without a flag. */
  readReview(image: ImagePlace): Promise<Review | null>;
  /** What became of a flagged image, oldest first, the latest 200. */
  readReviewHistory(image: ImagePlace): Promise<readonly ReviewEvent[]>;
  /** Of the newest 200,000 flagged images that are meant; `complete` when those are all. */
  countReviews(filter: ReviewFilter): Promise<{ readonly counts: readonly FlaggedCount[]; readonly complete: boolean }>;
  /** Visits of inspected jobs by store, and those of them with a flagged image that nobody dismissed. */
  readShares(filter: Pick<ReviewFilter, "tenant" | "jobId" | "flag" | "from" | "to">): Promise<readonly StoreShare[]>;
  /** Figures of images that an inspection was asked for, in these ranges of image numbers, both ends included. */
  readFigures(
    jobId: number,
    ranges: readonly { readonly first: number; readonly last: number }[],
  ): Promise<readonly InspectedFigures[]>;
  /**
   * Decides about flagged images, or opens them again; what is so already stays as it is, its time and note too unless the note is another.
   * Images of another tenant, and those without a flag, are not found.
   */
  decideReviews(
    images: readonly ImagePlace[],
    decision: {
      readonly state: ReviewState;
      readonly note: string | null;
      readonly by: string | null;
      /** Null for every tenant's. */
      readonly tenant: string | null;
    },
  ): Promise<{ readonly changed: number; readonly unchanged: number; readonly notFound: readonly ImagePlace[] }>;
  /** Null where the tenant set nothing. */
  readTruthSettings(tenant: string): Promise<StoredSettings | null>;
  putTruthSettings(tenant: string, settings: TruthSettings, by: string | null): Promise<StoredSettings>;
};
