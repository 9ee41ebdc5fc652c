/** An insight as a CSV: a line for each row and period, as a spreadsheet pivots it. Must never write a cell that a spreadsheet would run. */
import { stringify } from "csv-stringify/sync";
import { guardCell } from "../csv/formula-guard.ts";
import { plainText } from "../domain/plain-text.ts";
import type { Insight } from "./insight.ts";

/** The lines of the table, the head first: whatever writes them, the same. */
export function insightLines(
  { periods, total, rows }: Insight,
  of: string,
  by: string,
): readonly (string | number)[][] {
  const all = rows.length > 0 ? rows : [{ key: "", name: null, ...total }];
  return [
    [of, "name", by, "visits", "images", "failed", "perimeter", "flagged"],
    ...all.flatMap(({ key, name, series }) =>
      periods.map((period, no) => [
        key,
        name ?? "",
        period,
        ...[series.visits, series.images, series.failed, series.perimeter, series.flagged].map((list) => list[no] ?? 0),
      ]),
    ),
  ];
}

export function insightCsv(insight: Insight, of: string, by: string): string {
  const cells = insightLines(insight, of, by).map((line) =>
    line.map((cell) => (typeof cell === "string" ? guardCell(plainText(cell)) : cell)),
  );
  return stringify(cells);
}
