/**
 * Opens a job again for some of its failed images, with fresh URLs or the same. All in one transaction: their results become past results, the chunks
 * that counted them count them no more and run again. Nothing else ever removes a result of a job that stays.
 */
import type { Database, Run } from "../../postgres/database.ts";
import { numbers } from "../../postgres/values.ts";
import type { FreshUrlLedger } from "../port/fresh-url-ledger.ts";
import type { WorkLedger } from "../port/work-ledger.ts";
import { createFlagged } from "../sql/flagged.ts";
import { createFreshUrlSteps, TAKE_END_OF_URLS } from "../sql/fresh-urls.ts";
import { FORGET_GIVEN_UP } from "../sql/given-up-hosts.ts";
import { integer, onlyRow } from "../sql/row.ts";
import { GOES_ON } from "../sql/standstill.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { MOVE_USES } from "../sql/uploads.ts";
import { POSTGRES } from "./dialect.ts";
import { LOCK_SUMS } from "./insight.ts";
import { LOCK_SHAPES } from "./job-shapes.ts";

// Nobody else holds a chunk of a job that is over and waits for the job, so it may be locked first.
const ENDED_RUN = `
  select id from jobs where id = $1 and run = $2 and status = 'failed' and pruned_at is null for update`;

// From the chunks, as each names its images by a range; by key for each, whatever the planner knows. A result in a chunk that was split is its
// own, unless the image got a chunk to itself.
const keepPast = (isMeant: string) => `
  with kept as (
    insert into past_results (job, image, run, chunk, code, detail, attempts, finished_at)
    select $1, failed.image, $2, chunks.no, failed.code, failed.detail, failed.attempts, failed.finished_at
    from chunks
    cross join lateral (
      select image, code, detail, attempts, finished_at from results
      where job = chunks.job and image between chunks.first and chunks.last and code is not null
      limit chunks.last - chunks.first + 1
    ) failed
    where chunks.job = $1 and chunks.failed > 0 and ${isMeant}
      and (chunks.state = 'done' or not exists (
        select 1 from chunks alone
        where alone.job = $1 and alone.no > chunks.no and alone.first = failed.image and alone.last = failed.image
      ))
    returning 1
  )
  select count(*) as images from kept`;

const KEEP_GIVEN = keepPast("failed.image = any ($3::integer[])");
const KEEP_OF_DRAFT = keepPast("(select true from fresh_urls where draft = $3 and image = failed.image)");

const KEEP_URLS = `
  update past_results set url = images.url
  from images
  where past_results.job = $1 and past_results.run = $2 and images.job = $1 and images.no = past_results.image`;

// What is not added up yet counts for the host of before: it is told by the image's URL. From the changes, which have no index by image; by key
// for each, whatever the planner knows of a draft that was just written.
const KEEP_URLS_OF_SUMS = `
  update sum_changes set url = (select url from images where job = $1 and no = sum_changes.image)
  where job = $1 and url is null and (select true from fresh_urls where draft = $2 and image = sum_changes.image)`;

const REPLACE_URLS = `
  with replaced as (
    update images set url = fresh_urls.url
    from fresh_urls where images.job = $1 and fresh_urls.draft = $2 and images.no = fresh_urls.image
    returning 1
  )
  select count(*) as images from replaced`;

const PAST_BY_CHUNK = `
  select chunk, count(*)::integer as images from past_results where job = $1 and run = $2 group by chunk`;
const PAST_BY_CODE = `
  select chunk, code, count(*)::integer as images from past_results where job = $1 and run = $2 group by chunk, code`;

const REMOVE_RESULTS = `
  delete from results using past_results past
  where past.job = $1 and past.run = $2 and results.job = $1 and results.image = past.image`;

// Those that flags are known of: of a million images that ran out none is.
const PAST_IMAGES = `
  select past.image from past_results past
  join flagged on flagged.job = past.job and flagged.image = past.image
  where past.job = $1 and past.run = $2 order by past.image`;

const REMOVE_FAILURES = `
  delete from failures using (${PAST_BY_CODE}) past
  where failures.job = $1 and failures.chunk = past.chunk and failures.code = past.code and failures.images = past.images`;

const COUNT_DOWN_FAILURES = `
  update failures set images = failures.images - past.images from (${PAST_BY_CODE}) past
  where failures.job = $1 and failures.chunk = past.chunk and failures.code = past.code`;

const ADD_SINGLE_IMAGES = `
  insert into chunks (job, no, first, last, state)
  select $1, (select max(no) from chunks where job = $1) + row_number() over (order by image), image, image, 'pending'
  from past_results
  where job = $1 and run = $2 and chunk in (select no from chunks where job = $1 and state = 'split')`;

const REOPEN_CHUNKS = `
  update chunks
  set done = done - past.images, failed = failed - past.images, attempts = 0, crashes = 0,
      state = case when state = 'done' then 'pending' else state end
  from (${PAST_BY_CHUNK}) past
  where chunks.job = $1 and chunks.no = past.chunk`;

// The store master may have grown since the submission.
const REFRESH_STORES = `
  update visits set store_known = true where job = $1 and not store_known and store_id in (select id from stores)`;

const REOPEN_JOB = `
  update jobs
  set status = 'ongoing', finished_at = null, ${GOES_ON}, run = run + 1, store_version = (select max(no) from store_versions),
      chunks_left = (select count(*) from chunks where job = $1 and state = 'pending')
  where id = $1`;

const STEPS = [REMOVE_RESULTS, REMOVE_FAILURES, COUNT_DOWN_FAILURES, ADD_SINGLE_IMAGES, REOPEN_CHUNKS];

export function createRetry(db: Database): Pick<WorkLedger, "retryImages"> & FreshUrlLedger {
  const flagged = createFlagged(POSTGRES);
  const addFreshUrls = createFreshUrlSteps(POSTGRES);

  /** `keep` makes results of that run past ones, and says how many; `replace` comes when their results are gone. */
  const reopen = (
    jobId: number,
    run: number,
    keep: (query: Run) => Promise<number>,
    replace = async (_query: Run, _kept: number) => {},
  ) =>
    db.inTransactionAfter(LOCK_SHAPES, async (query) => {
      const [ended] = await query(ENDED_RUN, [jobId, run]);
      if (!ended) return 0;
      const kept = await keep(query);
      if (kept === 0) return 0;
      for (const sql of STEPS) await query(sql, [jobId, run]);
      const past = (await query(PAST_IMAGES, [jobId, run])).map((row) => integer(row, "image"));
      await runStepsAwaiting(flagged.forgetResults(jobId, past), query);
      await replace(query, kept);
      await query(FORGET_GIVEN_UP, [jobId]);
      await query(REFRESH_STORES, [jobId]);
      await query(REOPEN_JOB, [jobId]);
      return kept;
    });

  return {
    retryImages: (jobId, run, images) =>
      reopen(jobId, run, async (query) =>
        integer(onlyRow(await query(KEEP_GIVEN, [jobId, run, numbers(images)])), "images"),
      ),

    addFreshUrls: (draft, jobId, urls) =>
      db.inTransaction((query) => runStepsAwaiting(addFreshUrls(draft, jobId, urls), query)),

    retryWithFreshUrls: (jobId, run, draft) =>
      reopen(
        jobId,
        run,
        async (query) => integer(onlyRow(await query(KEEP_OF_DRAFT, [jobId, run, draft])), "images"),
        async (query, kept) => {
          await query(KEEP_URLS, [jobId, run]);
          await query(LOCK_SUMS);
          await query(KEEP_URLS_OF_SUMS, [jobId, draft]);
          const replaced = integer(onlyRow(await query(REPLACE_URLS, [jobId, draft])), "images");
          await query(MOVE_USES, [draft, jobId]);
          await query(TAKE_END_OF_URLS, [jobId, draft]);
          if (replaced !== kept) throw new Error(`draft ${draft} must have failed images of job ${jobId} only`);
        },
      ),
  };
}
