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

/** Nothing is "0", so that it is not taken for a little. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  return perSecond >= 100 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
}

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

/** The viewer's own. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const INSTANT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** In the viewer's own zone. */
export const instant = (at: string): string => INSTANT.format(new Date(at));

export const day = (date: string): string => DAY.format(new Date(date));

const VISIT_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:[.,]\d+)?)? ?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A visit's time: one with an offset as any instant; one without stands on the store's own clock, and nobody knows in which zone. What is no such time stays as it was submitted. */
export function visitTime(text: string): string {
  const [, date, clock, offset] = VISIT_TIME.exec(text) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(date))) return text;
  if (clock === undefined) return day(date);
  const at = new Date(`${date}T${clock}${offset ?? "Z"}`);
  if (Number.isNaN(at.getTime())) return text;
  return (offset === undefined ? CLOCK : INSTANT).format(at);
}
