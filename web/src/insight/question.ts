/** What an insight is asked for. All of it stands in the page's address, so that a link shows the same. */

import type { Insight, InsightTotal } from "../../../sdk/src/api-types.ts";
import { FLAGS, flagWord } from "../parts/flags.tsx";
import { share } from "../parts/format.ts";
import { location } from "../router.ts";
import { withQuery } from "../service/call.ts";

export const ROWS = [
  ["area", "Areas"],
  ["store", "Stores"],
  ["host", "Hosts"],
  ["agent", "Agents"],
] as const;
export type RowKind = (typeof ROWS)[number][0];

export const MEASURES = [
  ["images", "Images"],
  ["visits", "Visits"],
  ["failed", "Failed images"],
  ["failed_share", "Failed share"],
  ["perimeter", "Perimeter"],
  ["flagged", "Flagged images"],
] as const;
export type Measure = (typeof MEASURES)[number][0] | "cause";

export type Question = {
  readonly of: RowKind;
  readonly by: "day" | "week";
  readonly from: string;
  readonly to: string;
  readonly area: string | null;
  readonly key: string | null;
  readonly measure: Measure;
  readonly cause: string;
};

const one = <T extends string>(text: string | null, allowed: readonly (readonly [T, string])[], usual: T): T =>
  allowed.find(([value]) => value === text)?.[0] ?? usual;

export function askedQuestion(): Question {
  const { query } = location.value;
  const cause = query.get("cause") ?? "";
  const of = one(query.get("of"), ROWS, "area");
  return {
    of,
    by: query.get("by") === "day" ? "day" : "week",
    from: query.get("from") ?? "",
    to: query.get("to") ?? "",
    area: of === "store" ? query.get("area") : null,
    key: query.get("only"),
    measure: cause === "" ? one(query.get("measure"), MEASURES, "images") : "cause",
    cause,
  };
}

/** The address of the service that answers it. `area` and `key` may be empty: stores that nobody knows. */
export function pathOf({ of, by, from, to, area, key, measure, cause }: Question, format = ""): string {
  const path = withQuery("/api/v1/insight", { of, by, from, to, cause, rank: measure, format });
  const more = new URLSearchParams();
  if (area !== null) more.set("area", area);
  if (key !== null) more.set("only", key);
  return more.size === 0 ? path : `${path}&${more}`;
}

/** This page, asked otherwise. */
export function insightLink(changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(location.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `/insight?${query}`;
}

/** Days of a period, within the whole. */
export function daysOf({ from, to }: Insight, by: Question["by"], period: string): { from: string; to: string } {
  const last = by === "day" ? period : new Date(Date.parse(period) + 6 * 86_400_000).toISOString().slice(0, 10);
  return { from: period < from ? from : period, to: last > to ? to : last };
}

/** The page with the images behind a number. */
export function imagesLink(
  { of, area, key, measure, cause }: Question,
  days: { readonly from: string; readonly to: string },
  row: string | null,
  which: Measure = measure,
): string {
  const query = new URLSearchParams({ from: days.from, to: days.to });
  const own = row ?? key;
  if (own !== null) query.set(of, own);
  if (area !== null) query.set("area", area);
  if (which === "failed" || which === "failed_share") query.set("outcome", "failed");
  if (which === "perimeter") query.set("outcome", "measured");
  if (which === "cause") setCause(query, cause);
  return `/images?${query}`;
}

export function setCause(query: URLSearchParams, cause: string): void {
  if (cause.startsWith("flag:")) query.set("flag", cause.slice("flag:".length));
  else query.set("code", cause);
}

export function causeWord(cause: string): string {
  const flag = FLAGS.find((one) => `flag:${one}` === cause);
  return flag === undefined ? cause : `flag: ${flagWord(flag)}`;
}

export function measureWord({ measure, cause }: Question): string {
  return MEASURES.find(([value]) => value === measure)?.[1] ?? causeWord(cause);
}

export function valueAt({ series }: InsightTotal, measure: Measure, no: number): number {
  if (measure !== "failed_share") return series[measure][no] ?? 0;
  const images = series.images[no] ?? 0;
  return images === 0 ? 0 : (series.failed[no] ?? 0) / images;
}

export function figureOf(total: InsightTotal, { measure, cause }: Question): number {
  if (measure === "cause") return total.causes[cause] ?? 0;
  if (measure === "failed_share") return total.images === 0 ? 0 : total.failed / total.images;
  return total[measure];
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const EXACT = new Intl.NumberFormat("en");

export const short = (value: number, measure: Measure): string =>
  measure === "failed_share" ? share(value, 1) : SHORT.format(value);
export const exact = (value: number, measure: Measure): string =>
  measure === "failed_share" ? share(value, 1) : EXACT.format(value);

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
export const dayWord = (day: string): string => DAY.format(new Date(day));

export const rowName = (of: RowKind, key: string): string =>
  key === "" ? (of === "area" ? "unknown stores" : "without a host") : key;
