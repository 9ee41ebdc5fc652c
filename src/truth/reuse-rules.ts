/**
 * What a match means: whether it is said at all, how strongly, and why it matters. Looks at stores and times only, never at
 * pixels; the same facts always give the same words.
 */
import type { ReuseKind } from "../domain/findings.ts";
import { type Circumstance, type ReuseRules, USUAL_SETTINGS, type Weight } from "../domain/truth-rules.ts";
import type { ViewName } from "./views.ts";
import { instantOf, type WallTime } from "./wall-time.ts";

/** `threshold` is the likeness that was asked for. */
export type Reuse = {
  readonly kind: ReuseKind;
  readonly score: number;
  readonly weight: Weight;
  readonly why: string;
  readonly threshold: number;
};

/** Where a photo was submitted. `visit` tells visits apart, across jobs too. */
export type Sighting = {
  readonly storeId: string;
  readonly visit: string;
  /** `YYYY-MM-DD`, null where the visit's time could not be read. */
  readonly day: string | null;
  readonly taken: WallTime | null;
};

/** Seconds between two shots of one camera that make them two photos. */
const TWO_SHOTS_SECONDS = 2;

/** What was seen of two photos beside each other. */
export type Evidence = {
  readonly score: number;
  readonly view: ViewName;
  readonly sameBytes: boolean;
  /** A wall of equal packs, which looks the same in another photo too. */
  readonly isWall: boolean;
  /** One of the two was not decoded: its embedded thumbnail was compared. */
  readonly byThumbnail: boolean;
};

/** What two shots of one wall hardly reach, in whatever stores. */
const LEAST_FOR_WALLS = 0.985;

/** Null when the match is no re-use: two shots of one shelf, or too weak a likeness for what is known. */
export function reuseFrom(
  evidence: Evidence,
  later: Sighting,
  earlier: Sighting,
  rules: ReuseRules = USUAL_SETTINGS.reuse,
): Reuse | null {
  const circumstance = circumstanceOf(later, earlier);
  const { weight, leastScore } = rules[circumstance];
  if (weight === "off") return null;
  const kind = kindOf(evidence);
  const what = `${KIND_WORDS[kind]}${WHERE[circumstance](earlier)}`;
  if (evidence.sameBytes) return { kind, score: 1, weight, why: what, threshold: leastScore };
  const { score, isWall, byThumbnail } = evidence;
  const threshold = thresholdFor(leastScore, isWall);
  if (score < threshold) return null;
  // A shelf looks the same a minute later; two clocks that differ say that it is not the same photo.
  if ((isWall || circumstance !== "other_store") && areTwoShots(later.taken, earlier.taken)) return null;
  return {
    kind,
    score,
    weight: isWall && weight === "strong" ? "likely" : weight,
    why: what + doubtsOf({ isWall, byThumbnail }),
    threshold,
  };
}

/** What two photos must reach to be taken for one. */
export function thresholdFor(leastScore: number, isWall: boolean): number {
  return isWall ? Math.max(leastScore, LEAST_FOR_WALLS) : leastScore;
}

/** Why two photos that look alike may be two all the same, to follow what was found. */
export function doubtsOf({ isWall, byThumbnail }: Pick<Evidence, "isWall" | "byThumbnail">): string {
  const wall = isWall ? "; a row of equal packs, which can look so in two photos" : "";
  return byThumbnail ? `${wall}; by an embedded thumbnail, not by the picture itself` : wall;
}

export function kindOf({ sameBytes, view }: Pick<Evidence, "sameBytes" | "view">): ReuseKind {
  if (sameBytes) return "same_bytes";
  if (view === "as it is") return "same_picture";
  return view.startsWith("turned") ? "turned" : "mirrored";
}

export const KIND_WORDS: Readonly<Record<ReuseKind, string>> = {
  same_bytes: "the same file",
  same_picture: "the same picture",
  mirrored: "the same picture, mirrored",
  turned: "the same picture, turned",
};

const WHERE: Readonly<Record<Circumstance, (earlier: Sighting) => string>> = {
  same_visit: () => ", sent twice in one visit",
  other_store: ({ storeId }) => ` in another store (${storeId})`,
  other_day: ({ day }) => ` in the same store on another day (${day})`,
  same_day: () => " in another visit to the same store",
};

function circumstanceOf(later: Sighting, earlier: Sighting): Circumstance {
  if (later.visit === earlier.visit) return "same_visit";
  if (later.storeId !== earlier.storeId) return "other_store";
  return later.day !== null && earlier.day !== null && later.day !== earlier.day ? "other_day" : "same_day";
}

function areTwoShots(a: WallTime | null, b: WallTime | null): boolean {
  if (!a || !b) return false;
  const first = instantOf(a);
  const second = instantOf(b);
  const apart = first !== null && second !== null ? first - second : a.clockSeconds - b.clockSeconds;
  return Math.abs(apart) >= TWO_SHOTS_SECONDS;
}
