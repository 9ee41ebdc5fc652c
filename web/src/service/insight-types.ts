/** Sums over jobs as the dashboard reads them; names and shapes are those of /openapi.json. */
import type { Image } from "./types.ts";

export type Sums = {
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly perimeter: number;
  readonly flagged: number;
};

export type InsightTotal = Sums & {
  readonly causes: Readonly<Record<string, number>>;
  readonly previous: Sums;
  readonly series: Readonly<Record<keyof Sums | "cause", readonly number[]>>;
};

export type InsightRow = InsightTotal & { readonly key: string; readonly name: string | null };

export type Insight = {
  readonly from: string;
  readonly to: string;
  readonly previous: { readonly from: string; readonly to: string };
  /** Days, or weeks by their Mondays. */
  readonly periods: readonly string[];
  readonly total: InsightTotal;
  readonly rows: readonly InsightRow[];
  readonly more: number;
  readonly undated: Sums;
  readonly pending: number;
};

export type AnyImage = Image & {
  readonly job_id: number;
  readonly visit_date: string | null;
  readonly store_name: string | null;
  readonly area: string | null;
};
