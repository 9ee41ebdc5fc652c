/**
 * Marks images as flagged and counts them, in the transaction of what was found. Evidence that is new opens a decided image again: what
 * somebody decided was about what was known then. Rows are locked in one order: jobs that could be deleted meanwhile, flagged images by job and
 * number, then their counts.
 */
import type { ImageResult } from "../../domain/job.ts";
import type { ReusedPhoto } from "../port/inspection-ledger.ts";
import type { ImagePlace } from "../port/review-ledger.ts";
import { givenPlaces, givenPlacesWith, placeKey, placesList } from "./image-places.ts";
import { flagBit, flagBits, kindBit, OPEN, REUSE_BITS } from "./marks.ts";
import { integer } from "./row.ts";
import type { Dialect, Steps, Value } from "./steps.ts";

/** Bits that an image has from now on, beside those it has. */
type Marks = { readonly bits: number; readonly isNews: boolean };
type Marked = ImagePlace & Marks;
type Known = ImagePlace & { readonly marks: number; readonly state: number };
type Change = Known & { readonly was: Known };

const COUNT_PARTS = 16;
/** Neighbours share a part: a batch of results touches one or two. */
const IMAGES_A_PART = 512;

const partOf = ({ image }: ImagePlace) => Math.floor(image / IMAGES_A_PART) % COUNT_PARTS;

const knownSql = (dialect: Dialect) => `
  select flagged.job, flagged.image, flagged.marks, flagged.state
  from ${givenPlaces(dialect)}
  join flagged on flagged.job = given.job and flagged.image = given.image
  order by flagged.job, flagged.image ${dialect.locking && `${dialect.locking} of flagged`}`;

const keepJobsSql = (dialect: Dialect) => `
  select id from jobs where id in (select job from ${givenPlaces(dialect)}) order by id ${dialect.keeping}`;

const addSql = (dialect: Dialect) => `
  insert into flagged (job, image, tenant, visit, store_id, visit_date, marks, state)
  select given.job, given.image, jobs.tenant, images.visit, visits.store_id, visits.visit_date, 0, 0
  from ${givenPlaces(dialect)}
  ${dialect.each({ table: "jobs", as: "jobs", where: "jobs.id = given.job" })}
  ${dialect.each({ table: "images", as: "images", where: "images.job = given.job and images.no = given.image" })}
  ${dialect.each({ table: "visits", as: "visits", where: "visits.job = given.job and visits.no = images.visit" })}
  where visits.no is not null
  order by given.job, given.image
  on conflict do nothing`;

const changeSql = (dialect: Dialect) => `
  update flagged set marks = given.marks, state = given.state
  from ${givenPlacesWith(dialect, ["marks", "state"])}
  where flagged.job = given.job and flagged.image = given.image`;

const countSql = ({ elements }: Dialect) => `
  insert into flag_counts (job, part, marks, state, images)
  select job, part, marks, state, images
  from (
    select cast(given.value ->> 0 as bigint) as job, cast(given.value ->> 1 as bigint) as part,
           cast(given.value ->> 2 as bigint) as marks, cast(given.value ->> 3 as bigint) as state,
           cast(given.value ->> 4 as bigint) as images
    from ${elements("$1")} given
  ) given
  where true
  order by job, part, marks, state
  on conflict (job, part, marks, state) do update set images = flag_counts.images + excluded.images`;

const historySql = (dialect: Dialect) => `
  insert into review_history (job, image, state, why, note, actor, at)
  select job, image, $2, $3, $4, $5, storewalk_now() from ${givenPlaces(dialect)}`;

const json = (rows: readonly (readonly Value[])[]) => JSON.stringify(rows);

type HistoryEntry = {
  readonly state: number;
  readonly why: "decided" | "undone" | "new_evidence";
  readonly note: string | null;
  readonly actor: string | null;
};

export function createFlagged(dialect: Dialect) {
  const sql = {
    keepJobs: keepJobsSql(dialect),
    known: knownSql(dialect),
    add: addSql(dialect),
    change: changeSql(dialect),
    count: countSql(dialect),
    history: historySql(dialect),
  };

  /** Of images whose jobs may be over: a deletion takes out of the sums what is committed, a change beside it would be taken out twice or never. */
  function* keepJobs(images: readonly ImagePlace[]): Steps<void> {
    if (dialect.keeping !== "" && images.length > 0) yield [sql.keepJobs, [placesList(images)]];
  }

  /** The flagged ones of these images, locked. */
  function* known(images: readonly ImagePlace[]): Steps<readonly Known[]> {
    return (yield [sql.known, [placesList(images)]]).map((row) => ({
      jobId: integer(row, "job"),
      image: integer(row, "image"),
      marks: integer(row, "marks"),
      state: integer(row, "state"),
    }));
  }

  function* change(changes: readonly Change[]): Steps<void> {
    yield [sql.change, [json(changes.map(({ jobId, image, marks, state }) => [jobId, image, marks, state]))]];
    const sums = new Map<string, number>();
    const count = (row: Known, images: number) => {
      const key = JSON.stringify([row.jobId, partOf(row), row.marks, row.state]);
      if (row.marks !== 0) sums.set(key, (sums.get(key) ?? 0) + images);
    };
    for (const now of changes) {
      count(now.was, -1);
      count(now, 1);
    }
    const counted = [...sums].filter(([, images]) => images !== 0);
    if (counted.length > 0) yield [sql.count, [json(counted.map(([key, images]) => [...JSON.parse(key), images]))]];
  }

  function* note(images: readonly ImagePlace[], { state, why, note, actor }: HistoryEntry): Steps<void> {
    if (images.length > 0) yield [sql.history, [placesList(images), state, why, note, actor]];
  }

  function* mark(marked: readonly Marked[]): Steps<void> {
    if (marked.length === 0) return;
    yield [sql.add, [placesList(marked)]];
    const added = new Map<string, Marks>();
    for (const one of marked) {
      const { bits, isNews } = added.get(placeKey(one)) ?? { bits: 0, isNews: false };
      added.set(placeKey(one), { bits: bits | one.bits, isNews: isNews || one.isNews });
    }
    const changes: Change[] = [];
    for (const was of yield* known(marked)) {
      const { bits = 0, isNews = false } = added.get(placeKey(was)) ?? {};
      const marks = was.marks | bits;
      const state = isNews || marks !== was.marks ? OPEN : was.state;
      if (marks !== was.marks || state !== was.state) changes.push({ ...was, marks, state, was });
    }
    if (changes.length === 0) return;
    yield* change(changes);
    const reopened = changes.filter(({ state, was }) => state !== was.state);
    yield* note(reopened, { state: OPEN, why: "new_evidence", note: null, actor: null });
  }

  return {
    keepJobs,
    known,
    change,
    note,

    /** Of results that were written just now. */
    *markResults(jobId: number, results: readonly ImageResult[]): Steps<void> {
      yield* mark(
        results.map(({ no, findings }) => {
          const bits = flagBits(findings?.flags.map(({ flag }) => flag) ?? []);
          return { jobId, image: no, bits, isNews: false };
        }),
      );
    },

    /** Of pairs that were not known before, of jobs that are kept. */
    *markReuses(reuses: readonly Pick<ReusedPhoto, "jobId" | "image" | "kind">[]): Steps<void> {
      const bits = (kind: ReusedPhoto["kind"]) => flagBit("reused") | kindBit(kind);
      yield* mark(reuses.map(({ jobId, image, kind }) => ({ jobId, image, bits: bits(kind), isNews: true })));
    },

    /** Images that run again: what their replaced results found is no longer known, what others found of them is. */
    *forgetResults(jobId: number, images: readonly number[]): Steps<void> {
      const rows = yield* known(images.map((image) => ({ jobId, image })));
      const changes = rows.map((was) => ({ ...was, marks: was.marks & REUSE_BITS, was }));
      const changed = changes.filter(({ marks, was }) => marks !== was.marks);
      if (changed.length > 0) yield* change(changed);
    },
  };
}

export type Flagged = ReturnType<typeof createFlagged>;
