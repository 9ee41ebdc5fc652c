/** Reads the calendar date of a visit out of the time that a client wrote. Never guesses: what is not a date stays without one. */

// RFC 3339, ISO 8601 dates, and the same with a space; seconds, fraction and offset may be missing.
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)? ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * The visit's own date `YYYY-MM-DD` as written, without shifting it to another time zone: a visit at 23:30+05:30 belongs to the
 * day on which the visitor was there. Null when the text is no such time, or no day of the calendar.
 */
export function visitDateOf(text: string): string | null {
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0"] = TIME.exec(text.trim()) ?? [];
  if (year === "" || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  const date = `${year}-${month}-${day}`;
  return isCalendarDate(date) ? date : null;
}

/** Whether `YYYY-MM-DD` is a day of the calendar: 2023-02-30 is not. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse rolls a day too many over into the next month; the way back shows it.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
