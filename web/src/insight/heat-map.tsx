/** Rows by periods, darker with more: a table, so that it can be read without seeing it. Each number leads to its images. */

import type { Insight } from "../../../sdk/src/api-types.ts";
import { day } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";
import { daysOf, dayWord, exact, imagesLink, measureWord, type Question, short, valueAt } from "./question.ts";
import { RowName } from "./row-name.tsx";

/** The darkest cell; text stays readable on it in light and dark. */
const MOST_HEAT = 45;

export function HeatMap({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { periods, rows } = insight;
  const { by, measure } = question;
  const values = rows.map((row) => periods.map((_, no) => valueAt(row, measure, no)));
  const most = Math.max(...values.flat());
  return (
    <ScrollBox startsAtEnd>
      <table class="heat">
        <caption class="unseen">{`${measureWord(question)} by ${question.of} and ${by}`}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">{question.of}</span>
            </th>
            {periods.map((period) => (
              <th key={period} scope="col" class="number" title={day(period)}>
                {dayWord(period)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row.key}>
              <th scope="row">
                <RowName row={row} question={question} />
              </th>
              {periods.map((period, no) => {
                const value = values[at]?.[no] ?? 0;
                const heat = most === 0 ? 0 : Math.round((value / most) * MOST_HEAT);
                return (
                  <td key={period} class="number" style={{ "--heat": `${heat}%` }}>
                    {value === 0 ? (
                      <span class="none">·</span>
                    ) : (
                      <Link href={imagesLink(question, daysOf(insight, by, period), row.key)}>
                        {short(value, measure)}
                        <span class="unseen">{` of ${row.key} in ${by} ${period}: ${exact(value, measure)}`}</span>
                      </Link>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
