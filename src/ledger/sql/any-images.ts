/**
 * Images of all jobs, page by page, in either database. The sums say on which days there is something of what is asked for; of each such day
 * the visits are looked at in the order of their index, a bounded number for one page.
 */
import { hostOf } from "../../domain/host-of.ts";
import type { AnyImageFilter, AnyImagePlace, AnyImageRow, Dimension, InsightLedger } from "../port/insight-ledger.ts";
import type { ImageRow } from "../port/job-reader.ts";
import { flagBit } from "./marks.ts";
import { tenantsWithSums } from "./read-sums.ts";
import { imageRow } from "./result-rows.ts";
import { imagesWithReuses } from "./reuses.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { Dialect, Value } from "./steps.ts";

/** Visits that one statement looks at, and those for one page. */
const VISITS_A_LOOK = 2_000;
const VISITS_A_PAGE = 40_000;
/** What a look costs that found the end of its day, however few visits that has. */
const SHORT_LOOK = 200;
/** More than a visit has: a visit's results are looked up one visit after the other, and all of them. */
const IMAGES_A_VISIT = 10_000_000;
/** Images whose host is compared, which no index knows, in one statement. */
const HOSTS_COMPARED = 2_000;

type Run = (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;

const BEHIND_ALL = { jobId: Number.MAX_SAFE_INTEGER, visit: Number.MAX_SAFE_INTEGER, image: -1 };

type Look = { readonly sql: string; readonly values: readonly Value[] };
type From = Omit<AnyImagePlace, "day">;

/** The images of a day that match, behind an image; and the visit at which such a look ended, which has a row where it was full. */
function looksOf(
  { each }: Dialect,
  filter: AnyImageFilter,
  day: string,
  from: From,
  limit: number,
): { readonly images: Look; readonly end: Look } {
  const values: Value[] = [filter.tenant, day, from.jobId, from.visit];
  const given = (value: Value) => `$${values.push(value)}`;
  const ofVisits: string[] = [];
  if (filter.jobId !== null) ofVisits.push(`visits.job = cast(${given(filter.jobId)} as bigint)`);
  if (filter.storeId !== null) ofVisits.push(`visits.store_id = ${given(filter.storeId)}`);
  if (filter.agent !== null) ofVisits.push(`visits.agent = ${given(filter.agent)}`);
  if (filter.area === "") ofVisits.push("not exists (select 1 from stores where id = visits.store_id)");
  else if (filter.area !== null)
    ofVisits.push(`visits.store_id in (select id from stores where area = ${given(filter.area)})`);
  const looked = `
    select job, no, first_image, last_image from visits
    where coalesce(visit_date, '') = $2
      and (job, no) <= (cast($3 as bigint), cast($4 as bigint))
      and exists (
        select 1 from jobs where id = visits.job and status <> 'preparing' and pruned_at is null
          and (cast($1 as text) is null or tenant = $1))
      ${and(ofVisits)}
    order by job desc, no desc limit ${VISITS_A_LOOK}`;
  const end = {
    sql: `select job, no as visit from (${looked}) looked order by job desc, no desc limit 1 offset ${VISITS_A_LOOK - 1}`,
    values: [...values],
  };
  const ofResults = [
    `(looked.job <> cast($3 as bigint) or looked.no <> cast($4 as bigint) or results.image > cast(${given(from.image)} as bigint))`,
  ];
  if (filter.outcome !== null) ofResults.push(`results.code is ${filter.outcome === "failed" ? "not" : ""} null`);
  // Both, since the index of failed results has the first as its condition.
  if (filter.code !== null) ofResults.push(`results.code is not null and results.code = ${given(filter.code)}`);
  if (filter.flag !== null)
    ofResults.push(`exists (
      select 1 from flagged
      where job = results.job and image = results.image and state <> 2
        and (marks & cast(${given(flagBit(filter.flag))} as bigint)) <> 0)`);
  const images = `
    select looked.job, looked.no as visit, results.image, images.url
    from (${looked}) looked
    ${each({
      table: "results",
      as: "results",
      where: `results.job = looked.job and results.image between looked.first_image and looked.last_image ${and(ofResults)}`,
      most: IMAGES_A_VISIT,
    })}
    ${each({ table: "images", as: "images", where: "images.job = results.job and images.no = results.image" })}
    where results.job is not null and images.job is not null
    order by looked.job desc, looked.no desc, results.image limit ${given(limit)}`;
  return { images: { sql: images, values }, end };
}

const and = (conditions: readonly string[]) => conditions.map((condition) => `and ${condition}`).join(" ");

const rowsSql = (dialect: Dialect) => `
  select given.job, given.image, images.visit, images.url, images.external_id as image_external_id, images.metadata as image_metadata,
         visits.store_id, visits.visit_time, visits.visit_date, visits.external_id as visit_external_id, visits.metadata as visit_metadata,
         width, height, perimeter, format, bytes, code, detail, attempts, fetch_ms, finished_at, integrity, not_decoded, findings,
         stores.name as store_name, stores.area
  from (
    select cast(value ->> 0 as bigint) as job, cast(value ->> 1 as bigint) as image from ${dialect.elements("$1")} listed
  ) given
  ${dialect.each({ table: "images", as: "images", where: "images.job = given.job and images.no = given.image" })}
  ${dialect.each({ table: "visits", as: "visits", where: "visits.job = given.job and visits.no = images.visit" })}
  ${dialect.each({ table: "results", as: "results", where: "results.job = given.job and results.image = given.image" })}
  ${dialect.each({ table: "stores", as: "stores", where: "stores.id = visits.store_id" })}
  where visits.no is not null and results.job is not null`;

const DAYS = `
  select grain, day from sums where tenant = $1 and dimension = 'all' and key = '' and grain in ('day', 'none')`;

/** Of the days in $4 those on which a key has sums, or a cause. */
const daysOfKeySql = ({ elements, each }: Dialect, table: string, more: string) => `
  select periods.day
  from (select value ->> 0 as grain, value ->> 1 as day from ${elements("$4")} listed) periods
  ${each({
    table,
    as: "found",
    where: `found.tenant = $1 and found.dimension = $2 and found.grain = periods.grain and found.day = periods.day and found.key = $3 ${more}`,
  })}
  where coalesce(found.images, -1) >= 0`;

export function createAnyImages(deps: {
  readonly run: Run;
  readonly dialect: Dialect;
  /** Whether a stored text can equal this one. */
  readonly isStorable: (text: string) => boolean;
}): Pick<InsightLedger, "listAnyImages"> {
  const { run, dialect } = deps;
  const ROWS = rowsSql(dialect);
  const DAYS_OF_KEY = daysOfKeySql(dialect, "sums", "");
  const DAYS_OF_FAILURES = daysOfKeySql(dialect, "sums", "and found.failed > 0");
  const DAYS_OF_CAUSE = daysOfKeySql(dialect, "cause_sums", "and found.cause = $5");

  /** Days on which there may be something, the latest first. */
  async function daysOf(filter: AnyImageFilter, after: AnyImagePlace | null): Promise<readonly string[]> {
    const { from, to, undated } = filter;
    const isDated = from !== null || to !== null;
    const isWanted = (day: string) =>
      (day === "" ? !isDated : !undated && (from === null || day >= from) && (to === null || day <= to)) &&
      (after === null || day <= after.day);
    const days = new Set<string>();
    for (const tenant of await tenantsWithSums(run, filter.tenant)) {
      const all = (await run(DAYS, [tenant])).map((row) => text(row, "day")).filter(isWanted);
      for (const day of await daysWithAll(tenant, filter, all)) days.add(day);
    }
    return [...days].sort().reverse();
  }

  async function daysWithAll(
    tenant: string,
    filter: AnyImageFilter,
    all: readonly string[],
  ): Promise<readonly string[]> {
    let days = all;
    const cause = filter.code ?? (filter.flag && `flag:${filter.flag}`);
    for (const [dimension, key] of keysOf(filter)) {
      const given = [tenant, dimension, key, JSON.stringify(days.map((day) => [day === "" ? "none" : "day", day]))];
      const ofKey = filter.outcome === "failed" ? DAYS_OF_FAILURES : DAYS_OF_KEY;
      const rows = cause === null ? await run(ofKey, given) : await run(DAYS_OF_CAUSE, [...given, cause]);
      days = rows.map((row) => text(row, "day"));
    }
    return days;
  }

  async function read(found: readonly AnyImagePlace[]): Promise<readonly AnyImageRow[]> {
    if (found.length === 0) return [];
    const rows = await run(ROWS, [JSON.stringify(found.map(({ jobId, image }) => [jobId, image]))]);
    const byPlace = new Map<string, AnyImageRow>();
    for (const [jobId, some] of Map.groupBy(rows, (row) => integer(row, "job"))) {
      const ordered = some.toSorted((a, b) => integer(a, "image") - integer(b, "image"));
      const images: readonly ImageRow[] = await imagesWithReuses(ordered.map(imageRow), run);
      for (const [no, image] of images.entries()) {
        const row = ordered[no];
        if (row) byPlace.set(`${jobId}/${image.image}`, { ...image, jobId, ...whereVisited(row) });
      }
    }
    return found.flatMap(({ jobId, image }) => byPlace.get(`${jobId}/${image}`) ?? []);
  }

  return {
    async listAnyImages(filter, { after, limit }) {
      const texts = [filter.tenant, filter.area, filter.storeId, filter.agent, filter.host];
      if (!texts.every((value) => value === null || deps.isStorable(value))) return { rows: [], next: null };
      const most = filter.host === null ? limit : HOSTS_COMPARED;
      const found: AnyImagePlace[] = [];
      let looked = 0;
      for (const day of await daysOf(filter, after)) {
        let from: From | null = after?.day === day ? after : BEHIND_ALL;
        while (from !== null) {
          if (looked >= VISITS_A_PAGE) return { rows: await read(found), next: { day, ...from } };
          const { images, end } = looksOf(dialect, filter, day, from, most);
          const rows = await run(images.sql, images.values);
          for (const row of rows) {
            if (filter.host !== null && hostOf(text(row, "url")) !== filter.host) continue;
            const place = placeIn(row, day);
            found.push(place);
            if (found.length === limit) return { rows: await read(found), next: place };
          }
          from = nextLook(day, rows.length === most ? rows.at(-1) : (await run(end.sql, end.values))[0]);
          looked += from === null ? SHORT_LOOK : VISITS_A_LOOK;
        }
      }
      return { rows: await read(found), next: null };
    },
  };
}

/** Behind an image, or behind a visit of which no image was named; null where a day has no more. */
function nextLook(day: string, row: Row | undefined): From | null {
  return row ? placeIn({ image: Number.MAX_SAFE_INTEGER, ...row }, day) : null;
}

function placeIn(row: Row, day: string): AnyImagePlace {
  return { day, jobId: integer(row, "job"), visit: integer(row, "visit"), image: integer(row, "image") };
}

/** What the sums know by a key; a job they do not know. */
function keysOf({ area, storeId, host, agent }: AnyImageFilter): readonly (readonly [Dimension, string])[] {
  const known = [
    ["area", area],
    ["store", storeId],
    ["host", host],
    ["agent", agent],
  ] as const;
  const keys = known.flatMap(([dimension, key]): (readonly [Dimension, string])[] =>
    key === null ? [] : [[dimension, key]],
  );
  return keys.length > 0 ? keys : [["all", ""]];
}

function whereVisited(row: Row) {
  return {
    visitDate: textOrNull(row, "visit_date"),
    storeName: textOrNull(row, "store_name"),
    area: textOrNull(row, "area"),
  };
}
