/**
 * What was visited over all jobs: by day or week, by area, store, host or agent, beside the period before. Reads sums only, so that a year
 * costs what a week costs.
 */
import { addDays, daysBetween, type Grain, periodOf, periodsOf, type Span, spansOf } from "../domain/calendar.ts";
import {
  type Cause,
  type CauseCell,
  type CellSums,
  type Dimension,
  type InsightLedger,
  type KeySums,
  type Period,
  SUM_NAMES,
  type Sums,
} from "../ledger/port/insight-ledger.ts";

export const RANKS = [...SUM_NAMES, "failed_share", "cause"] as const;
export type Rank = (typeof RANKS)[number];

export type InsightQuestion = {
  readonly tenant: string | null;
  readonly of: Dimension;
  readonly by: Exclude<Grain, "month">;
  readonly from: string;
  readonly to: string;
  /** Only stores of this area; for `of: "store"`. */
  readonly area: string | null;
  readonly key: string | null;
  readonly cause: Cause | null;
  readonly rank: Rank;
  readonly limit: number;
};

/** By the periods of the answer, one after the other. */
export type Series = { readonly [Name in keyof Sums]: readonly number[] } & { readonly cause: readonly number[] };

export type InsightSums = Sums & {
  readonly causes: Readonly<Record<string, number>>;
  readonly previous: Sums;
  readonly series: Series;
};
export type InsightRow = InsightSums & { readonly key: string; readonly name: string | null };

export type Insight = {
  readonly from: string;
  readonly to: string;
  readonly previous: { readonly from: string; readonly to: string };
  readonly periods: readonly string[];
  readonly total: InsightSums;
  readonly rows: readonly InsightRow[];
  readonly more: number;
  readonly undated: Sums;
  readonly pending: number;
};

const NOTHING: Sums = { visits: 0, images: 0, failed: 0, perimeter: 0, flagged: 0 };

type Ledger = Omit<InsightLedger, "addUpSums" | "listAnyImages" | "readThroughput">;

/** Whole weeks where it is by week. */
export function rangeOf({ by, from, to }: Pick<InsightQuestion, "by" | "from" | "to">) {
  const first = periodOf(by, from);
  const last = by === "week" ? addDays(periodOf(by, to), 6) : to;
  const days = daysBetween(first, last) + 1;
  return { from: first, to: last, previous: { from: addDays(first, -days), to: addDays(first, -1) } };
}

export async function readInsight(ledger: Ledger, question: InsightQuestion): Promise<Insight> {
  const { tenant, of, by } = question;
  const range = rangeOf(question);
  const spans = spansOf(range.from, range.to);
  const previousSpans = spansOf(range.previous.from, range.previous.to);
  const periods = periodsOf({ grain: by, first: range.from, last: periodOf(by, range.to) });
  const whole = wholeOf(question);

  async function sumsOf(dimension: Dimension, keys: readonly string[]): Promise<ReadonlyMap<string, InsightSums>> {
    const at = (of: readonly Span[]) => ({ tenant, dimension, keys, periods: of.flatMap(cellsOf) });
    const bySpan = { grain: by, first: range.from, last: periodOf(by, range.to) };
    const [causes, previous, series, ofCause] = await Promise.all([
      ledger.readCauseCells(at(spans)),
      ledger.readCells(at(previousSpans)),
      ledger.readCells(at([bySpan])),
      question.cause === null ? [] : ledger.readCauseCells(at([bySpan])),
    ]);
    const ofKey = (cells: readonly CellSums[], key: string) => cells.filter((cell) => cell.key === key);
    return new Map(
      keys.map((key) => [
        key,
        {
          // The periods are the whole range, neither more nor less.
          ...total(ofKey(series, key)),
          causes: totalCauses(causes.filter((cell) => cell.key === key)),
          previous: total(ofKey(previous, key)),
          series: seriesOf(
            periods,
            ofKey(series, key),
            ofCause.filter((cell) => cell.key === key && cell.cause === question.cause),
          ),
        },
      ]),
    );
  }

  const ranked = of === "all" ? [] : await rankedKeys(ledger, question, spans);
  const shown = ranked.slice(0, question.limit);
  const [totals, rows, names, undated, pending] = await Promise.all([
    sumsOf(whole.dimension, [whole.key]),
    sumsOf(of, shown),
    of === "store" ? ledger.readStoreNames(shown) : new Map<string, string>(),
    ledger.readCells({ tenant, dimension: whole.dimension, keys: [whole.key], periods: [{ grain: "none", day: "" }] }),
    ledger.countSumChanges(),
  ]);
  const empty = { ...NOTHING, causes: {}, previous: NOTHING, series: seriesOf(periods, [], []) };
  return {
    ...range,
    periods,
    total: totals.get(whole.key) ?? empty,
    rows: shown.map((key) => ({ key, name: names.get(key) ?? null, ...(rows.get(key) ?? empty) })),
    more: ranked.length - shown.length,
    undated: total(undated),
    pending,
  };
}

/** What the whole is of which the rows are parts. */
function wholeOf({ of, area, key }: InsightQuestion): { readonly dimension: Dimension; readonly key: string } {
  if (key !== null) return { dimension: of, key };
  return area === null ? { dimension: "all", key: "" } : { dimension: "area", key: area };
}

async function rankedKeys(
  ledger: Ledger,
  { tenant, of, area, key, cause, rank }: InsightQuestion,
  spans: readonly Span[],
): Promise<readonly string[]> {
  if (key !== null) return [key];
  const where = { tenant, dimension: of, area, spans };
  const sums = await ledger.readKeySums(where);
  if (rank !== "cause" || cause === null) return ordered(sums, (sum) => rankOf(sum, rank)).map((sum) => sum.key);
  const causes = new Map((await ledger.readKeyCauses({ ...where, cause })).map((sum) => [sum.key, sum.images]));
  return ordered(sums, (sum) => causes.get(sum.key) ?? 0).map((sum) => sum.key);
}

function ordered(sums: readonly KeySums[], rank: (sum: KeySums) => number): readonly KeySums[] {
  return sums.toSorted((a, b) => rank(b) - rank(a) || b.images - a.images || (a.key < b.key ? -1 : 1));
}

function rankOf(sum: Sums, rank: Rank): number {
  if (rank === "failed_share") return sum.images === 0 ? 0 : sum.failed / sum.images;
  return sum[rank === "cause" ? "images" : rank];
}

const cellsOf = (span: Span): readonly Period[] => periodsOf(span).map((day) => ({ grain: span.grain, day }));

function total(cells: readonly Sums[]): Sums {
  const sum = (name: keyof Sums) => cells.reduce((all, cell) => all + cell[name], 0);
  return {
    visits: sum("visits"),
    images: sum("images"),
    failed: sum("failed"),
    perimeter: sum("perimeter"),
    flagged: sum("flagged"),
  };
}

function totalCauses(cells: readonly CauseCell[]): Readonly<Record<string, number>> {
  const causes: Record<string, number> = {};
  for (const { cause, images } of cells) causes[cause] = images + (causes[cause] ?? 0);
  return Object.fromEntries(Object.entries(causes).sort(([, a], [, b]) => b - a));
}

function seriesOf(periods: readonly string[], cells: readonly CellSums[], ofCause: readonly CauseCell[]): Series {
  const byDay = new Map(cells.map((cell) => [cell.day, cell]));
  const causeByDay = new Map(ofCause.map((cell) => [cell.day, cell.images]));
  const of = (name: keyof Sums) => periods.map((day) => byDay.get(day)?.[name] ?? 0);
  return {
    visits: of("visits"),
    images: of("images"),
    failed: of("failed"),
    perimeter: of("perimeter"),
    flagged: of("flagged"),
    cause: periods.map((day) => causeByDay.get(day) ?? 0),
  };
}
