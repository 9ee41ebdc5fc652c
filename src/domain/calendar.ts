/** Days, weeks and months of the calendar as texts `YYYY-MM-DD`: a week is named by its Monday, a month by its first day. Knows no time zone. */

export const GRAINS = ["day", "week", "month"] as const;
export type Grain = (typeof GRAINS)[number];

/** Periods of one grain, the last one included. */
export type Span = { readonly grain: Grain; readonly first: string; readonly last: string };

const DAY_MS = 86_400_000;

const timeOf = (day: string) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => dayOf(timeOf(day) + days * DAY_MS);
export const daysBetween = (from: string, to: string): number => Math.round((timeOf(to) - timeOf(from)) / DAY_MS);
export const mondayOf = (day: string): string => addDays(day, -((new Date(timeOf(day)).getUTCDay() + 6) % 7));
export const firstOfMonth = (day: string): string => `${day.slice(0, 8)}01`;

/** The period of a grain that a day is in. */
export function periodOf(grain: Grain, day: string): string {
  switch (grain) {
    case "day":
      return day;
    case "week":
      return mondayOf(day);
    case "month":
      return firstOfMonth(day);
  }
}

function nextPeriod(grain: Grain, period: string): string {
  // From the first of a month, 31 days reach the next one and never beyond it.
  return grain === "month" ? firstOfMonth(addDays(period, 31)) : addDays(period, grain === "week" ? 7 : 1);
}

export function periodsOf({ grain, first, last }: Span): readonly string[] {
  const periods: string[] = [];
  for (let period = first; period <= last; period = nextPeriod(grain, period)) periods.push(period);
  return periods;
}

/** The fewest whole months, weeks and days that make up `from` to `to`, both included. */
export function spansOf(from: string, to: string): readonly Span[] {
  return split(from, to, ["month", "week", "day"]);
}

function split(from: string, to: string, [grain, ...finer]: readonly Grain[]): readonly Span[] {
  if (from > to || grain === undefined) return [];
  const first = periodOf(grain, from) === from ? from : nextPeriod(grain, periodOf(grain, from));
  const end = periodOf(grain, addDays(to, 1));
  if (first >= end) return split(from, to, finer);
  const last = periodOf(grain, addDays(end, -1));
  return [...split(from, addDays(first, -1), finer), { grain, first, last }, ...split(end, to, finer)];
}
