/** Reads a job's images and visits page by page, with or without their results. A filter is answered from the index that knows it best. */
import type { Database } from "../../postgres/database.ts";
import { isStorable, type Value } from "../../postgres/values.ts";
import type { ImageFilter, JobReader, PageRequest } from "../port/job-reader.ts";
import { flagBits } from "../sql/marks.ts";
import { imageRow, pastResult, visitRow } from "../sql/result-rows.ts";
import { imagesWithReuses, laterReuses } from "../sql/reuses.ts";
import { flag } from "../sql/row.ts";
import { IMAGE_COLUMNS, ITS_IMAGE_AND_VISIT } from "./image-columns.ts";

/** With visits: those of $4 and $5 first, and the images or results of each by key; a store that is rare among a million images has few. */
const ofVisits = (table: string, no: string, condition: string) => `
  select found.no from visits asked
  cross join lateral (
    select ${no} as no from ${table}
    where job = $1 and ${no} between greatest(asked.first_image, $2::bigint + 1) and asked.last_image ${condition}
    order by ${no} limit $3
  ) found
  where asked.job = $1 and ($4::text is null or asked.store_id = $4) and ($5::bigint is null or asked.no = $5)
  order by found.no limit $3`;

// $4 and $5 have no place of their own here; PostgreSQL wants to know the type of each parameter.
const ofAll = (table: string, no: string, condition: string) => `
  select ${no} as no from ${table}
  where job = $1 and ${no} > $2::bigint and $4::text is null and $5::bigint is null ${condition}
  order by ${no} limit $3`;

// Chunks begin in their order: what is before the first open one has its results.
const OPEN_CHUNKS = "from chunks where job = $1 and done <= last - first and state <> 'split'";
const PENDING = `
  and no >= (select min(first) ${OPEN_CHUNKS}) and no <= (select max(last) ${OPEN_CHUNKS})
  and (select true from results where job = images.job and image = images.no) is null`;

/** Flagged images are few as a rule, and know their store and visit themselves. */
const FLAGGED_PAGE = `
  select image as no from flagged
  where job = $1 and image > $2::bigint and (marks & $6::bigint) <> 0
    and ($4::text is null or store_id = $4) and ($5::bigint is null or visit = $5)
    and ($7::text is null or $7 = coalesce(
      (select case when code is null then 'measured' else 'failed' end from results where job = flagged.job and image = flagged.image),
      'pending'))
    and ($8::text is null or $8 = (select code from results where job = flagged.job and image = flagged.image))
  order by image limit $3`;

function pageSql({ outcome, code, storeId, visit }: ImageFilter): string {
  const of = storeId === null && visit === null ? ofAll : ofVisits;
  if (code !== null) return of("results", "image", "and code is not null and code = $6");
  switch (outcome) {
    case "failed":
      return of("results", "image", "and code is not null");
    case "measured":
      return of("results", "image", "and code is null");
    case "pending":
      return of("images", "no", PENDING);
    case null:
      return of("images", "no", "");
  }
}

const rowsOf = (page: string) => `
  select page.*, ${IMAGE_COLUMNS}, width, height, perimeter, format, bytes, code, detail, attempts, fetch_ms, finished_at, integrity, not_decoded, findings
  from (select $1::bigint as job, no as image from (${page}) numbers) page
  ${ITS_IMAGE_AND_VISIT}
  left join lateral (select * from results where job = page.job and image = page.image limit 1) results on true
  order by page.image`;

const READ_PAST = `
  select run, code, detail, attempts, finished_at, url from past_results where job = $1 and image = $2::bigint order by run`;

const READ_VISITS = `
  select no as visit, store_id, store_known, visit_time, visit_date, external_id, metadata,
         last_image - first_image + 1 as images, counts.done, counts.failed
  from (
    select * from visits where job = $1 and no > $2::bigint and ($4::text is null or store_id = $4) order by no limit $3
  ) page
  cross join lateral (
    select count(*) as done, count(code) as failed from results
    where job = page.job and image between page.first_image and page.last_image
  ) counts
  order by no`;

export function createImageReader(
  db: Database,
): Pick<JobReader, "readImages" | "readPastResults" | "readLaterReuses" | "readVisitRows"> {
  async function readPage(jobId: number, filter: ImageFilter, { after, limit }: PageRequest) {
    const given: Value[] = [jobId, after, limit, filter.storeId, filter.visit];
    if (filter.flags) {
      return db.read(rowsOf(FLAGGED_PAGE), [...given, flagBits(filter.flags), filter.outcome, filter.code]);
    }
    if (filter.code !== null) given.push(filter.code);
    return await db.read(rowsOf(pageSql(filter)), given);
  }

  return {
    async readImages(jobId, filter, page) {
      if (filter.storeId !== null && !isStorable(filter.storeId)) return { rows: [], next: null };
      const found = (await readPage(jobId, filter, page)).map(imageRow);
      const rows = await imagesWithReuses(found, db.read);
      return { rows, next: rows.length < page.limit ? null : (rows.at(-1)?.image ?? null) };
    },

    async readPastResults(jobId, image) {
      return (await db.read(READ_PAST, [jobId, image])).map(pastResult);
    },

    readLaterReuses: (image) => laterReuses(image, db.read),

    async readVisitRows(jobId, { storeId }, { after, limit }) {
      if (storeId !== null && !isStorable(storeId)) return { rows: [], next: null };
      const rows = (await db.read(READ_VISITS, [jobId, after, limit, storeId])).map((row) => ({
        ...visitRow(row),
        storeKnown: flag(row, "store_known"),
      }));
      return { rows, next: rows.length < limit ? null : (rows.at(-1)?.visit ?? null) };
    },
  };
}
