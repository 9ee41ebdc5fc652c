/** How a figure stands to the period before. */

const CHANGE = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });

export function change(now: number, before: number): string {
  if (before === 0) return now === 0 ? "none before" : "new";
  return CHANGE.format(now / before - 1);
}
