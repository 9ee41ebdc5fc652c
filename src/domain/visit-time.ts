/**
 * Reads the time of a visit out of what a client wrote. Never guesses: which of two numbers is the day, somebody has to say, and what is no
 * time stays without one.
 */

export const DATE_ORDERS = ["dmy", "mdy", "ymd"] as const;
/** In which order dates of numbers only have day, month and year. */
export type DateOrder = (typeof DATE_ORDERS)[number];

/** As written, never shifted to another time zone: a visit at 23:30+05:30 belongs to the day on which the visitor was there. */
export type VisitTime = {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** `HH:MM:SS`; null for a whole day. */
  readonly clock: string | null;
  /** `Z` or `+05:30`; null where nobody wrote it. */
  readonly offset: string | null;
};

const OFFSET = String.raw`(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`;
// RFC 3339, ISO 8601 dates, and the same with a space; seconds, fraction and offset may be missing.
const ISO = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)? ?(${OFFSET})?)?$`,
  "i",
);
/** Three numbers with one mark between them. */
const NUMBERS = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:,?[\sT]+(.+))?$/i;
/** `Nov 20, 2026`, `20 Nov 2026`, `20-Nov-26`, with or without a weekday before it. */
const MONTH_FIRST = /^(?:[a-z]{2,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+(.+))?$/i;
const DAY_FIRST =
  /^(?:[a-z]{2,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})(?:,?\s+(.+))?$/i;
/** `10:30`, `10.30`, `3pm`, and what mail and JavaScript put behind it: `GMT+0530 (India Standard Time)`. */
const CLOCK =
  /^(?:at\s+)?(\d{1,2})(?:[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?)?\s*([ap]\.?m\.?)?(?:\s*((?:GMT|UTC|Z)?(?:[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?))?(?:\s*\([^)]*\))?$/i;

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
/** Years of two digits before this one are of the 2000s, as POSIX has it. */
const TWO_DIGITS_PIVOT = 69;

/** Null when the text is no time, no day of the calendar, or a date of numbers whose order nobody said. A date that is impossible in the order said is none. */
export function readVisitTime(text: string, order: DateOrder | null = null): VisitTime | null {
  const trimmed = text.trim();
  return readIso(trimmed) ?? readNamed(trimmed) ?? readNumbers(trimmed, order);
}

/** Which orders a date of numbers only could have; none for any other text. */
export function possibleOrders(text: string): readonly DateOrder[] {
  return readVisitTime(text) === null ? DATE_ORDERS.filter((order) => readVisitTime(text, order) !== null) : [];
}

export function visitDateOf(text: string): string | null {
  return readVisitTime(text)?.date ?? null;
}

/** RFC 3339 where the offset is known, else the same without it. */
export function visitTimeText({ date, clock, offset }: VisitTime): string {
  return clock === null ? date : `${date}T${clock}${offset ?? ""}`;
}

function readIso(text: string): VisitTime | null {
  const [, year = "", month = "", day = "", hour, minute = "0", second = "00", offset] = ISO.exec(text) ?? [];
  if (year === "" || Number(hour ?? 0) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  // The end of a day, and nothing after it.
  if (hour === "24" && Number(minute) + Number(second) > 0) return null;
  const clock = hour === undefined ? null : `${hour}:${minute}:${second}`;
  return timeOf([year, month, day], { clock, offset: offset ?? null });
}

function readNamed(text: string): VisitTime | null {
  const [, monthName = "", day = "", year = "", rest] = MONTH_FIRST.exec(text) ?? [];
  if (monthName !== "") return timeOf([year, monthOf(monthName), day], clockOf(rest));
  const [, ownDay = "", name = "", ownYear = "", ownRest] = DAY_FIRST.exec(text) ?? [];
  return name === "" ? null : timeOf([ownYear, monthOf(name), ownDay], clockOf(ownRest));
}

function readNumbers(text: string, order: DateOrder | null): VisitTime | null {
  const [, first = "", , second = "", third = "", rest] = NUMBERS.exec(text) ?? [];
  if (first === "") return null;
  // A year of four digits in front is followed by the month in every country.
  if (first.length === 4) return third.length <= 2 ? timeOf([first, second, third], clockOf(rest)) : null;
  if (first.length > 2) return null;
  if (order === "ymd") return third.length <= 2 ? timeOf([first, second, third], clockOf(rest)) : null;
  if (order === null || third.length === 1 || third.length === 3) return null;
  const [day, month] = order === "dmy" ? [first, second] : [second, first];
  return timeOf([third, month, day], clockOf(rest));
}

type Clock = Pick<VisitTime, "clock" | "offset">;

/** Undefined for what is no time of day. */
function clockOf(text: string | undefined): Clock | undefined {
  if (text === undefined) return { clock: null, offset: null };
  const [, hours = "", minutes, seconds = "00", half, offset] = CLOCK.exec(text.trim()) ?? [];
  if (hours === "" || (minutes === undefined && half === undefined)) return undefined;
  const hour = half === undefined ? Number(hours) : hourOf(Number(hours), half);
  if (hour === null || hour > 23 || Number(minutes ?? 0) > 59 || Number(seconds) > 60) return undefined;
  return {
    clock: `${two(hour)}:${minutes ?? "00"}:${seconds}`,
    offset: offset ? offset.replace(/^(?:GMT|UTC)/i, "") || "Z" : null,
  };
}

/** 12 am is midnight, 12 pm noon. */
function hourOf(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

function monthOf(name: string): string {
  const place = MONTHS.findIndex(
    (month) =>
      month === name.toLowerCase() ||
      month.slice(0, 3) === name.toLowerCase() ||
      (month === "september" && name.toLowerCase() === "sept"),
  );
  return place === -1 ? "" : String(place + 1);
}

function timeOf([year, month, day]: readonly [string, string, string], clock: Clock | undefined): VisitTime | null {
  if (!clock || month === "") return null;
  const whole = year.length === 2 ? String((Number(year) < TWO_DIGITS_PIVOT ? 2000 : 1900) + Number(year)) : year;
  const date = `${whole}-${two(Number(month))}-${two(Number(day))}`;
  return isCalendarDate(date) ? { date, ...clock, offset: clock.offset?.toUpperCase() ?? null } : null;
}

const two = (value: number) => String(value).padStart(2, "0");

/** Whether `YYYY-MM-DD` is a day of the calendar: 2023-02-30 is not. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse rolls a day too many over into the next month; the way back shows it.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
