/** `GET /api/v1/insight`: what was visited over all jobs, from sums that the ledger keeps. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { addDays, periodOf } from "../../domain/calendar.ts";
import { CAUSES, DIMENSIONS, type InsightLedger } from "../../ledger/port/insight-ledger.ts";
import type { TenantLedger } from "../../ledger/port/tenant-ledger.ts";
import {
  type Insight,
  type InsightQuestion,
  type InsightSums,
  RANKS,
  rangeOf,
  readInsight,
} from "../../reports/insight.ts";
import { insightSheets } from "../../reports/insight-sheets.ts";
import { OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { assertRange, refused } from "./insight-range.ts";
import { listAnswer, sendSheets, tableParameters } from "./list-table.ts";
import { todayOf } from "./today.ts";

/** Periods of one answer: a year by day, five years by week. */
const MOST_PERIODS = 400;
/** Days with which weeks and months can be counted. */
const FIRST_DAY = "1900-01-01";
const LAST_DAY = "2999-12-31";
/** Four weeks of days, twelve of weeks. */
const USUAL_DAYS_BACK = { day: 27, week: 77 } as const;

const Count = Type.Integer({ minimum: 0 });
const CalendarDate = Type.String({ format: "date" });
const Range = { from: CalendarDate, to: CalendarDate };
const Sums = Type.Object(
  {
    visits: Type.Integer({ minimum: 0, description: "Counted with the result of their first image" }),
    images: Type.Integer({ minimum: 0, description: "With a result" }),
    failed: Count,
    perimeter: Type.Integer({ minimum: 0, description: "Of the measured images" }),
    flagged: Type.Integer({ minimum: 0, description: "With a flag that nobody dismissed" }),
  },
  { title: "Sums", description: "What was visited, in figures" },
);
const Figures = Type.Array(Count);
const sums = {
  ...Sums.properties,
  causes: Type.Record(Type.String(), Count, {
    description: "Failed images by code, and flagged ones by `flag:` and the flag; the most first",
  }),
  previous: Sums,
  series: Type.Object(
    { visits: Figures, images: Figures, failed: Figures, perimeter: Figures, flagged: Figures, cause: Figures },
    { title: "InsightSeries", description: "By the answer's periods; `cause` of the one that was asked for" },
  ),
};
const Answer = Type.Object(
  {
    ...Range,
    previous: Type.Object(Range, { description: "As many days before" }),
    periods: Type.Array(CalendarDate, { description: "Days, or weeks by their Mondays" }),
    total: Type.Object(sums, { title: "InsightTotal", description: "All of it" }),
    rows: Type.Array(
      Type.Object(
        {
          key: Type.String({ description: "Of an area '' for stores that the store master does not have" }),
          name: OrNull(Type.String(), "Of a store that the store master has"),
          ...sums,
        },
        { title: "InsightRow", description: "An area, store, host or agent" },
      ),
    ),
    more: Type.Integer({ minimum: 0, description: "So many more rows that are not listed" }),
    undated: { ...Sums, description: "Visits whose time could not be read: they are in no period" },
    pending: Type.Integer({ minimum: 0, description: "Changes of results that are added up in a moment" }),
  },
  { title: "Insight", description: "Sums over jobs" },
);

const Query = Type.Object(
  {
    of: Type.Optional(Type.Enum([...DIMENSIONS], { default: "area", description: "What a row is" })),
    by: Type.Optional(Type.Enum(["day", "week"], { default: "week" })),
    from: Type.Optional({ ...CalendarDate, description: "First day; 12 weeks back, or 28 days by day, if not given" }),
    to: Type.Optional({ ...CalendarDate, description: "Last day; the tenant's today if not given" }),
    area: Type.Optional(Type.String({ maxLength: 1_024, description: "With `of=store`: only stores of this area" })),
    only: Type.Optional(Type.String({ maxLength: 1_024, description: "Only this area, store, host or agent" })),
    cause: Type.Optional(Type.Enum([...CAUSES], { description: "Has a series, and may be what rows are ranked by" })),
    rank: Type.Optional(Type.Enum([...RANKS], { default: "images", description: "The row with the most first" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: "Rows, 50 if not given" })),
    ...tableParameters,
    format: Type.Optional({
      ...tableParameters.format,
      description: "csv, xlsx: a line for each row and period; a workbook has a sheet more, with the summary",
    }),
  },
  { additionalProperties: false },
);

export function addInsightRoute(
  server: FastifyInstance,
  deps: { readonly ledger: InsightLedger & Pick<TenantLedger, "readTenantTimes">; readonly now: () => number },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/insight",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getInsight",
        summary: "What was visited, over all jobs",
        description:
          "Visits, images, failures and flags by day or week and by area, store, host or agent, beside the period before. A visit counts on its " +
          "own date as it was written, whatever the time zone. By week the range is made of whole weeks, from Monday.",
        tags: ["insight"],
        querystring: Query,
        response: answers({
          200: listAnswer(Answer),
        }),
      },
    },
    async (request, reply) => {
      const { query, caller } = request;
      const today = await todayOf(deps.ledger, caller.tenant, deps.now());
      const question = questionOf(query, caller.sees, today);
      const insight = await readInsight(deps.ledger, question);
      const { format = "json" } = query;
      if (format === "json") return reply.type("application/json; charset=utf-8").send(JSON.stringify(view(insight)));
      const { of, by } = question;
      const name = `insight-${of}-${insight.from}-${insight.to}`;
      return sendSheets({ request, reply, name, format }, insightSheets(insight, of, by));
    },
  );
}

function questionOf(query: Static<typeof Query>, tenant: string | null, today: string): InsightQuestion {
  const { of = "area", by = "week", area = null, only: key = null, cause = null, rank = "images", limit = 50 } = query;
  const to = query.to ?? today;
  const from = query.from ?? addDays(periodOf(by, to), -USUAL_DAYS_BACK[by]);
  assertRange({ from, to });
  if (from < FIRST_DAY || to > LAST_DAY)
    throw refused(
      from < FIRST_DAY ? "from" : "to",
      `from=${from} and to=${to} must be between ${FIRST_DAY} and ${LAST_DAY}`,
    );
  const question = { tenant, of, by, from, to, area, key, cause, rank, limit };
  const range = rangeOf(question);
  const most = MOST_PERIODS * (by === "week" ? 7 : 1);
  if (addDays(range.from, most) <= range.to)
    throw refused("from", `from=${from} and to=${to} must be at most ${MOST_PERIODS} ${by}s apart`);
  if (area !== null && of !== "store")
    throw refused("area", `area goes with of=store, got of=${of}; for one area use only=NAME`);
  if (rank === "cause" && cause === null) throw refused("rank", "rank=cause needs a cause to rank by");
  return question;
}

function view(insight: Insight): Static<typeof Answer> {
  const { from, to, previous, periods, total, rows, more, undated, pending } = insight;
  return {
    from,
    to,
    previous,
    periods: [...periods],
    total: sumsView(total),
    rows: rows.map((row) => ({ key: row.key, name: row.name, ...sumsView(row) })),
    more,
    undated,
    pending,
  };
}

function sumsView({ visits, images, failed, perimeter, flagged, causes, previous, series }: InsightSums) {
  return {
    visits,
    images,
    failed,
    perimeter,
    flagged,
    causes: { ...causes },
    previous,
    series: {
      visits: [...series.visits],
      images: [...series.images],
      failed: [...series.failed],
      perimeter: [...series.perimeter],
      flagged: [...series.flagged],
      cause: [...series.cause],
    },
  };
}
