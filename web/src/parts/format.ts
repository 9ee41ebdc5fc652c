/** Numbers and spans of time as people read them. */

const WHOLE = new Intl.NumberFormat("en");
/** Less is rounded to nothing. */
const LEAST_SHARE = 0.0005;
const SHARE = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export const count = (value: number): string => WHOLE.format(value);

/** With its word: "1 image", "2 images". */
export const counted = (value: number, word: string): string => `${count(value)} ${word}${value === 1 ? "" : "s"}`;

/** Of what is there something, never "0%". */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  return part > 0 && part / whole < LEAST_SHARE ? "< 0.1%" : SHARE.format(part / whole);
}

export const rate = (perSecond: number): string =>
  perSecond >= 100 ? count(Math.round(perSecond)) : perSecond.toFixed(1);

export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 1) return "< 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

export function bytes(value: number | null): string {
  if (value === null) return "–";
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}

/** A visit's time as it was submitted: its own clock and offset, without the digits that say nothing. */
export const visitTime = (text: string): string =>
  text.replace(
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/,
    (_, day, clock, offset = "") => (offset === "Z" ? `${day} ${clock} UTC` : `${day} ${clock} ${offset}`.trim()),
  );
