/** What the index keeps of a photo, and what it is asked with. */

import type { Sketch } from "./sketch.ts";
import { AS_IT_IS, VIEWS, type View, type ViewName } from "./views.ts";
import { bucketOf, type Code, codeOf, createSpectrum, likelyBuckets, seenIn } from "./window-code.ts";
import { ASKED_WINDOWS, type AskedWindow, STORED_WINDOWS, type Window } from "./windows.ts";

/** One window of a stored photo. `window` is its number in STORED_WINDOWS. */
export type Entry = { readonly window: number; readonly bucket: number; readonly code: Code };

/** A question to the index: which entries of these buckets have nearly this code? */
export type Probe = {
  readonly code: Code;
  readonly buckets: readonly number[];
  /** Where the view shows the window that was asked with. */
  readonly window: Window;
  readonly view: ViewName;
};

/** Everything of a photo that telling it from others needs. Plain data: it crosses threads and processes. */
export type Fingerprint = {
  readonly sketch: Sketch;
  readonly entries: readonly Entry[];
  readonly probes: readonly Probe[];
};

export function fingerprintOf(sketch: Sketch): Fingerprint {
  return { sketch, entries: entriesOf(sketch), probes: probesOf(sketch) };
}

/** Signs of 64 that may differ between two windows that show the same. */
export const NEAR_ENOUGH = 10;

const BUCKETS_ASKED = { plain: 10, near: 8, even: 8, upper: 8, crop: 9, viewed: 6 } as const;

export function entriesOf(sketch: Sketch): readonly Entry[] {
  const spectrum = createSpectrum(sketch);
  return STORED_WINDOWS.map((window, number) => {
    const code = codeOf(seenIn(AS_IT_IS, spectrum(window)));
    return { window: number, bucket: bucketOf(code), code };
  });
}

export function probesOf(sketch: Sketch): readonly Probe[] {
  const spectrum = createSpectrum(sketch);
  const probes: Probe[] = [];
  for (const { window, tier } of ASKED_WINDOWS) {
    const coefficients = spectrum(window);
    for (const view of VIEWS) {
      if (!isAskedIn(view, tier)) continue;
      const values = seenIn(view, coefficients);
      const count = view === AS_IT_IS ? BUCKETS_ASKED[tier] : BUCKETS_ASKED.viewed;
      probes.push({
        code: codeOf(values),
        buckets: likelyBuckets(values, count),
        window: seenWindow(window, view),
        view: view.name,
      });
    }
  }
  return probes;
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
