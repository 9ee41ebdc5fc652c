/** A cell's number as the text that a person reads in the sheet. Must never give a number that is not the cell's. */
import type { NumberFormat } from "./number-formats.ts";

const DAY_MS = 86_400_000;
/** Day 0 of either system. That of 1900 has a 29 February 1900, which never was: its days before 1 March are one later. */
const DAY_ZERO = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) } as const;
const LAST_DAY = 2_958_466;

/** `raw` is the number as the file writes it. */
export function numberText(raw: string, format: NumberFormat, from1904: boolean): string {
  const number = Number(raw);
  if (raw.trim() === "" || !Number.isFinite(number)) return raw;
  if (format.kind === "date" && number >= 0 && number < LAST_DAY) return dateText(number, from1904);
  // Beyond this a number is not the one that was typed; its exponent says so to whoever looks for such.
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return number.toExponential();
  const text = String(number);
  return format.kind === "padded" && Number.isInteger(number) && number >= 0 ? text.padStart(format.digits, "0") : text;
}

/** A date, a time of a day with its date, or a time alone, on the sheet's own clock: a cell has no time zone. */
function dateText(serial: number, from1904: boolean): string {
  // To the millisecond: a day's fraction is never exact.
  const ms = Math.round(serial * DAY_MS);
  const shift = !from1904 && serial < 60 ? DAY_MS : 0;
  const text = new Date(DAY_ZERO[from1904 ? 1904 : 1900] + shift + ms).toISOString();
  const [date = "", clock = ""] = text.slice(0, -1).split("T");
  const time = clock.endsWith(".000") ? clock.slice(0, 8) : clock;
  if (ms < DAY_MS) return time;
  return ms % DAY_MS === 0 ? date : `${date}T${time}`;
}
