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

/** Null when the match is no re-use: two shots of one shelf, or too weak a likeness for what is known. */
export function reuseFrom(
  match: { readonly score: number; readonly view: ViewName; readonly sameBytes: boolean },
  later: Sighting,
  earlier: Sighting,
  rules: ReuseRules = USUAL_SETTINGS.reuse,
): Reuse | null {
  const circumstance = circumstanceOf(later, earlier);
  const { weight, leastScore: threshold } = rules[circumstance];
  if (weight === "off") return null;
  if (!match.sameBytes) {
    if (match.score < threshold) return null;
    // A shelf looks the same a minute later; two clocks that differ say that it is not the same photo.
    if (circumstance !== "other_store" && areTwoShots(later.taken, earlier.taken)) return null;
  }
  const kind = kindOf(match);
  const score = match.sameBytes ? 1 : match.score;
  return { kind, score, weight, why: `${KIND_WORDS[kind]}${WHERE[circumstance](earlier)}`, threshold };
}

export function kindOf({ sameBytes, view }: { readonly sameBytes: boolean; readonly view: ViewName }): ReuseKind {
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
