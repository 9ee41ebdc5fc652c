/**
 * What the index keeps of a photo, and what it is asked with. Both cross processes and threads, a photo's some 160 questions too: so questions are
 * numbers in a row, and what is the same for all photos is not in them.
 */

import type { Sketch } from "./sketch.ts";
import { AS_IT_IS, VIEWS, type View, type ViewName } from "./views.ts";
import { bucketOf, type Code, codeOf, createSeen, createSpectrum, putLikelyBuckets, see } from "./window-code.ts";
import { ASKED_WINDOWS, type AskedWindow, STORED_WINDOWS, type Window } from "./windows.ts";

/** One window of a stored photo. `window` is its number in STORED_WINDOWS. */
export type Entry = { readonly window: number; readonly bucket: number; readonly code: Code };

/** A question to the index, but for the photo's own code: which entries of so many buckets have nearly that code? */
export type Question = {
  /** Where the view shows the window that was asked with. */
  readonly window: Window;
  readonly view: ViewName;
  /** Where in the probes its code is, the lower half, the higher, and then its buckets. */
  readonly at: number;
  readonly buckets: number;
};

/** A photo's part of all questions, in the order of QUESTIONS; none at all of a photo that shows nothing. */
export type Probes = Uint32Array;

export const NO_PROBES: Probes = new Uint32Array();

/** Everything of a photo that telling it from others needs. Plain data: it crosses threads and processes. */
export type Fingerprint = {
  readonly sketch: Sketch;
  readonly entries: readonly Entry[];
  readonly probes: Probes;
};

export function fingerprintOf(sketch: Sketch): Fingerprint {
  return { sketch, entries: entriesOf(sketch), probes: probesOf(sketch) };
}

/** Signs of 64 that may differ between two windows that show the same. */
export const NEAR_ENOUGH = 10;

const BUCKETS_ASKED = { plain: 10, near: 8, even: 8, upper: 8, crop: 9, viewed: 6 } as const;
const CODE_WORDS = 2;

/** Used again by each window: a thousand of them a photo would be the collector's. */
const seen = createSeen();

export function entriesOf(sketch: Sketch): readonly Entry[] {
  const spectrum = createSpectrum(sketch);
  return STORED_WINDOWS.map((window, number) => {
    see(AS_IT_IS, spectrum(window), seen);
    const code = codeOf(seen);
    return { window: number, bucket: bucketOf(code), code };
  });
}

/** For each window that is asked with: the views that it is asked in, and the question in each. */
const ASKED = numbered(
  ASKED_WINDOWS.map(({ window, tier }) => ({ window, tier, views: VIEWS.filter((view) => isAskedIn(view, tier)) })),
);

export const QUESTIONS: readonly Question[] = ASKED.flatMap(({ asked }) => asked.map(({ question }) => question));

const PROBE_WORDS = QUESTIONS.reduce((words, { buckets }) => words + CODE_WORDS + buckets, 0);

function numbered(
  windows: readonly { readonly window: Window; readonly tier: AskedWindow["tier"]; readonly views: readonly View[] }[],
) {
  let next = 0;
  return windows.map(({ window, tier, views }) => ({
    window,
    asked: views.map((view) => {
      const buckets = view === AS_IT_IS ? BUCKETS_ASKED[tier] : BUCKETS_ASKED.viewed;
      const at = next;
      next += CODE_WORDS + buckets;
      return { view, question: { window: seenWindow(window, view), view: view.name, at, buckets } };
    }),
  }));
}

export function probesOf(sketch: Sketch): Probes {
  const spectrum = createSpectrum(sketch);
  const probes = new Uint32Array(PROBE_WORDS);
  for (const { window, asked } of ASKED) {
    const coefficients = spectrum(window);
    for (const { view, question } of asked) {
      see(view, coefficients, seen);
      const code = codeOf(seen);
      const { at, buckets } = question;
      probes[at] = code.low;
      probes[at + 1] = code.high;
      putLikelyBuckets(seen, bucketOf(code), probes, at + CODE_WORDS, at + CODE_WORDS + buckets);
    }
  }
  return probes;
}

/** The photo's code in a question. */
export function askedCode(probes: Probes, { at }: Pick<Question, "at">): Code {
  return { low: probes[at] ?? 0, high: probes[at + 1] ?? 0 };
}

/** Which of the questions ask for each bucket. */
export function questionsByBucket(probes: Probes): ReadonlyMap<number, readonly Question[]> {
  const asking = new Map<number, Question[]>();
  if (probes.length === 0) return asking;
  for (const question of QUESTIONS) {
    const from = question.at + CODE_WORDS;
    for (let at = from; at < from + question.buckets; at++) {
      const bucket = probes[at] ?? 0;
      const there = asking.get(bucket);
      if (there) there.push(question);
      else asking.set(bucket, [question]);
    }
  }
  return asking;
}

function isAskedIn(view: View, tier: AskedWindow["tier"]): boolean {
  if (view === AS_IT_IS || tier === "plain" || tier === "near") return true;
  return tier === "even" && view.name === "mirrored";
}

/** Where the view shows the window. */
function seenWindow({ width, height, x, y }: Window, view: View): Window {
  const across = view.flipsX ? -x : x;
  const down = view.flipsY ? -y : y;
  return view.swaps ? { width: height, height: width, x: down, y: across } : { width, height, x: across, y: down };
}
