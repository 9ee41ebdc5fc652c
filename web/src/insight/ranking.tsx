/** The rows one under the other, with their course as a small line and beside the period before. Each number leads to its images. */
import { count, share } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";
import type { Insight, InsightRow } from "../service/insight-types.ts";
import { change } from "./change.ts";
import { imagesLink, type Measure, measureWord, type Question, valueAt } from "./question.ts";
import { RowHead } from "./row-head.tsx";
import { Sparkline } from "./sparkline.tsx";

export function Ranking({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { measure } = question;
  const number = (row: InsightRow, which: Measure, text: string, value: number) =>
    value === 0 ? text : <Link href={imagesLink(question, insight, row.key, which)}>{text}</Link>;
  return (
    <ScrollBox>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">{question.of}</span>
            </th>
            <th scope="col">{measureWord(question)}</th>
            <th scope="col" class="number">
              Visits
            </th>
            <th scope="col" class="number">
              Images
            </th>
            <th scope="col" class="number">
              Before
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="number wide">
              Share
            </th>
            <th scope="col" class="number wide">
              Perimeter
            </th>
            <th scope="col" class="number wide">
              Flagged
            </th>
            {measure === "cause" ? (
              <th scope="col" class="number">
                {measureWord(question)}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {insight.rows.map((row) => (
            <tr key={row.key}>
              <RowHead row={row} question={question} />
              <td>
                <Sparkline values={insight.periods.map((_, no) => valueAt(row, measure, no))} />
              </td>
              <td class="number">{number(row, "visits", count(row.visits), row.visits)}</td>
              <td class="number">{number(row, "images", count(row.images), row.images)}</td>
              <td class="number quiet">{change(row.images, row.previous.images)}</td>
              <td class="number">{number(row, "failed", count(row.failed), row.failed)}</td>
              <td class="number wide">{share(row.failed, row.images)}</td>
              <td class="number wide">{number(row, "perimeter", count(row.perimeter), row.perimeter)}</td>
              <td class="number wide">{count(row.flagged)}</td>
              {measure === "cause" ? (
                <td class="number">
                  {number(row, "cause", count(row.causes[question.cause] ?? 0), row.causes[question.cause] ?? 0)}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
