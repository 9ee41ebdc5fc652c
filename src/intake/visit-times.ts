/**
 * Reads the times of a submission's visits, in the order of day and month that its sender or the tenant chose. What cannot be read is a
 * warning, or a problem where the sender wants that; which order it could have is remembered, so that somebody can be asked.
 */
import { DATE_ORDERS, type DateOrder, possibleOrders, readVisitTime, visitTimeText } from "../domain/visit-time.ts";
import { offsetInZone } from "../domain/zone-offset.ts";
import { type Problems, shown } from "./problems.ts";
import type { Warnings } from "./warning.ts";

export const UNREAD_TIMES = ["keep", "reject"] as const;
export type UnreadTimes = (typeof UNREAD_TIMES)[number];

export type TimeRules = {
  readonly order: DateOrder | null;
  /** Of times without an offset; null where nobody knows. */
  readonly zone: string | null;
  readonly unread: UnreadTimes;
};

export type ReadTime = {
  readonly visitDate: string | null;
  /** The time as RFC 3339 has it, where the text alone does not say it so; null where it does, or nothing was read. */
  readonly visitAt: string | null;
};

/** Dates of numbers that need an order: how many, in which orders all of them could be, and one of them. */
export type OpenDates = { readonly count: number; readonly orders: readonly DateOrder[]; readonly example: string };

export type VisitTimes = {
  read(text: string, place: () => string): ReadTime;
  openDates(): OpenDates | null;
};

export function createVisitTimes(
  { order, zone, unread }: TimeRules,
  { problems, warnings }: { readonly problems: Problems; readonly warnings: Warnings },
): VisitTimes {
  let orders: readonly DateOrder[] = DATE_ORDERS;
  let count = 0;
  let example = "";

  function refuse(text: string, place: () => string): void {
    const possible = possibleOrders(text);
    if (possible.length > 0) {
      if (count === 0) example = text;
      count += 1;
      orders = orders.filter((known) => possible.includes(known));
    }
    const detail = `${shown(text)} ${whyUnread(text, possible, order)}`;
    if (unread === "reject") problems.add(place(), "malformed", detail);
    else warnings.add(place(), "time_unread", detail);
  }

  return {
    read(text, place) {
      const time = readVisitTime(text, order);
      if (!time) {
        refuse(text, place);
        return { visitDate: null, visitAt: null };
      }
      const { date, clock, offset } = time;
      if (clock === null) return { visitDate: date, visitAt: visitTimeText(time) === text ? null : date };
      const at = visitTimeText({ ...time, offset: offset ?? (zone === null ? null : offsetInZone(zone, date, clock)) });
      return { visitDate: date, visitAt: at === text ? null : at };
    },
    openDates: () => (count === 0 ? null : { count, orders, example }),
  };
}

/** A spreadsheet's number of a day, without its format: days of this century. */
const SERIAL = /^[34]\d{4}(?:\.\d+)?$|^5\d{4}(?:\.\d+)?$/;

function whyUnread(text: string, possible: readonly DateOrder[], order: DateOrder | null): string {
  if (possible.length > 0) {
    return order === null
      ? `may be a date, but which number is the day has to be said: dates=${possible.join(" or dates=")}`
      : `is no date in the order ${order}; it could be ${possible.join(" or ")}`;
  }
  if (SERIAL.test(text.trim())) return "is a spreadsheet's number of a day; give the column a date format";
  return "is no time that can be read; RFC 3339 always can, as 2026-11-20T10:30:00+05:30";
}
