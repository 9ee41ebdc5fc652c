/**
 * The eight ways to look at a picture: as it is, mirrored, turned, and both.
 * A view is worked out of a picture's frequencies without looking at its pixels again.
 */
import { SKETCH_SIDE, type Sketch } from "./sketch.ts";

/** A viewed pixel (x, y) is the picture's (x, y), swapped first, then flipped: see `viewOf`. */
export type View = {
  readonly name: ViewName;
  readonly swaps: boolean;
  readonly flipsX: boolean;
  readonly flipsY: boolean;
};

/** How the later photo must be changed to look like the earlier one. */
export type ViewName =
  | "as it is"
  | "mirrored"
  | "upside down and mirrored"
  | "turned by 180°"
  | "mirrored and turned"
  | "turned by 90°"
  | "turned by 270°"
  | "mirrored and turned back";

export const AS_IT_IS: View = { name: "as it is", swaps: false, flipsX: false, flipsY: false };

export const VIEWS: readonly View[] = [
  AS_IT_IS,
  { name: "mirrored", swaps: false, flipsX: true, flipsY: false },
  { name: "upside down and mirrored", swaps: false, flipsX: false, flipsY: true },
  { name: "turned by 180°", swaps: false, flipsX: true, flipsY: true },
  { name: "mirrored and turned", swaps: true, flipsX: false, flipsY: false },
  { name: "turned by 90°", swaps: true, flipsX: false, flipsY: true },
  { name: "turned by 270°", swaps: true, flipsX: true, flipsY: false },
  { name: "mirrored and turned back", swaps: true, flipsX: true, flipsY: true },
];

export function viewNamed(name: ViewName): View {
  return VIEWS.find((view) => view.name === name) ?? AS_IT_IS;
}

/** The sketch as the view shows it. */
export function viewOf(sketch: Sketch, view: View): Sketch {
  const side = SKETCH_SIDE;
  const seen = new Uint8Array(sketch.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const column = view.swaps ? y : x;
      const row = view.swaps ? x : y;
      const from = (view.flipsY ? side - 1 - row : row) * side + (view.flipsX ? side - 1 - column : column);
      seen[y * side + x] = sketch[from] ?? 0;
    }
  }
  return seen;
}
