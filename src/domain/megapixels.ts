/** Classes of photos by their size. Sums of results are kept by them: a class never changes what it holds. */
import type { Size } from "./image.ts";

const MOST = [0.1, 0.5, 1, 2, 5, 10, 20, 50] as const;

export const MEGAPIXEL_LABELS: readonly string[] = [
  ...MOST.map((most, at) => (at === 0 ? `up to ${most}` : `${MOST[at - 1]} – ${most}`)),
  `more than ${MOST.at(-1)}`,
];

/** The place among the labels. */
export function megapixelClass({ width, height }: Size): number {
  const megapixels = (width * height) / 1e6;
  const at = MOST.findIndex((most) => megapixels <= most);
  return at === -1 ? MOST.length : at;
}
