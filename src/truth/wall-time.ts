/**
 * Times as cameras and visitors write them: a wall clock, and perhaps its offset from UTC. The time zone of this process plays
 * no part: nothing here makes a local Date.
 */
import { isCalendarDate } from "../domain/visit-time.ts";

/** `clockSeconds` counts from 1970-01-01T00:00 on the wall clock itself; `offsetMinutes` is null where nobody said. */
export type WallTime = { readonly clockSeconds: number; readonly offsetMinutes: number | null };

const EXIF_TIME = /^(\d{4})[:-](\d{2})[:-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})/;
const VISIT_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)? ?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/;
const OFFSET = /^([+-])(\d{2}):?(\d{2})?$/;
/** Clocks that nobody set begin before; no camera of a phone is older. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;
const FARTHEST_OFFSET_MINUTES = 14 * 60;

/** A camera's `2026:03:06 10:12:00`. Null for what no calendar knows (`0000:00:00`, blanks, `2005:0?:03`), and for years before 2000. */
export function exifTime(text: string, offset: string | null): WallTime | null {
  const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = EXIF_TIME.exec(text.trim()) ?? [];
  const clockSeconds = secondsOf(`${year}-${month}-${day}`, [hour, minute, second]);
  return clockSeconds === null || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR
    ? null
    : { clockSeconds, offsetMinutes: offset === null ? null : offsetOf(offset) };
}

/** The visit's time as submitted. Null for a date alone or for what is no time: a whole day is no moment to compare with. */
export function visitClock(text: string): WallTime | null {
  const [, year = "", month = "", day = "", hour, minute, second = "0", offset] = VISIT_TIME.exec(text.trim()) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const clockSeconds = secondsOf(`${year}-${month}-${day}`, [hour, minute, second]);
  return clockSeconds === null ? null : { clockSeconds, offsetMinutes: offset === undefined ? null : offsetOf(offset) };
}

/** Seconds since 1970 in UTC; null where the offset is not known. */
export function instantOf({ clockSeconds, offsetMinutes }: WallTime): number | null {
  return offsetMinutes === null ? null : clockSeconds - offsetMinutes * 60;
}

/** `2026-03-06 10:12+05:30`, or without an offset where there is none. */
export function wallTimeText({ clockSeconds, offsetMinutes }: WallTime): string {
  const clock = new Date(clockSeconds * 1000).toISOString().slice(0, 16).replace("T", " ");
  if (offsetMinutes === null) return clock;
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${clock}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function secondsOf(date: string, time: readonly string[]): number | null {
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  if (!isCalendarDate(date) || hour > 23 || minute > 59 || second > 60) return null;
  return Date.parse(`${date}T00:00:00Z`) / 1000 + hour * 3600 + minute * 60 + second;
}

function offsetOf(text: string): number | null {
  if (/^z$/i.test(text.trim())) return 0;
  const [, sign = "", hours = "", minutes = "0"] = OFFSET.exec(text.trim()) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (sign === "" || Number(minutes) > 59 || total > FARTHEST_OFFSET_MINUTES) return null;
  return sign === "-" ? -total : total;
}
