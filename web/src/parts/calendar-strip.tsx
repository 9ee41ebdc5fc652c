/** A year of a store at one look: a cell a day, darker with more visits; the share of its images that failed fills it from below. The newest week is what is seen first. */
import type { StoreWithDays } from "../../../sdk/src/api-types.ts";
import { Exports } from "./exports.tsx";
import { count, counted, day as dayText, share } from "./format.ts";
import { Day } from "./instant.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { Table } from "./table.tsx";

type VisitDay = StoreWithDays["days"][number];

const DAY_MS = 86_400_000;
const WEEKS = 53;
const CELL = 13;
const SIDE = CELL - 2;
/** So much is seen of a share however small. */
const LEAST_MARK = 2;
/** Room for the months' names. */
const HEAD = 18;
/** So many visits or more, and how they look: the most first. */
const LEVELS = [
  [3, "much"],
  [2, "some"],
  [1, "few"],
] as const;
const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

export function CalendarStrip({ days, storeId }: { readonly days: readonly VisitDay[]; readonly storeId: string }) {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const today = Math.floor(Date.now() / DAY_MS);
  // Weeks begin on Monday; day 0 of the epoch was a Thursday.
  const first = today - ((today + 3) % 7) - (WEEKS - 1) * 7;
  const cells = Array.from({ length: today - first + 1 }, (_, no) => {
    const date = new Date((first + no) * DAY_MS).toISOString().slice(0, 10);
    return { date, day: byDate.get(date), x: Math.floor(no / 7) * CELL, y: (no % 7) * CELL };
  });
  const months = cells.filter(({ date, y }) => y === 0 && Number(date.slice(8)) <= 7);
  return (
    <>
      <ScrollBox startsAtEnd>
        <svg
          class="calendar"
          width={WEEKS * CELL}
          height={7 * CELL + HEAD}
          role="img"
          aria-label={`${counted(days.length, "day")} with a visit in the last year`}
        >
          {months.map(({ date, x }) => (
            <text key={date} x={x} y={HEAD - 6}>
              {MONTH.format(new Date(date))}
            </text>
          ))}
          {cells.map(({ date, day, x, y }) => (
            <g key={date}>
              <title>
                {day
                  ? `${dayText(date)}: ${counted(day.visits, "visit")}, ${counted(day.images, "image")}, ${day.failed} failed (${share(day.failed, day.images)})`
                  : dayText(date)}
              </title>
              <rect x={x} y={y + HEAD} width={SIDE} height={SIDE} rx="2" class={level(day)} />
              {day && day.failed > 0 ? <Failed day={day} x={x} bottom={y + HEAD + SIDE} /> : null}
            </g>
          ))}
        </svg>
      </ScrollBox>
      <Legend />
      {days.length === 0 ? null : (
        <>
          <details>
            <summary>As a table</summary>
            <Table
              rows={days.toReversed()}
              keyOf={({ date }) => date}
              columns={[
                { name: "Day", isHeading: true, cell: ({ date }) => <Day date={date} /> },
                { name: "Visits", look: "number", cell: ({ visits }) => count(visits) },
                { name: "Images", look: "number", cell: ({ images }) => count(images) },
                { name: "Failed", look: "number", cell: ({ failed }) => count(failed) },
              ]}
            />
          </details>
          <Exports
            path="/api/v1/insight"
            query={{ of: "store", by: "day", only: storeId, from: cells[0]?.date, to: cells.at(-1)?.date }}
            text="The year, day by day"
          />
        </>
      )}
    </>
  );
}

function Legend() {
  return (
    <p class="quiet legend">
      Visits a day:
      {LEVELS.toReversed().map(([visits, look]) => (
        <span key={look}>
          <Swatch look={look} /> {visits === LEVELS[0][0] ? `${visits} or more` : visits}
        </span>
      ))}
      <span>
        <Swatch look="bad" /> share of its images that failed
      </span>
    </p>
  );
}

function Swatch({ look }: { readonly look: string }) {
  return (
    <svg class="calendar" width={SIDE} height={SIDE} aria-hidden="true">
      <rect width={SIDE} height={SIDE} rx="2" class={look} />
    </svg>
  );
}

function Failed({ day, x, bottom }: { readonly day: VisitDay; readonly x: number; readonly bottom: number }) {
  const height = Math.max(LEAST_MARK, (SIDE * day.failed) / day.images);
  return <rect x={x} y={bottom - height} width={SIDE} height={height} rx="1" class="bad" />;
}

const level = (day: VisitDay | undefined): string =>
  LEVELS.find(([visits]) => day && day.visits >= visits)?.[1] ?? "none";
