/** How one picture lies over another, as CSS says it. */
import type { EarlierPhoto } from "../../../sdk/src/api-types.ts";

/** Nine numbers, rows from the top: a point of the later photo to that of the earlier, both in shares of their sides. */
export type LayOver = NonNullable<EarlierPhoto["lay_over"]>;

/** What the later picture covers of the earlier one's frame, as a clipping path. */
export function coverOf([a, b, c, d, e, f, g, h, i]: LayOver): string {
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const;
  const points = corners.map(([x, y]) => {
    const depth = g * x + h * y + i;
    return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth]
      .map((share) => `${(share * 100).toFixed(2)}%`)
      .join(" ");
  });
  return `polygon(${points.join(", ")})`;
}

/** For an element that fills the frame of the earlier picture, its origin at the upper left; the frame is so many pixels wide and high. */
export function transformOf(layOver: LayOver, width: number, height: number): string {
  const [a, b, c, d, e, f, g, h, i] = layOver;
  const columns = [
    [a, (d * height) / width, 0, g / width],
    [(b * width) / height, e, 0, h / height],
    [0, 0, i, 0],
    [c * width, f * height, 0, i],
  ];
  const numbers = columns.flat().map((value) => (value / i).toFixed(7));
  return `matrix3d(${numbers.join(",")})`;
}
