/** Verifies candidates: lays the later sketch over each earlier one and says how alike they are, and in which view. */
import { align, type Pyramid, pyramidOf, type Rows } from "./align.ts";
import { compare } from "./compare.ts";
import type { Sketch } from "./sketch.ts";
import { type ViewName, viewNamed, viewOf } from "./views.ts";
import { isWall } from "./wall.ts";
import { type Warp, warpBetween } from "./warp.ts";
import type { Window } from "./windows.ts";

/** A window of an earlier photo that looks like a window of the later one in some view. */
export type Guess = {
  readonly earlier: Window;
  readonly later: Window;
  readonly view: ViewName;
  readonly distance: number;
};

export type Match = { readonly score: number; readonly view: ViewName; readonly warp: readonly number[] };

/** Of equal files nothing needs to be compared. */
const SAME_BYTES: Match = { score: 1, view: "as it is", warp: [1, 0, 0, 0, 1, 0, 0, 0] };

const GUESSES_TRIED = 3;
/** Fewer blocks with texture, or less in common, is no ground for a word. */
const LEAST_BLOCKS = 8;
const LEAST_COVER = 0.35;
/** Good enough to stop looking. */
const SURE = 0.985;

/** What is known of a photo that may show the same. */
export type Candidate = {
  readonly hasSameBytes: boolean;
  readonly sketch: Sketch | null;
  readonly guesses: readonly Guess[];
};

/** Null of two photos that do not match. `isWall`: the other photo is a wall of equal packs, which looks the same in another photo too. */
export type Compared = (Match & { readonly isWall: boolean }) | null;

/** What became of each of the photos, in their order; without a sketch of the later one, equal files only. */
export type ComparePhotos = (later: Sketch | null, photos: readonly Candidate[]) => Promise<readonly Compared[]>;

/** The photos that match, each with its match, in their order. */
export async function matchesAmong<Photo extends Candidate>(
  compare: ComparePhotos,
  later: Sketch | null,
  photos: readonly Photo[],
): Promise<readonly { readonly photo: Photo; readonly match: NonNullable<Compared> }[]> {
  const compared = await compare(later, photos);
  return photos.flatMap((photo, i) => {
    const match = compared[i];
    return match ? [{ photo, match }] : [];
  });
}

/** What `ComparePhotos` promises, at once. Milliseconds of work for each photo that is alike: not for a thread that others wait for. */
export function comparePhotos(later: Sketch | null, photos: readonly Candidate[]): readonly Compared[] {
  const likeness = later && createMatcher(later);
  return photos.map(({ hasSameBytes, sketch, guesses }) => {
    if (hasSameBytes) return { ...SAME_BYTES, isWall: false };
    const match = sketch && likeness?.(sketch, guesses);
    return match && sketch ? { ...match, isWall: isWall(sketch) } : null;
  });
}

const UNMOVED = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0);
const ALL_ROWS: Rows = { from: 0, to: 1 };

/** How alike two sketches are as they lie: what aligning them may only raise. Null where too little is there to compare. */
export function likenessUnmoved(earlier: Sketch, later: Sketch): number | null {
  const { score, cover, blocks } = compare(pyramidOf(earlier), pyramidOf(later), UNMOVED, ALL_ROWS);
  return blocks < LEAST_BLOCKS || cover < LEAST_COVER ? null : score;
}

/** Compares one later photo with many earlier ones; its own views are worked out once. */
export function createMatcher(later: Sketch): (earlier: Sketch, guesses: readonly Guess[]) => Match | null {
  const views = new Map<ViewName, Pyramid>();
  const seen = (name: ViewName) => {
    const known = views.get(name) ?? pyramidOf(viewOf(later, viewNamed(name)));
    views.set(name, known);
    return known;
  };
  return (earlier, guesses) => {
    const pyramid = pyramidOf(earlier);
    let best: Match | null = null;
    for (const guess of [...guesses].sort((a, b) => a.distance - b.distance).slice(0, GUESSES_TRIED)) {
      const found = verify(pyramid, seen(guess.view), warpBetween(guess.earlier, guess.later));
      if (found && found.score > (best?.score ?? -1)) best = { ...found, view: guess.view };
      if (best && best.score >= SURE) break;
    }
    return best;
  };
}

/** All of it first; then without the rows at the bottom or at the top that a stamp of date and place may cover. */
const PARTS: readonly Rows[] = [ALL_ROWS, { from: 0, to: 0.69 }, { from: 0.25, to: 1 }];

function verify(earlier: Pyramid, later: Pyramid, guess: Warp): Omit<Match, "view"> | null {
  let best: Omit<Match, "view"> | null = null;
  for (const rows of PARTS) {
    const warp = align(earlier, later, guess, rows);
    if (!warp) continue;
    const { score, cover, blocks } = compare(earlier, later, warp, rows);
    if (blocks < LEAST_BLOCKS || cover < LEAST_COVER) continue;
    if (score > (best?.score ?? -1)) best = { score, warp: Array.from(warp) };
    if (score >= SURE) break;
  }
  return best;
}
