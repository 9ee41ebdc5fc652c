/** How a pair of photos is laid over each other for people: a 3 × 3 matrix in unit squares, with mirror and turn in it. */
import type { Match } from "./match.ts";
import { type View, viewNamed } from "./views.ts";

/** Row by row. A point (x, y, 1) of one photo, from (0, 0) top left to (1, 1), times this is the other's, over its third number. */
export type Matrix = readonly number[];

export const SAME_PLACE: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** From the photo that was compared (`later` of the matcher) to the one that it was compared with, or the other way round. */
export function layOverOf({ warp, view }: Pick<Match, "warp" | "view">, direction: "onto" | "back"): Matrix | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = warp;
  const centred = times([a, b, c, d, e, f, g, h, 1], [1, 0, -0.5, 0, 1, -0.5, 0, 0, 1]);
  const back = times(unviewed(viewNamed(view)), times([1, 0, 0.5, 0, 1, 0.5, 0, 0, 1], centred));
  const matrix = direction === "back" ? back : inverse(back);
  return matrix && normal(matrix);
}

/** From a view's unit square to the picture's own: the swap first, then the flips, as `viewOf` looks pixels up. */
function unviewed({ swaps, flipsX, flipsY }: View): Matrix {
  const swap: Matrix = swaps ? [0, 1, 0, 1, 0, 0, 0, 0, 1] : SAME_PLACE;
  const flip: Matrix = [flipsX ? -1 : 1, 0, flipsX ? 1 : 0, 0, flipsY ? -1 : 1, flipsY ? 1 : 0, 0, 0, 1];
  return times(flip, swap);
}

function times(left: Matrix, right: Matrix): Matrix {
  const at = (matrix: Matrix, row: number, column: number) => matrix[row * 3 + column] ?? 0;
  return SAME_PLACE.map((_, place) => {
    const row = Math.floor(place / 3);
    const column = place % 3;
    return [0, 1, 2].reduce((sum, k) => sum + at(left, row, k) * at(right, k, column), 0);
  });
}

function inverse([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: Matrix): Matrix | null {
  const cofactors = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  const determinant = a * (cofactors[0] ?? 0) + b * (cofactors[3] ?? 0) + c * (cofactors[6] ?? 0);
  return Math.abs(determinant) < 1e-9 ? null : cofactors.map((value) => value / determinant);
}

function normal(matrix: Matrix): Matrix | null {
  const scale = matrix[8] ?? 0;
  if (Math.abs(scale) < 1e-9) return null;
  return matrix.map((value) => Math.round((value / scale) * 1e5) / 1e5 + 0);
}
