/** What was visited over all jobs: figures beside the period before, their course, rows by periods, and the images behind each number. */

import type { Insight } from "../../../sdk/src/api-types.ts";
import { change } from "../insight/change.ts";
import { Course } from "../insight/course.tsx";
import { HeatMap } from "../insight/heat-map.tsx";
import {
  askedQuestion,
  causeWord,
  exact,
  figureOf,
  imagesLink,
  insightLink,
  MEASURES,
  type Measure,
  measureWord,
  pathOf,
  type Question,
  ROWS,
  rowName,
  short,
} from "../insight/question.ts";
import { Ranking } from "../insight/ranking.tsx";
import { ChoiceFilter, DateFilter } from "../parts/filter.tsx";
import { count, counted, share } from "../parts/format.ts";
import { Day } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { setQuery } from "../router.ts";
import { changes } from "../service/live.ts";
import { useAnswer } from "../service/use-answer.ts";
import "../insight/insight.css";

export function InsightPage() {
  const question = askedQuestion();
  const { data, error } = useAnswer<Insight>(pathOf(question), { again: changes.value });
  return (
    <>
      <div class="head">
        <h1>Insight</h1>
        <span class="buttons">
          <a href={pathOf(question, "xlsx")} class="button" download>
            Export XLSX
          </a>{" "}
          <a href={`${pathOf(question, "csv")}&bom=1`} class="button" download>
            Export CSV
          </a>
        </span>
      </div>
      <Filters question={question} causes={Object.keys(data?.total.causes ?? {})} />
      <Trail question={question} />
      <ErrorNote error={error} />
      {data ? <Shown insight={data} question={question} /> : null}
    </>
  );
}

function Filters({ question, causes }: { readonly question: Question; readonly causes: readonly string[] }) {
  const shown = [...new Set([...causes, ...(question.cause === "" ? [] : [question.cause])])];
  return (
    <form class="filters" aria-label="What to look at" onSubmit={(event) => event.preventDefault()}>
      <label>
        Rows
        <select
          value={question.of}
          onChange={({ currentTarget }) => setQuery({ of: currentTarget.value, area: "", only: "" })}
        >
          {ROWS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <ChoiceFilter name="by" label="Columns" choices={[["day", "Days"]]} all="Weeks" />
      <DateFilter name="from" label="From" />
      <DateFilter name="to" label="To" />
      <label>
        Figure
        <select
          value={question.measure === "cause" ? "" : question.measure}
          onChange={({ currentTarget }) => setQuery({ measure: currentTarget.value, cause: "" })}
        >
          {question.measure === "cause" ? <option value="">{measureWord(question)}</option> : null}
          {MEASURES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <ChoiceFilter
        name="cause"
        label="Cause"
        choices={shown.map((cause) => [cause, causeWord(cause)] as const)}
        all="any"
      />
    </form>
  );
}

/** Where one is, and the way back. */
function Trail({ question: { of, area, key } }: { readonly question: Question }) {
  if (area === null && key === null) return null;
  return (
    <nav class="trail" aria-label="Narrowed to">
      {area === null ? null : (
        <span>
          <Link href={insightLink({ of: "area", area: null, only: null })}>All areas</Link> › {area}
        </span>
      )}
      {key === null ? null : (
        <span>
          <Link href={insightLink({ only: null })}>All {ROWS.find(([value]) => value === of)?.[1].toLowerCase()}</Link>{" "}
          › {rowName(of, key)}
        </span>
      )}
    </nav>
  );
}

function Shown({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { total, rows, more, undated, pending } = insight;
  const word = measureWord(question);
  if (total.images === 0 && total.previous.images === 0 && undated.images === 0) {
    return (
      <Empty>
        No visit from <Day date={insight.from} /> to <Day date={insight.to} />. Choose other days, or{" "}
        <Link href="/submit">submit a job</Link>.
      </Empty>
    );
  }
  return (
    <>
      <Figures insight={insight} question={question} />
      <section class="card">
        <h2>
          {word} <small>{exact(figureOf(total, question), question.measure)} in all</small>
        </h2>
        <Course insight={insight} question={question} />
      </section>
      {rows.length === 0 ? (
        <Empty>
          {question.of === "agent"
            ? "No visit of these days names its agent in its metadata."
            : "Nothing in these days."}
        </Empty>
      ) : (
        <>
          <section class="card">
            <h2>
              {word} by {question.of} and {question.by}
            </h2>
            <HeatMap insight={insight} question={question} />
          </section>
          <section class="card">
            <h2>
              {ROWS.find(([value]) => value === question.of)?.[1]} by {word.toLowerCase()}
            </h2>
            <Ranking insight={insight} question={question} />
            {more > 0 ? <p class="quiet">{counted(more, "more row")} not shown.</p> : null}
          </section>
        </>
      )}
      <Causes insight={insight} question={question} />
      {undated.images > 0 ? (
        <p class="quiet">
          <Link href="/images?undated=true">{counted(undated.images, "image")}</Link> of visits whose date could not be
          read {undated.images === 1 ? "is" : "are"} in none of these days.
        </p>
      ) : null}
      {pending > 0 ? <p class="quiet">{counted(pending, "result")} of the last moments are being added.</p> : null}
    </>
  );
}

function Figures({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const { total, from, to, previous } = insight;
  const { previous: before } = total;
  const figures: readonly (readonly [string, Measure, number, string, string])[] = [
    ["Visits", "visits", total.visits, count(total.visits), change(total.visits, before.visits)],
    ["Images", "images", total.images, count(total.images), change(total.images, before.images)],
    [
      "Failed",
      "failed",
      total.failed,
      share(total.failed, total.images),
      before.images === 0 ? "" : `${share(before.failed, before.images)} before`,
    ],
    [
      "Perimeter",
      "perimeter",
      total.perimeter,
      short(total.perimeter, "perimeter"),
      change(total.perimeter, before.perimeter),
    ],
    ["Flagged", "flagged", 0, count(total.flagged), change(total.flagged, before.flagged)],
  ];
  return (
    <>
      <p class="quiet">
        <Day date={from} /> to <Day date={to} />, beside <Day date={previous.from} /> to <Day date={previous.to} />
      </p>
      <dl class="figures">
        {figures.map(([name, measure, value, text, about]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>
                {value === 0 ? text : <Link href={imagesLink(question, insight, null, measure)}>{text}</Link>}
              </strong>{" "}
              <small>{about}</small>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Causes({ insight, question }: { readonly insight: Insight; readonly question: Question }) {
  const causes = Object.entries(insight.total.causes);
  if (causes.length === 0) return null;
  const link = (cause: string) => imagesLink({ ...question, measure: "cause", cause }, insight, null);
  return (
    <section class="card">
      <h2>Causes and flags</h2>
      <Table
        rows={causes}
        keyOf={([cause]) => cause}
        columns={[
          {
            name: "Cause",
            isHeading: true,
            cell: ([cause]) => <Link href={insightLink({ cause })}>{causeWord(cause)}</Link>,
          },
          {
            name: "Images",
            look: "number",
            cell: ([cause, images]) => <Link href={link(cause)}>{count(images)}</Link>,
          },
          { name: "Share", look: "number", cell: ([, images]) => share(images, insight.total.images) },
        ]}
      />
    </section>
  );
}
