/**
 * Flagged images as people review them, in either database. First the keys of a page, from an index and a bounded number of rows; then what
 * is shown of each, by key.
 */
import { REUSE_KINDS } from "../../domain/findings.ts";
import { WEIGHTS } from "../../domain/truth-rules.ts";
import type {
  Decision,
  FlaggedCount,
  ImagePlace,
  LayOver,
  Review,
  ReviewEvent,
  ReviewedReuse,
  ReviewFilter,
  ReviewLedger,
} from "../port/review-ledger.ts";
import { givenPlaces, placeKey, placesList } from "./image-places.ts";
import { flagBit, flagsIn, kindBit, kindsIn, stateNumber, stateNumbered } from "./marks.ts";
import { labels, storedFindings } from "./result-rows.ts";
import { integer, integerOrNull, oneOf, type Row, text, textOrNull } from "./row.ts";
import type { Dialect, Value } from "./steps.ts";

/** Flagged images that are looked at for one page; a rare filter's page may be short. */
const LOOKED_AT = 20_000;
const COUNTED = 200_000;
const EVENTS_SHOWN = 200;

type Condition = { readonly text: string; readonly values: readonly Value[] };

/** Those that an index answers are looked up, the others are looked for among the rows that it gives. */
function conditionsOf(filter: ReviewFilter, { member }: Dialect): { indexed: Condition[]; others: Condition[] } {
  const indexed: Condition[] = [];
  const others: Condition[] = [];
  const add = (list: Condition[], value: Value, condition: (parameter: string) => string) => {
    if (value !== null) list.push({ text: condition("?"), values: [value] });
  };
  add(indexed, filter.tenant, (p) => `flagged.tenant = ${p}`);
  add(indexed, filter.jobId, (p) => `flagged.job = ${p}`);
  add(indexed, filter.state && stateNumber(filter.state), (p) => `flagged.state = ${p}`);
  add(indexed, filter.storeId, (p) => `flagged.store_id = ${p}`);
  add(others, filter.flag && flagBit(filter.flag), (p) => `(marks & cast(${p} as bigint)) <> 0`);
  add(others, filter.kind && kindBit(filter.kind), (p) => `(marks & cast(${p} as bigint)) <> 0`);
  add(others, filter.from, (p) => `visit_date >= ${p}`);
  add(others, filter.to, (p) => `visit_date <= ${p}`);
  add(others, filter.area, (p) => `store_id in (select id from stores where area = ${p})`);
  if (filter.agent) {
    const { key, name } = filter.agent;
    others.push({
      text: `exists (
        select 1 from visits
        where visits.job = looked.job and visits.no = looked.visit and ${member("visits.metadata", "cast(? as text)")} = ?)`,
      values: [key, name],
    });
  }
  return { indexed, others };
}

/** Statements with `?` in their order, as both databases number them. */
function numbered(parts: string, values: readonly Value[]): readonly [string, readonly Value[]] {
  let no = 0;
  return [parts.replaceAll("?", () => `$${++no}`), values];
}

const and = (conditions: readonly Condition[]) => conditions.map(({ text }) => `and ${text}`).join("\n    ");
const valuesOf = (conditions: readonly Condition[]) => conditions.flatMap(({ values }) => values);

const VISIBLE = "exists (select 1 from jobs where id = looked.job and status <> 'preparing' and pruned_at is null)";

/** The newest flagged images that the indexed conditions leave. */
const lookedAt = (indexed: readonly Condition[], columns: string) => `
  select ${columns} from flagged
  where marks <> 0 and (job, image) < (cast(? as bigint), cast(? as bigint))
    ${and(indexed)}
  order by job desc, image desc limit ${LOOKED_AT}`;

const BEFORE_ALL = { jobId: Number.MAX_SAFE_INTEGER, image: 0 };

const reviewSql = (dialect: Dialect) => `
  select flagged.*, images.url, visits.visit_time, visits.external_id, visits.metadata, stores.name as store_name, stores.area,
         results.perimeter, results.width, results.height, results.findings
  from ${givenPlaces(dialect)}
  join flagged on flagged.job = given.job and flagged.image = given.image and flagged.marks <> 0
  ${dialect.each({ table: "images", as: "images", where: "images.job = given.job and images.no = given.image" })}
  ${dialect.each({ table: "visits", as: "visits", where: "visits.job = given.job and visits.no = flagged.visit" })}
  ${dialect.each({ table: "results", as: "results", where: "results.job = given.job and results.image = given.image" })}
  ${dialect.each({ table: "stores", as: "stores", where: "stores.id = flagged.store_id" })}
  where images.no is not null and exists (select 1 from jobs where id = given.job and status <> 'preparing' and pruned_at is null)
  order by given.job desc, given.image desc`;

const reusesSql = (dialect: Dialect) => `
  select reuses.*, images.url, visits.store_id, visits.visit_time, stores.name as store_name, stores.area, results.perimeter
  from ${givenPlaces(dialect)}
  join reuses on reuses.job = given.job and reuses.image = given.image
  join jobs on jobs.id = reuses.earlier_job and jobs.pruned_at is null
  ${dialect.each({ table: "images", as: "images", where: "images.job = reuses.earlier_job and images.no = reuses.earlier_image" })}
  ${dialect.each({ table: "visits", as: "visits", where: "visits.job = images.job and visits.no = images.visit" })}
  ${dialect.each({ table: "results", as: "results", where: "results.job = images.job and results.image = images.no" })}
  ${dialect.each({ table: "stores", as: "stores", where: "stores.id = visits.store_id" })}
  where images.no is not null
  order by reuses.job, reuses.image, reuses.score desc, reuses.earlier_job, reuses.earlier_image`;

const HISTORY = `
  select * from (
    select no, state, why, note, actor, at from review_history where job = $1 and image = cast($2 as bigint)
    order by no desc limit ${EVENTS_SHOWN}
  ) latest
  order by no`;

export function createReviewReader(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  readonly dialect: Dialect;
  /** Whether a stored text can equal this one. */
  readonly isStorable: (text: string) => boolean;
}): Pick<ReviewLedger, "listReviews" | "readReview" | "readReviewHistory" | "countReviews"> {
  const { run, dialect } = deps;
  const READ_REVIEWS = reviewSql(dialect);
  const READ_REUSES = reusesSql(dialect);

  /** Text that no row can hold finds nothing, in place of an error. */
  function isPossible({ storeId, area, agent }: ReviewFilter): boolean {
    return [storeId, area, agent?.key, agent?.name].every((value) => value == null || deps.isStorable(value));
  }

  async function readReviews(places: readonly ImagePlace[]): Promise<readonly Review[]> {
    if (places.length === 0) return [];
    const given = placesList(places);
    const rows = await run(READ_REVIEWS, [given]);
    const reuses = Map.groupBy(await run(READ_REUSES, [given]), (row) => placeKey(place(row)));
    return rows.map((row) => review(row, (reuses.get(placeKey(place(row))) ?? []).map(reviewedReuse)));
  }

  return {
    async listReviews(filter, { before, limit }) {
      if (!isPossible(filter)) return { reviews: [], next: null };
      const { indexed, others } = conditionsOf(filter, dialect);
      const { jobId, image } = before ?? BEFORE_ALL;
      const inner = [jobId, image, ...valuesOf(indexed)];
      const rows = await run(
        ...numbered(
          `select job, image from (${lookedAt(indexed, "job, image, visit, store_id, visit_date, marks")}) looked
           where ${VISIBLE} ${and(others)}
           order by job desc, image desc limit ?`,
          [...inner, ...valuesOf(others), limit],
        ),
      );
      const places = rows.map(place);
      if (places.length === limit) return { reviews: await readReviews(places), next: places.at(-1) ?? null };
      const [last] = await run(...numbered(`${lookedAt(indexed, "job, image")} offset ${LOOKED_AT - 1}`, inner));
      return { reviews: await readReviews(places), next: last ? place(last) : null };
    },

    async readReview(image) {
      const [found] = await readReviews([image]);
      return found ?? null;
    },

    async readReviewHistory({ jobId, image }) {
      return (await run(HISTORY, [jobId, image])).map(reviewEvent);
    },

    async countReviews(filter) {
      if (!isPossible(filter)) return { counts: [], complete: true };
      const { indexed, others } = conditionsOf(filter, dialect);
      const rows = await run(
        ...numbered(
          `select marks, state, sum(meant) as images, sum(looked_at) as looked_at
           from (
             select marks, state, 1 as looked_at, case when ${VISIBLE} ${and(others)} then 1 else 0 end as meant
             from (
               select job, image, visit, store_id, visit_date, marks, state from flagged
               where marks <> 0 ${and(indexed)} order by job desc, image desc limit ${COUNTED}
             ) looked
           ) counted
           group by marks, state`,
          [...valuesOf(others), ...valuesOf(indexed)],
        ),
      );
      const looked = rows.reduce((sum, row) => sum + Number(row.looked_at), 0);
      const counts = rows.map(flaggedCount).filter(({ images }) => images > 0);
      return { counts, complete: looked < COUNTED };
    },
  };
}

/** A row of `marks`, `state` and `images`, which PostgreSQL sums as text. */
export function flaggedCount(row: Row): FlaggedCount {
  const marks = integer(row, "marks");
  return {
    flags: flagsIn(marks),
    kinds: kindsIn(marks),
    state: stateNumbered(integer(row, "state")),
    images: Number(row.images),
  };
}

const place = (row: Row): ImagePlace => ({ jobId: integer(row, "job"), image: integer(row, "image") });

function review(row: Row, reuseOf: readonly ReviewedReuse[]): Review {
  return {
    ...place(row),
    tenant: text(row, "tenant"),
    visit: integer(row, "visit"),
    storeId: text(row, "store_id"),
    storeName: textOrNull(row, "store_name"),
    area: textOrNull(row, "area"),
    visitTime: text(row, "visit_time"),
    visitDate: textOrNull(row, "visit_date"),
    visitLabels: labels(row, ""),
    imageUrl: text(row, "url"),
    isMeasured: row.perimeter !== null,
    width: integerOrNull(row, "width"),
    height: integerOrNull(row, "height"),
    flags: flagsIn(integer(row, "marks")),
    findings: storedFindings(textOrNull(row, "findings")),
    reuseOf,
    decision: decisionIn(row),
  };
}

function decisionIn(row: Row): Decision | null {
  const state = stateNumbered(integer(row, "state"));
  if (state === "open") return null;
  return { state, note: textOrNull(row, "note"), by: textOrNull(row, "decided_by"), at: integer(row, "decided_at") };
}

function reviewedReuse(row: Row): ReviewedReuse {
  const threshold = row.threshold;
  return {
    imageUrl: text(row, "url"),
    jobId: integer(row, "earlier_job"),
    image: integer(row, "earlier_image"),
    storeId: text(row, "store_id"),
    visitTime: text(row, "visit_time"),
    kind: oneOf(row, "kind", REUSE_KINDS),
    score: Number(row.score),
    why: text(row, "why"),
    weight: oneOf(row, "weight", WEIGHTS),
    threshold: typeof threshold === "number" ? threshold : null,
    layOver: layOver(textOrNull(row, "lay_over")),
    storeName: textOrNull(row, "store_name"),
    area: textOrNull(row, "area"),
    isMeasured: row.perimeter !== null,
  };
}

function layOver(json: string | null): LayOver | null {
  if (json === null) return null;
  const numbers: readonly number[] = JSON.parse(json);
  return numbers;
}

function reviewEvent(row: Row): ReviewEvent {
  return {
    state: stateNumbered(integer(row, "state")),
    why: oneOf(row, "why", ["decided", "undone", "new_evidence"]),
    note: textOrNull(row, "note"),
    by: textOrNull(row, "actor"),
    at: integer(row, "at"),
  };
}
