/** Reads jobs, results and visits from the embedded ledger. Never reads for longer than a page: long readers keep the WAL from shrinking. */
import type { DatabaseSync } from "node:sqlite";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { isTerminal, JOB_STATUSES, TERMINAL_STATUSES } from "../../domain/job.ts";
import type { JobFilter, JobReader, JobSnapshot, PageRequest, ResultFilter, VisitSum } from "../port/job-reader.ts";
import { UNFINISHED } from "../sql/alive-jobs.ts";
import { inspectionIn, READ_FLAGGED } from "../sql/job-rows.ts";
import { flagBits } from "../sql/marks.ts";
import { measuredSumsIn, READ_MEASURED_SUMS } from "../sql/measured-sums.ts";
import { errorCode, labels, resultRow } from "../sql/result-rows.ts";
import { withReuses } from "../sql/reuses.ts";
import { flaggedCount } from "../sql/reviews.ts";
import { integer, integerOrNull, oneOf, type Row, text, textOrNull } from "../sql/row.ts";
import { createRunStatement } from "./dialect.ts";
import { IMAGE_COLUMNS } from "./image-reader.ts";

const snapshotOf = (jobs: string) => `
  select id, tenant, status, run, priority, external_id, metadata, callback_url, store_version, visits, images, inspect, rules, created_at, started_at, finished_at, still_ms,
         (select sum(done) from chunks where job = jobs.id) as done,
         (select sum(failed) from chunks where job = jobs.id) as failed
  from (select * from jobs where ${jobs} and status <> 'preparing' and pruned_at is null order by id desc limit ?) jobs
  order by id desc`;
const READ_JOB = snapshotOf("id = ?");

/** Only of what is asked for: behind "or it is null" SQLite takes no index. */
function listJobs(filter: JobFilter, { before, limit }: { readonly before: number | null; readonly limit: number }) {
  const { statuses, tenant } = filter;
  const isUnfinished = statuses?.every((status) => !isTerminal(status)) ?? false;
  const given = [
    ["id < ?", before],
    // The plus: of all that are not over a tenant's are few enough.
    [isUnfinished ? "+tenant = ?" : "tenant = ?", tenant],
    ["status in (select value from json_each(?))", statuses && JSON.stringify(statuses)],
    ["external_id = ?", filter.externalId],
    ["created_at >= ?", filter.createdFrom],
    ["created_at < ?", filter.createdBefore],
    ["id in (select job from visits where store_id = ?)", filter.storeId],
    ["id in (select job from visits where store_id in (select id from stores where area = ?))", filter.area],
  ] as const;
  const wanted = given.flatMap(([condition, value]) => (value === null ? [] : [{ condition, value }]));
  const conditions = [isUnfinished ? UNFINISHED : "true", ...wanted.map(({ condition }) => condition)];
  return { sql: snapshotOf(conditions.join(" and ")), values: [...wanted.map(({ value }) => value), limit] };
}

const READ_UNFINISHED = `
  select id from jobs where ${UNFINISHED} order by id limit 1000`;

const READ_ENDS = `
  select no, job, status, ended_at from job_ends where no > ? order by no limit ?`;

const READ_LAST_END = `
  select coalesce(max(no), 0) as no from job_ends`;

const READ_BACKLOG = `
  select count(distinct job) as jobs, coalesce(sum(last - first + 1 - done), 0) as images,
         count(*) filter (where state = 'pending') as pending,
         count(*) filter (where state = 'queued') as queued,
         count(*) filter (where state = 'running') as running,
         min(queued_at) as oldest
  from chunks
  where job in (select id from jobs where ${UNFINISHED} and (:tenant is null or tenant = :tenant)) and state in ('pending', 'queued', 'running')`;

const READ_TENANT = `
  select tenant from jobs where id = ? and status <> 'preparing' and pruned_at is null`;

const READ_FAILURES_BY_CODE = `
  select code, sum(images) as images from failures where job = ? group by code order by images desc, code`;

const READ_FAILURES = `
  select visits.store_id, page.code, count(*) as images, max(page.image) as last_image, min(page.image) as first_image
  from (select job, image, code from results where job = ? and code is not null and image > ? order by image limit ?) page
  join images on images.job = page.job and images.no = page.image
  join visits on visits.job = page.job and visits.no = images.visit
  group by visits.store_id, page.code
  order by first_image`;

const resultColumns = (page: string) => `
  select page.*, ${IMAGE_COLUMNS}
  from (select * from results where ${page} order by image limit ?) page
  join images on images.job = page.job and images.no = page.image
  join visits on visits.job = page.job and visits.no = images.visit
  order by page.image`;
const READ_RESULTS = resultColumns("job = ? and image > ?");
const READ_FAILED_RESULTS = resultColumns("job = ? and image > ? and code is not null");

// From the flagged images, which are few as a rule; the cross join keeps the order.
const READ_FLAGGED_RESULTS = `
  select page.*, ${IMAGE_COLUMNS}
  from (
    select results.* from flagged
    cross join results on results.job = flagged.job and results.image = flagged.image
    where flagged.job = ?1 and flagged.image > ?2 and (flagged.marks & ?4) <> 0 and (?5 = 0 or results.code is not null)
    order by flagged.image limit ?3
  ) page
  join images on images.job = page.job and images.no = page.image
  join visits on visits.job = page.job and visits.no = images.visit
  order by page.image`;

const READ_VISITS = `
  select visits.store_id, coalesce(visits.visit_date, visits.visit_time) as day, sum(results.perimeter) as perimeter
  from json_each(:stores) wanted
  join visits on visits.store_id = wanted.value
  join jobs on jobs.id = visits.job and jobs.status <> 'preparing' and jobs.pruned_at is null
    and (:tenant is null or jobs.tenant = :tenant)
  join results on results.job = visits.job and results.image between visits.first_image and visits.last_image
  where results.perimeter is not null
    and (:from is null or visits.visit_date >= :from)
    and (:to is null or visits.visit_date <= :to)
  group by visits.store_id, day
  order by visits.store_id, day`;

export function createReader(deps: {
  db: DatabaseSync;
  now: () => number;
}): Omit<JobReader, "readImages" | "readPastResults" | "readLaterReuses" | "readVisitRows"> {
  const { db } = deps;
  const readJob = db.prepare(READ_JOB);
  const readFailuresByCode = db.prepare(READ_FAILURES_BY_CODE);
  const readUnfinished = db.prepare(READ_UNFINISHED);
  const readEnds = db.prepare(READ_ENDS);
  const readLastEnd = db.prepare(READ_LAST_END);
  const readBacklog = db.prepare(READ_BACKLOG);
  const readTenant = db.prepare(READ_TENANT);
  const readFailures = db.prepare(READ_FAILURES);
  const readResults = db.prepare(READ_RESULTS);
  const readFlaggedResults = db.prepare(READ_FLAGGED_RESULTS);
  const readFailedResults = db.prepare(READ_FAILED_RESULTS);
  const readVisits = db.prepare(READ_VISITS);
  const run = createRunStatement(db);

  function failuresByCode(jobId: number): Partial<Record<ErrorCode, number>> {
    return Object.fromEntries(
      readFailuresByCode.all(jobId).map((row) => [errorCode(text(row, "code")), integer(row, "images")]),
    );
  }

  function snapshot(row: Row): JobSnapshot {
    const jobId = integer(row, "id");
    const failed = integer(row, "failed");
    return {
      jobId,
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
      failuresByCode: failed > 0 ? failuresByCode(jobId) : {},
      ...inspectionIn(row),
      flagged: row.inspect === "off" ? [] : run(READ_FLAGGED, [jobId]).map(flaggedCount),
      createdAt: integer(row, "created_at"),
      startedAt: integerOrNull(row, "started_at"),
      finishedAt: integerOrNull(row, "finished_at"),
      stillMs: integer(row, "still_ms"),
    };
  }

  function resultRows(jobId: number, { after, limit, onlyFailed, flags }: PageRequest & ResultFilter): readonly Row[] {
    if (flags) return readFlaggedResults.all(jobId, after, limit, flagBits(flags), Number(onlyFailed));
    return (onlyFailed ? readFailedResults : readResults).all(jobId, after, limit);
  }

  return {
    async readJob(jobId) {
      const row = readJob.get(jobId, 1);
      return row ? snapshot(row) : null;
    },

    async listJobs(filter, page) {
      const { sql, values } = listJobs(filter, page);
      const jobs = run(sql, values).map(snapshot);
      return { jobs, next: jobs.length < page.limit ? null : (jobs.at(-1)?.jobId ?? null) };
    },

    async readUnfinished() {
      return readUnfinished.all().map((row) => integer(row, "id"));
    },

    async readBacklog(tenant) {
      const row = readBacklog.get({ tenant });
      if (!row) throw new Error("a sum must give a row");
      const oldest = integerOrNull(row, "oldest");
      return {
        jobs: integer(row, "jobs"),
        images: integer(row, "images"),
        chunks: { pending: integer(row, "pending"), queued: integer(row, "queued"), running: integer(row, "running") },
        oldestQueuedMs: oldest === null ? 0 : Math.max(0, deps.now() - oldest),
      };
    },

    async readTenant(jobId) {
      const row = readTenant.get(jobId);
      return row ? text(row, "tenant") : null;
    },

    async readEnds(afterNo, limit) {
      return readEnds.all(afterNo, limit).map((row) => ({
        no: integer(row, "no"),
        jobId: integer(row, "job"),
        status: oneOf(row, "status", TERMINAL_STATUSES),
        endedAt: integer(row, "ended_at"),
      }));
    },

    async readLastEnd() {
      const row = readLastEnd.get();
      return row ? integer(row, "no") : 0;
    },

    async readFailures(jobId, page) {
      const rows = readFailures.all(jobId, page.after, page.limit);
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

    readMeasuredSums: async (jobId) => measuredSumsIn(run(READ_MEASURED_SUMS, [jobId])),

    async readResults(jobId, page: PageRequest & ResultFilter) {
      const found = resultRows(jobId, page).map(resultRow);
      const rows = await withReuses(found, async (sql, range) => run(sql, range));
      return { rows, next: rows.length < page.limit ? null : (rows.at(-1)?.image ?? null) };
    },

    async readVisits(storeIds, range) {
      const sums = new Map<string, VisitSum[]>();
      for (const row of readVisits.all({ stores: JSON.stringify(storeIds), ...range })) {
        const storeId = text(row, "store_id");
        const days = sums.get(storeId) ?? [];
        days.push({ date: text(row, "day"), perimeter: integer(row, "perimeter") });
        sums.set(storeId, days);
      }
      return sums;
    },
  };
}
