/** Reads jobs, results and visits, a page at a time. Each answer is one statement, so all of it is from one moment. */
import { JOB_STATUSES, TERMINAL_STATUSES } from "../../domain/job.ts";
import type { Database, Row } from "../../postgres/database.ts";
import { isStorable, texts } from "../../postgres/values.ts";
import type { JobReader, JobSnapshot, VisitSum } from "../port/job-reader.ts";
import { UNFINISHED } from "../sql/alive-jobs.ts";
import { FLAGGED_OF, inspectionIn } from "../sql/job-rows.ts";
import { flagBits } from "../sql/marks.ts";
import { measuredSumsIn, READ_MEASURED_SUMS } from "../sql/measured-sums.ts";
import { errorCode, labels, resultRow } from "../sql/result-rows.ts";
import { withReuses } from "../sql/reuses.ts";
import { flaggedCount } from "../sql/reviews.ts";
import { integer, integerOrNull, oneOf, onlyRow, text, textOrNull } from "../sql/row.ts";
import { IMAGE_COLUMNS, ITS_IMAGE_AND_VISIT } from "./image-columns.ts";

// `json` where `jsonb` would sort the codes anew.
const snapshotOf = (jobs: string) => `
  select id, tenant, status, run, priority, external_id, metadata, callback_url, store_version, visits, images, inspect, rules, created_at, started_at, finished_at, still_ms,
         sums.done, sums.failed,
         case when inspect <> 'off' then (
           select json_agg(json_build_object('marks', marks, 'state', state, 'images', images)) from (${FLAGGED_OF("jobs.id")}) flagged
         ) end as flagged,
         (select json_object_agg(code, images) from (
           select code, sum(images) as images from failures where job = jobs.id group by code order by images desc, code
         ) by_code) as failures
  from (
    select * from jobs where ${jobs} and status <> 'preparing' and pruned_at is null order by id desc limit $2
  ) jobs, lateral (
    select coalesce(sum(done), 0) as done, coalesce(sum(failed), 0) as failed from chunks where job = jobs.id
  ) sums
  order by id desc`;
const READ_JOB = snapshotOf("id = $1");
const LIST_JOBS = snapshotOf(`
    ($1::bigint is null or id < $1)
    and ($3::text[] is null or status = any ($3))
    and ($4::bigint is null or created_at >= $4)
    and ($5::bigint is null or created_at < $5)
    and ($8::text is null or external_id = $8)
    and ($9::text is null or tenant = $9)
    and ($6::text is null or id in (select job from visits where store_id = $6))
    and ($7::text is null or id in (select job from visits where store_id in (select id from stores where area = $7)))`);

const READ_UNFINISHED = `
  select id from jobs where ${UNFINISHED} order by id limit 1000`;

const READ_ENDS = `
  select no, job, status, ended_at from job_ends where no > $1 order by no limit $2`;

const READ_LAST_END = `
  select coalesce(max(no), 0) as no from job_ends`;

const READ_BACKLOG = `
  select count(distinct job) as jobs, coalesce(sum(last - first + 1 - done), 0) as images,
         count(*) filter (where state = 'pending') as pending,
         count(*) filter (where state = 'queued') as queued,
         count(*) filter (where state = 'running') as running,
         coalesce(greatest(0, storewalk_now() - min(queued_at)), 0) as oldest_queued_ms
  from chunks
  where job in (select id from jobs where ${UNFINISHED} and ($1::text is null or tenant = $1)) and state in ('pending', 'queued', 'running')`;

const READ_TENANT = `
  select tenant from jobs where id = $1 and status <> 'preparing' and pruned_at is null`;

// The cast: a number that no image can have must find nothing, as in SQLite, where the column's own type would refuse it.
const READ_FAILURES = `
  select visits.store_id, page.code, count(*) as images, max(page.image) as last_image, min(page.image) as first_image
  from (
    select job, image, code from results where job = $1 and code is not null and image > $2::bigint order by image limit $3
  ) page
  ${ITS_IMAGE_AND_VISIT}
  group by visits.store_id, page.code
  order by first_image`;

const resultColumns = (page: string) => `
  select page.*, ${IMAGE_COLUMNS}
  from (select * from results where ${page} order by image limit $3) page
  ${ITS_IMAGE_AND_VISIT}
  order by page.image`;
const READ_RESULTS = resultColumns("job = $1 and image > $2::bigint");
const READ_FAILED_RESULTS = resultColumns("job = $1 and image > $2::bigint and code is not null");

// From the flagged images, which are few as a rule, and the result of each by its key.
const READ_FLAGGED_RESULTS = `
  select page.*, ${IMAGE_COLUMNS}
  from (
    select results.* from flagged
    cross join lateral (
      select * from results where job = flagged.job and image = flagged.image and (not $5::boolean or code is not null) limit 1
    ) results
    where flagged.job = $1 and flagged.image > $2::bigint and (flagged.marks & $4::bigint) <> 0
    order by flagged.image limit $3
  ) page
  ${ITS_IMAGE_AND_VISIT}
  order by page.image`;

// A sum of bigint is a numeric, which the client library gives as text.
const READ_VISITS = `
  select visits.store_id, coalesce(visits.visit_date, visits.visit_time) as day, sum(measured.perimeter)::bigint as perimeter
  from visits
  cross join lateral (
    select true from jobs
    where id = visits.job and status <> 'preparing' and pruned_at is null and ($4::text is null or tenant = $4) limit 1
  ) visible
  cross join lateral (
    select sum(perimeter) as perimeter from results
    where job = visits.job and image between visits.first_image and visits.last_image and perimeter is not null
  ) measured
  where visits.store_id = any ($1::text[])
    and measured.perimeter is not null
    and ($2::text is null or visits.visit_date >= $2)
    and ($3::text is null or visits.visit_date <= $3)
  group by visits.store_id, day
  order by visits.store_id, day`;

export function createReader(
  db: Database,
): Omit<JobReader, "readImages" | "readPastResults" | "readLaterReuses" | "readVisitRows"> {
  return {
    async readJob(jobId) {
      const [row] = await db.read(READ_JOB, [jobId, 1]);
      return row ? snapshotFromRow(row) : null;
    },

    async listJobs({ tenant, statuses, createdFrom, createdBefore, storeId, area, externalId }, { before, limit }) {
      // A text that PostgreSQL cannot hold is in none of its rows.
      if (![storeId, area, externalId].every((value) => value === null || isStorable(value)))
        return { jobs: [], next: null };
      const states = statuses && texts(statuses);
      const rows = await db.read(LIST_JOBS, [
        before,
        limit,
        states,
        createdFrom,
        createdBefore,
        storeId,
        area,
        externalId,
        tenant,
      ]);
      const jobs = rows.map(snapshotFromRow);
      return { jobs, next: jobs.length < limit ? null : (jobs.at(-1)?.jobId ?? null) };
    },

    async readUnfinished() {
      const rows = await db.read(READ_UNFINISHED);
      return rows.map((row) => integer(row, "id"));
    },

    async readBacklog(tenant) {
      const row = onlyRow(await db.read(READ_BACKLOG, [tenant]));
      return {
        jobs: integer(row, "jobs"),
        images: integer(row, "images"),
        chunks: { pending: integer(row, "pending"), queued: integer(row, "queued"), running: integer(row, "running") },
        oldestQueuedMs: integer(row, "oldest_queued_ms"),
      };
    },

    async readTenant(jobId) {
      const [row] = await db.read(READ_TENANT, [jobId]);
      return row ? text(row, "tenant") : null;
    },

    async readEnds(afterNo, limit) {
      const rows = await db.read(READ_ENDS, [afterNo, limit]);
      return rows.map((row) => ({
        no: integer(row, "no"),
        jobId: integer(row, "job"),
        status: oneOf(row, "status", TERMINAL_STATUSES),
        endedAt: integer(row, "ended_at"),
      }));
    },

    async readLastEnd() {
      return integer(onlyRow(await db.read(READ_LAST_END)), "no");
    },

    async readFailures(jobId, page) {
      const rows = await db.read(READ_FAILURES, [jobId, page.after, page.limit]);
      const read = rows.reduce((sum, row) => sum + integer(row, "images"), 0);
      const last = rows.reduce((greatest, row) => Math.max(greatest, integer(row, "last_image")), page.after);
      return {
        rows: rows.map((row) => ({
          storeId: text(row, "store_id"),
          code: errorCode(text(row, "code")),
          images: integer(row, "images"),
        })),
        next: read < page.limit ? null : last,
      };
    },

    readMeasuredSums: async (jobId) => measuredSumsIn(await db.read(READ_MEASURED_SUMS, [jobId])),

    async readResults(jobId, page) {
      const { after, limit, onlyFailed, flags } = page;
      const sql = onlyFailed ? READ_FAILED_RESULTS : READ_RESULTS;
      const read = flags
        ? db.read(READ_FLAGGED_RESULTS, [jobId, after, limit, flagBits(flags), onlyFailed])
        : db.read(sql, [jobId, after, limit]);
      const found = (await read).map(resultRow);
      const rows = await withReuses(found, db.read);
      return { rows, next: rows.length < page.limit ? null : (rows.at(-1)?.image ?? null) };
    },

    async readVisits(storeIds, range) {
      const sums = new Map<string, VisitSum[]>();
      for (const row of await db.read(READ_VISITS, [
        texts(storeIds.filter(isStorable)),
        range.from,
        range.to,
        range.tenant,
      ])) {
        const storeId = text(row, "store_id");
        const days = sums.get(storeId) ?? [];
        days.push({ date: text(row, "day"), perimeter: integer(row, "perimeter") });
        sums.set(storeId, days);
      }
      return sums;
    },
  };
}

function snapshotFromRow(row: Row): JobSnapshot {
  const failed = integer(row, "failed");
  const failures = Object.entries(row.failures ?? {}).map(([code, images]) => [errorCode(code), Number(images)]);
  return {
    jobId: integer(row, "id"),
    tenant: text(row, "tenant"),
    status: oneOf(row, "status", JOB_STATUSES),
    run: integer(row, "run"),
    labels: labels(row, ""),
    callbackUrl: textOrNull(row, "callback_url"),
    storeVersion: integerOrNull(row, "store_version"),
    priority: integer(row, "priority"),
    visits: integer(row, "visits"),
    images: integer(row, "images"),
    succeeded: integer(row, "done") - failed,
    failed,
    failuresByCode: Object.fromEntries(failures),
    ...inspectionIn(row),
    flagged: Array.isArray(row.flagged) ? row.flagged.map(flaggedCount) : [],
    createdAt: integer(row, "created_at"),
    startedAt: integerOrNull(row, "started_at"),
    finishedAt: integerOrNull(row, "finished_at"),
    stillMs: integer(row, "still_ms"),
  };
}
