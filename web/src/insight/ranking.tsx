/** The rows one under the other, with their course as a small line and beside the period before. Each number leads to its images. */

import type { Insight, InsightRow } from "../../../sdk/src/api-types.ts";
import { count, share } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { change } from "./change.ts";
import { imagesLink, type Measure, measureWord, type Question, valueAt } from "./question.ts";
import { RowName } from "./row-name.tsx";
import { Sparkline } from "./sparkline.tsx";

const ROW_WORDS = { area: "Area", store: "Store", host: "Host", agent: "Agent" } as const;

export function Ranking({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { measure, cause } = question;
  const figure = (name: string, which: Measure, of: (row: InsightRow) => number, look = "number") => ({
    name,
    look,
    cell: (row: InsightRow) => {
      const value = of(row);
      return value === 0 ? "0" : <Link href={imagesLink(question, insight, row.key, which)}>{count(value)}</Link>;
    },
  });
  const columns: readonly Column<InsightRow>[] = [
    { name: ROW_WORDS[question.of], isHeading: true, cell: (row) => <RowName row={row} question={question} /> },
    {
      name: `Course of ${measureWord(question).toLowerCase()}`,
      cell: (row) => <Sparkline values={insight.periods.map((_, no) => valueAt(row, measure, no))} />,
    },
    figure("Visits", "visits", ({ visits }) => visits),
    figure("Images", "images", ({ images }) => images),
    { name: "Before", look: "number quiet", cell: ({ images, previous }) => change(images, previous.images) },
    figure("Failed", "failed", ({ failed }) => failed),
    { name: "Share", look: "number wide", cell: ({ failed, images }) => share(failed, images) },
    figure("Perimeter", "perimeter", ({ perimeter }) => perimeter, "number wide"),
    { name: "Flagged", look: "number wide", cell: ({ flagged }) => count(flagged) },
    ...(measure === "cause" ? [figure(measureWord(question), "cause", ({ causes }) => causes[cause] ?? 0)] : []),
  ];
  return <Table rows={insight.rows} keyOf={({ key }) => key} columns={columns} />;
}
