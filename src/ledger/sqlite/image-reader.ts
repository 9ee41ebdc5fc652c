/** Reads a job's images and visits page by page, with or without their results. A filter is answered from the index that knows it best. */
import type { DatabaseSync } from "node:sqlite";
import type { ImageFilter, JobReader, PageRequest } from "../port/job-reader.ts";
import { flagBits } from "../sql/marks.ts";
import { imageRow, pastResult, visitRow } from "../sql/result-rows.ts";
import { imagesWithReuses, laterReuses } from "../sql/reuses.ts";
import { integer, type Row } from "../sql/row.ts";
import { createRunStatement } from "./dialect.ts";

export const IMAGE_COLUMNS = `
  images.visit, images.url, images.external_id as image_external_id, images.metadata as image_metadata,
  visits.store_id, visits.visit_time, visits.external_id as visit_external_id, visits.metadata as visit_metadata`;

/** Of the visits that are asked for, or without them: where a store is rare among a million images, its visits are few. */
const OF_VISITS = `
  visits asked
  cross join`;
const WITHIN_VISITS = (no: string) => `
    and asked.job = :job and (:storeId is null or asked.store_id = :storeId) and (:visit is null or asked.no = :visit)
    and ${no} between asked.first_image and asked.last_image`;

const fromImages = (condition: string) => (ofVisits: boolean) =>
  `
  select images.no as no from ${ofVisits ? OF_VISITS : ""} images
  where images.job = :job and images.no > :after ${condition} ${ofVisits ? WITHIN_VISITS("images.no") : ""}
  order by images.no limit :limit`;

const fromResults = (condition: string) => (ofVisits: boolean) =>
  `
  select results.image as no from ${ofVisits ? OF_VISITS : ""} results
  where results.job = :job and results.image > :after ${condition} ${ofVisits ? WITHIN_VISITS("results.image") : ""}
  order by results.image limit :limit`;

/** Flagged images are few as a rule, and know their store and visit themselves. */
const FLAGGED_PAGE = `
  select image as no from flagged
  where job = :job and image > :after and (marks & :bits) <> 0
    and (:storeId is null or store_id = :storeId) and (:visit is null or visit = :visit)
    and (:outcome is null or :outcome = coalesce(
      (select iif(code is null, 'measured', 'failed') from results where job = flagged.job and image = flagged.image), 'pending'))
    and (:code is null or :code = (select code from results where job = flagged.job and image = flagged.image))
  order by image limit :limit`;

// Chunks begin in their order: what is before the first open one has its results.
const OPEN_CHUNKS = "from chunks where job = :job and done <= last - first and state <> 'split'";
const PAGES = {
  any: fromImages(""),
  pending: fromImages(`
    and images.no >= (select min(first) ${OPEN_CHUNKS}) and images.no <= (select max(last) ${OPEN_CHUNKS})
    and not exists (select 1 from results where job = :job and image = images.no)`),
  measured: fromResults("and results.code is null"),
  failed: fromResults("and results.code is not null"),
  withCode: fromResults("and results.code is not null and results.code = :code"),
} as const;

const rowsOf = (page: string) => `
  select page.no as image, images.job, ${IMAGE_COLUMNS}, width, height, perimeter, format, bytes, code, detail, attempts, fetch_ms, integrity, not_decoded,
         finished_at, findings
  from (${page}) page
  join images on images.job = :job and images.no = page.no
  join visits on visits.job = images.job and visits.no = images.visit
  left join results on results.job = images.job and results.image = images.no
  order by page.no`;

const READ_PAST = `
  select run, code, detail, attempts, finished_at, url from past_results where job = ? and image = ? order by run`;

const READ_VISITS = `
  select no as visit, store_id, store_known, visit_time, visit_date, external_id, metadata,
         last_image - first_image + 1 as images,
         (select count(*) from results where job = visits.job and image between first_image and last_image) as done,
         (select count(*) from results
          where job = visits.job and image between first_image and last_image and code is not null) as failed
  from visits
  where job = :job and no > :after and (:storeId is null or store_id = :storeId)
  order by no limit :limit`;

export function createImageReader(
  db: DatabaseSync,
): Pick<JobReader, "readImages" | "readPastResults" | "readLaterReuses" | "readVisitRows"> {
  const readPast = db.prepare(READ_PAST);
  const readVisits = db.prepare(READ_VISITS);
  const run = createRunStatement(db);
  const pages = Object.fromEntries(
    [true, false].flatMap((ofVisits) =>
      Object.entries(PAGES).map(([name, page]) => [`${name} ${ofVisits}`, db.prepare(rowsOf(page(ofVisits)))]),
    ),
  );

  const flaggedPage = db.prepare(rowsOf(FLAGGED_PAGE));

  async function shown(rows: readonly Row[], { limit }: PageRequest) {
    const images = await imagesWithReuses(rows.map(imageRow), async (sql, range) => run(sql, range));
    return { rows: images, next: images.length < limit ? null : (images.at(-1)?.image ?? null) };
  }

  return {
    async readImages(jobId, filter, page) {
      if (filter.flags) {
        const { flags, ...others } = filter;
        return await shown(flaggedPage.all({ job: jobId, ...others, ...page, bits: flagBits(flags) }), page);
      }
      const ofVisits = filter.storeId !== null || filter.visit !== null;
      const name = pageName(filter);
      const rows = pages[`${name} ${ofVisits}`]?.all({
        job: jobId,
        ...page,
        ...(ofVisits ? { storeId: filter.storeId, visit: filter.visit } : {}),
        ...(name === "withCode" ? { code: filter.code } : {}),
      });
      return await shown(rows ?? [], page);
    },

    async readPastResults(jobId, image) {
      return readPast.all(jobId, image).map(pastResult);
    },

    readLaterReuses: (image) => laterReuses(image, async (sql, values) => run(sql, values)),

    async readVisitRows(jobId, filter, page) {
      const rows = readVisits
        .all({ job: jobId, ...filter, ...page })
        .map((row) => ({ ...visitRow(row), storeKnown: integer(row, "store_known") === 1 }));
      return { rows, next: rows.length < page.limit ? null : (rows.at(-1)?.visit ?? null) };
    },
  };
}

/** A code is one of failed images. */
function pageName({ outcome, code }: ImageFilter): keyof typeof PAGES {
  if (code !== null) return "withCode";
  return outcome ?? "any";
}
