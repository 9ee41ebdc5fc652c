/**
 * What a match means: whether it is said at all, how strongly, and why it matters. Looks at stores and times only, never at
 * pixels; the same facts always give the same words.
 */
import type { ReuseKind } from "../domain/findings.ts";
import type { ViewName } from "./views.ts";
import { instantOf, type WallTime } from "./wall-time.ts";

/** `strong`: should not happen by accident. `likely`: look at it. `note`: harmless as a rule, sent twice. */
export type Weight = "strong" | "likely" | "note";

export type Reuse = { readonly kind: ReuseKind; readonly score: number; readonly weight: Weight; readonly why: string };

/** Where a photo was submitted. `visit` tells visits apart, across jobs too. */
export type Sighting = {
  readonly storeId: string;
  readonly visit: string;
  /** `YYYY-MM-DD`, null where the visit's time could not be read. */
  readonly day: string | null;
  readonly taken: WallTime | null;
};

/** Which scores count. Two shots of one untouched shelf reach 0.95 and more: the same store asks for a better match than another. */
export type ReuseRules = { readonly otherStore: number; readonly sameStore: number };

export const USUAL_RULES: ReuseRules = { otherStore: 0.95, sameStore: 0.985 };

/** Seconds between two shots of one camera that make them two photos. */
const TWO_SHOTS_SECONDS = 2;

/** Null when the match is no re-use: two shots of one shelf, or too weak a likeness for what is known. */
export function reuseFrom(
  match: { readonly score: number; readonly view: ViewName; readonly sameBytes: boolean },
  later: Sighting,
  earlier: Sighting,
  rules: ReuseRules = USUAL_RULES,
): Reuse | null {
  const isSameStore = later.storeId === earlier.storeId;
  if (!match.sameBytes) {
    if (match.score < (isSameStore ? rules.sameStore : rules.otherStore)) return null;
    // A shelf looks the same a minute later; two clocks that differ say that it is not the same photo.
    if (isSameStore && areTwoShots(later.taken, earlier.taken)) return null;
  }
  const kind = kindOf(match);
  const score = match.sameBytes ? 1 : match.score;
  return { kind, score, ...meaningOf(kind, later, earlier) };
}

function kindOf({ sameBytes, view }: { readonly sameBytes: boolean; readonly view: ViewName }): ReuseKind {
  if (sameBytes) return "same_bytes";
  if (view === "as it is") return "same_picture";
  return view.startsWith("turned") ? "turned" : "mirrored";
}

const WORDS: Readonly<Record<ReuseKind, string>> = {
  same_bytes: "the same file",
  same_picture: "the same picture",
  mirrored: "the same picture, mirrored",
  turned: "the same picture, turned",
};

function meaningOf(
  kind: ReuseKind,
  later: Sighting,
  earlier: Sighting,
): { readonly weight: Weight; readonly why: string } {
  const what = WORDS[kind];
  if (later.visit === earlier.visit) return { weight: "note", why: `${what}, sent twice in one visit` };
  if (later.storeId !== earlier.storeId)
    return { weight: "strong", why: `${what} in another store (${earlier.storeId})` };
  if (later.day !== null && earlier.day !== null && later.day !== earlier.day) {
    return { weight: "strong", why: `${what} in the same store on another day (${earlier.day})` };
  }
  return { weight: "likely", why: `${what} in another visit to the same store` };
}

function areTwoShots(a: WallTime | null, b: WallTime | null): boolean {
  if (!a || !b) return false;
  const first = instantOf(a);
  const second = instantOf(b);
  const apart = first !== null && second !== null ? first - second : a.clockSeconds - b.clockSeconds;
  return Math.abs(apart) >= TWO_SHOTS_SECONDS;
}
