/** Counts of numbers in fixed classes: constant memory, however many numbers come. */

export type HistogramClass = { readonly label: string; readonly count: number };

/** `bounds` ascend; a number belongs to the first class whose bound is not below it, else to the last. */
export function createHistogram(bounds: readonly { readonly most: number; readonly label: string }[], beyond: string) {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  return {
    add(value: number): void {
      const at = bounds.findIndex(({ most }) => value <= most);
      const index = at === -1 ? bounds.length : at;
      counts[index] = (counts[index] ?? 0) + 1;
    },
    classes: (): readonly HistogramClass[] =>
      counts.map((count, at) => ({ label: bounds[at]?.label ?? beyond, count })),
  };
}
