/** A figure of everything, period by period: bars, and the same as a table. */
import { Link } from "../parts/link.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";
import type { Insight } from "../service/insight-types.ts";
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
            <span key={period} title={`${period}: ${exact(value, measure)}`}>
              <b style={{ height: `${most === 0 ? 0 : (value / most) * 100}%` }} />
              <i>{dayWord(period)}</i>
            </span>
          );
        })}
      </div>
      <details>
        <summary>As a table</summary>
        <ScrollBox>
          <table>
            <thead>
              <tr>
                <th scope="col">{by === "day" ? "Day" : "Week from"}</th>
                <th scope="col" class="number">
                  {measureWord(question)}
                </th>
              </tr>
            </thead>
            <tbody>
              {insight.periods.map((period, no) => (
                <tr key={period}>
                  <th scope="row">{period}</th>
                  <td class="number">
                    <Link href={imagesLink(question, daysOf(insight, by, period), null)}>
                      {exact(values[no] ?? 0, measure)}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </details>
    </>
  );
}
