/** Reads query parameters at the border: each one once, by its names, with a sentence for every way to be wrong. */
import { isCalendarDate } from "../domain/visit-time.ts";
import { ApiError } from "./problems/api-error.ts";

export type Query = Readonly<Record<string, unknown>>;

/** A parameter by any of its names; undefined when absent. A repeated one is refused, as nobody can tell which is meant. */
export function optionalText(query: Query, ...names: readonly [string, ...string[]]): string | undefined {
  const given = names.flatMap((name) => (query[name] === undefined ? [] : [query[name]])).flat();
  if (given.length > 1)
    throw new ApiError("invalid_parameter", `${names[0]} must be given once, got ${given.length} values`);
  const value = given[0];
  return typeof value === "string" ? value : undefined;
}

/** A job's id: a whole number from 1, in plain digits. */
export function jobIdFrom(value: string | undefined, name: string): number {
  const wanted = `${name} must be the number of a job, a whole number from 1`;
  if (value === undefined) throw new ApiError("invalid_parameter", `${wanted}; it is missing`);
  const id = Number(value);
  if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(id) || id < 1) {
    throw new ApiError("invalid_parameter", `${wanted}, got ${quoted(value)}`);
  }
  return id;
}

/** RFC 3339, as far as it has a day; its clock is not looked at. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+ -]\d{2}:\d{2})$/i;

/** A calendar date `YYYY-MM-DD`, or the day of an instant as it is written, as the days of visits are; undefined when absent. */
export function optionalDate(query: Query, name: string): string | undefined {
  const value = optionalText(query, name);
  if (value === undefined) return undefined;
  const day = INSTANT.exec(value.trim())?.[1] ?? value.trim();
  if (!isCalendarDate(day)) {
    throw new ApiError(
      "invalid_parameter",
      `${name} must be a date such as 2024-05-31 or an instant such as 2024-05-31T10:00:00Z, got ${quoted(value)}`,
    );
  }
  return day;
}

/** What came, as a message shows it: cut short. */
export function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 40));
}
