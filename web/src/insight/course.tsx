/** A figure of everything, period by period: bars, and the same as a table. */

import type { Insight } from "../../../sdk/src/api-types.ts";
import { day } from "../parts/format.ts";
import { Day } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Table } from "../parts/table.tsx";
import { daysOf, dayWord, exact, imagesLink, measureWord, type Question, valueAt } from "./question.ts";

export function Course({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { measure, by } = question;
  const values = insight.periods.map((_, no) => valueAt(insight.total, measure, no));
  const most = Math.max(...values);
  return (
    <>
      <div class="course" aria-hidden="true">
        {insight.periods.map((period, no) => {
          const value = values[no] ?? 0;
          return (
            <span key={period} title={`${day(period)}: ${exact(value, measure)}`}>
              <b style={{ height: `${most === 0 ? 0 : (value / most) * 100}%` }} />
              <i>{dayWord(period)}</i>
            </span>
          );
        })}
      </div>
      <details>
        <summary>As a table</summary>
        <Table
          rows={insight.periods.map((period, no) => ({ period, value: values[no] ?? 0 }))}
          keyOf={({ period }) => period}
          columns={[
            {
              name: by === "day" ? "Day" : "Week from",
              isHeading: true,
              cell: ({ period }) => <Day date={period} />,
            },
            {
              name: measureWord(question),
              look: "number",
              cell: ({ period, value }) => (
                <Link href={imagesLink(question, daysOf(insight, by, period), null)}>{exact(value, measure)}</Link>
              ),
            },
          ]}
        />
      </details>
    </>
  );
}
