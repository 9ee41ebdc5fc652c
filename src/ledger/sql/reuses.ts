/** Photos used again and what was decided about them, as results show them. One statement for both databases. */
import { REUSE_KINDS, type ReuseOf } from "../../domain/findings.ts";
import type { ImageRow, ResultRow } from "../port/job-reader.ts";
import type { ImagePlace } from "../port/review-ledger.ts";
import { flagsIn, stateNumbered } from "./marks.ts";
import { integer, oneOf, type Row, text } from "./row.ts";

/** A photo that everybody sends is shown again by a whole campaign. */
const MOST_LATER = 100;

/** Of a job's images from $2 to $3; an earlier photo whose job was removed is nothing that anybody could look at. */
const READ_REUSES = `
  select reuses.image, reuses.earlier_job as other_job, reuses.earlier_image as other_image, reuses.kind, reuses.score, reuses.why, images.url, visits.store_id,
         visits.visit_time
  from reuses
  join jobs on jobs.id = reuses.earlier_job and jobs.pruned_at is null
  join images on images.job = reuses.earlier_job and images.no = reuses.earlier_image
  join visits on visits.job = images.job and visits.no = images.visit
  where reuses.job = $1 and reuses.image between $2 and $3
  order by reuses.image, reuses.score desc, reuses.earlier_job, reuses.earlier_image`;

/** The other way round: later photos that show what image $2 of job $1 does. */
const READ_LATER = `
  select reuses.job as other_job, reuses.image as other_image, reuses.kind, reuses.score, reuses.why, images.url, visits.store_id,
         visits.visit_time
  from reuses
  join jobs on jobs.id = reuses.job and jobs.pruned_at is null
  join images on images.job = reuses.job and images.no = reuses.image
  join visits on visits.job = images.job and visits.no = images.visit
  where reuses.earlier_job = $1 and reuses.earlier_image = $2
  order by reuses.job desc, reuses.image desc limit ${MOST_LATER}`;

const READ_MARKS = `
  select image, marks, state from flagged where job = $1 and image between $2 and $3 and marks <> 0`;

export async function laterReuses(
  { jobId, image }: ImagePlace,
  read: (sql: string, values: readonly [jobId: number, image: number]) => Promise<readonly Row[]>,
): Promise<readonly ReuseOf[]> {
  return (await read(READ_LATER, [jobId, image])).map(reuseOf);
}

type Read = (sql: string, values: readonly [jobId: number, from: number, to: number]) => Promise<readonly Row[]>;

/** Adds what is known of re-use to a page of results; a page without an inspection costs nothing. */
export async function withReuses(rows: readonly ResultRow[], read: Read): Promise<readonly ResultRow[]> {
  const inspected = rows.filter(({ findings }) => findings !== null);
  const first = inspected[0];
  const last = inspected.at(-1);
  if (!first || !last) return rows;
  const range = [first.jobId, first.image, last.image] as const;
  const marks = new Map((await read(READ_MARKS, range)).map((row) => [integer(row, "image"), row]));
  if (marks.size === 0) return rows;
  const found = Map.groupBy(await read(READ_REUSES, range), (row) => integer(row, "image"));
  return rows.map((row) => {
    const marked = marks.get(row.image);
    if (!marked) return row;
    const state = stateNumbered(integer(marked, "state"));
    return {
      ...row,
      isReused: flagsIn(integer(marked, "marks")).includes("reused"),
      reuseOf: (found.get(row.image) ?? []).map(reuseOf),
      decision: state === "open" ? null : state,
    };
  });
}

/** The same for images, of which some have no result yet. */
export async function imagesWithReuses(images: readonly ImageRow[], read: Read): Promise<readonly ImageRow[]> {
  const results = await withReuses(
    images.flatMap(({ result }) => result ?? []),
    read,
  );
  const byImage = new Map(results.map((result) => [result.image, result]));
  return images.map((image) => ({ ...image, result: byImage.get(image.image) ?? null }));
}

function reuseOf(row: Row): ReuseOf {
  return {
    imageUrl: text(row, "url"),
    jobId: integer(row, "other_job"),
    image: integer(row, "other_image"),
    storeId: text(row, "store_id"),
    visitTime: text(row, "visit_time"),
    kind: oneOf(row, "kind", REUSE_KINDS),
    score: Number(row.score),
    why: text(row, "why"),
  };
}
