/** An insight as sheets: a line for each row and period, as a spreadsheet pivots it, and its summary beside it. Reads nothing; what writes them guards the cells. */
import { SUM_NAMES, type Sums } from "../ledger/port/insight-ledger.ts";
import { type CellValue, calendarDay } from "../xlsx/workbook-text.ts";
import type { SheetSource } from "../xlsx/write-workbook.ts";
import type { Insight } from "./insight.ts";

/** The first has the figures; a CSV has that one only. */
export function insightSheets(insight: Insight, of: string, by: string): readonly [SheetSource, SheetSource] {
  return [
    {
      name: `By ${of} and ${by}`,
      columns: [{ name: of, width: 24 }, { name: "name", width: 24 }, ...[by, ...SUM_NAMES].map((name) => ({ name }))],
      rows: once(figureRows(insight)),
    },
    {
      name: "Summary",
      columns: [{ name: "what", width: 24 }, { name: "which", width: 24 }, { name: "now" }, { name: "before" }],
      rows: once(summaryRows(insight, of)),
    },
  ];
}

function figureRows({ periods, total, rows }: Insight): readonly (readonly CellValue[])[] {
  const all = rows.length > 0 ? rows : [{ key: "", name: null, ...total }];
  return all.flatMap(({ key, name, series }) =>
    periods.map((period, no) => [key, name, calendarDay(period), ...SUM_NAMES.map((name) => series[name][no] ?? 0)]),
  );
}

function summaryRows(insight: Insight, of: string): readonly (readonly CellValue[])[] {
  const { from, to, previous, total, rows, more, undated, pending } = insight;
  return [
    ["from", null, calendarDay(from), calendarDay(previous.from)],
    ["to", null, calendarDay(to), calendarDay(previous.to)],
    ...sumRows("all", null, total),
    ...Object.entries(total.causes).map(([cause, images]) => ["images by cause or flag", cause, images, null]),
    ...rows.flatMap((row) => sumRows(of, row.key, row)),
    [`more of ${of}, not listed`, null, more, null],
    ["images of visits without a date", null, undated.images, null],
    ["results to be added in a moment", null, pending, null],
  ];
}

const sumRows = (
  what: string,
  which: string | null,
  sums: Sums & { readonly previous: Sums },
): readonly (readonly CellValue[])[] =>
  SUM_NAMES.map((name) => [`${what}: ${name}`, which, sums[name], sums.previous[name]]);

async function* once(rows: readonly (readonly CellValue[])[]) {
  yield rows;
}
