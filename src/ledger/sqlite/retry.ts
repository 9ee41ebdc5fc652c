/**
 * Opens a job again for some of its failed images, with fresh URLs or the same. All in one transaction: their results become past results, the chunks
 * that counted them count them no more and run again. Nothing else ever removes a result of a job that stays. Statements that touch each image go
 * through the job part by part: what one of them may have to take back is held in memory, and of a million images at once that was 600 MB.
 */
import type { DatabaseSync } from "node:sqlite";
import type { FreshUrlLedger } from "../port/fresh-url-ledger.ts";
import type { WorkLedger } from "../port/work-ledger.ts";
import { createFlagged } from "../sql/flagged.ts";
import { createFreshUrlSteps, TAKE_END_OF_URLS } from "../sql/fresh-urls.ts";
import { FORGET_GIVEN_UP } from "../sql/given-up-hosts.ts";
import { integer, integerOrNull } from "../sql/row.ts";
import { GOES_ON } from "../sql/standstill.ts";
import { runSteps } from "../sql/steps.ts";
import { MOVE_USES } from "../sql/uploads.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const ENDED_RUN = `
  select id from jobs where id = ? and run = ? and status = 'failed' and pruned_at is null`;

// From the chunks, as each names its images by a range; the plus keeps SQLite from looking up every given image in every chunk. A result in a chunk that was split is its own, unless the image got a chunk to itself.
const keepPast = (meant: string) => `
  insert into past_results (job, image, run, chunk, code, detail, attempts, finished_at)
  select chunks.job, results.image, :run, chunks.no, results.code, results.detail, results.attempts, results.finished_at
  from chunks
  cross join results on results.job = chunks.job and results.image between max(chunks.first, :first) and min(chunks.last, :last)
  where chunks.job = :job and chunks.failed > 0 and chunks.first <= :last and chunks.last >= :first and results.code is not null
    and +results.image in (${meant})
    and (chunks.state = 'done' or not exists (
      select 1 from chunks alone
      where alone.job = chunks.job and alone.no > chunks.no and alone.first = results.image and alone.last = results.image
    ))`;

const GIVEN_IMAGES = "select value from json_each(:images)";
const IMAGES_OF_DRAFT = "select image from fresh_urls where draft = :draft and image between :first and :last";
const ENDS_OF_DRAFT = "select min(image) as first, max(image) as last from fresh_urls where draft = ?";
const LAST_CHANGE = "select coalesce(max(no), 0) as last from sum_changes";

const A_PART = 20_000;
type Part = { readonly first: number; readonly last: number };

const KEEP_URLS = `
  update past_results set url = images.url
  from images
  where past_results.job = :job and past_results.image between :first and :last and past_results.run = :run
    and images.job = :job and images.no = past_results.image`;

// What is not added up yet counts for the host of before: it is told by the image's URL. From the changes, which have no index by image.
const KEEP_URLS_OF_SUMS = `
  update sum_changes set url = (select url from images where job = :job and no = sum_changes.image)
  where no between :first and :last and job = :job and url is null and exists (select 1 from fresh_urls where draft = :draft and image = sum_changes.image)`;

const REPLACE_URLS = `
  update images set url = fresh_urls.url
  from fresh_urls
  where images.job = :job and fresh_urls.draft = :draft and fresh_urls.image between :first and :last and images.no = fresh_urls.image`;

const REMOVE_RESULTS = `
  delete from results
  where job = :job
    and image in (select image from past_results where job = :job and image between :first and :last and run = :run)`;

// Those that flags are known of: of a million images that ran out none is.
const PAST_IMAGES = `
  select past.image from past_results past
  join flagged on flagged.job = past.job and flagged.image = past.image
  where past.job = ? and past.run = ? order by past.image`;

const REMOVE_FAILURES = `
  delete from failures
  where job = :job and (chunk, code, images) in (
    select chunk, code, count(*) from past_results where job = :job and run = :run group by chunk, code
  )`;

const COUNT_DOWN_FAILURES = `
  update failures set images = failures.images - past.images
  from (select chunk, code, count(*) as images from past_results where job = :job and run = :run group by chunk, code) past
  where failures.job = :job and failures.chunk = past.chunk and failures.code = past.code`;

const ADD_SINGLE_IMAGES = `
  insert into chunks (job, no, first, last, state)
  select :job, (select max(no) from chunks where job = :job) + row_number() over (order by image), image, image, 'pending'
  from past_results
  where job = :job and run = :run
    and chunk in (select no from chunks where job = :job and state = 'split')`;

const REOPEN_CHUNKS = `
  update chunks
  set done = done - past.images, failed = failed - past.images, attempts = 0, crashes = 0,
      state = iif(state = 'done', 'pending', state)
  from (select chunk, count(*) as images from past_results where job = :job and run = :run group by chunk) past
  where chunks.job = :job and chunks.no = past.chunk`;

// The store master may have grown since the submission.
const REFRESH_STORES = `
  update visits set store_known = 1 where job = :job and store_known = 0 and store_id in (select id from stores)`;

const REOPEN_JOB = `
  update jobs
  set status = 'ongoing', finished_at = null, ${GOES_ON}, run = run + 1, store_version = (select max(no) from store_versions),
      chunks_left = (select count(*) from chunks where job = :job and state = 'pending')
  where id = :job`;

export function createRetry(db: DatabaseSync): Pick<WorkLedger, "retryImages"> & FreshUrlLedger {
  const endedRun = db.prepare(ENDED_RUN);
  const keepGiven = db.prepare(keepPast(GIVEN_IMAGES));
  const keepOfDraft = db.prepare(keepPast(IMAGES_OF_DRAFT));
  const keepUrls = db.prepare(KEEP_URLS);
  const keepUrlsOfSums = db.prepare(KEEP_URLS_OF_SUMS);
  const replaceUrls = db.prepare(REPLACE_URLS);
  const removeResults = db.prepare(REMOVE_RESULTS);
  const endsOfDraft = db.prepare(ENDS_OF_DRAFT);
  const lastChange = db.prepare(LAST_CHANGE);
  const steps = [REMOVE_FAILURES, COUNT_DOWN_FAILURES, ADD_SINGLE_IMAGES, REOPEN_CHUNKS].map((sql) => db.prepare(sql));
  const flagged = createFlagged(SQLITE);
  const addFreshUrls = createFreshUrlSteps(SQLITE);
  const runStatement = createRunStatement(db);
  const pastImages = db.prepare(PAST_IMAGES);
  const refreshStores = db.prepare(REFRESH_STORES);
  const reopenJob = db.prepare(REOPEN_JOB);

  /** `keep` makes results of that run past ones, and says how many; `replace` comes when their results are gone. */
  function reopen<P extends Part>(
    of: { readonly job: number; readonly run: number },
    parts: Iterable<P>,
    keep: (part: P) => number,
    replace = (_kept: number) => {},
  ): number {
    const { job: jobId, run } = of;
    if (!endedRun.get(jobId, run)) return 0;
    let kept = 0;
    for (const part of parts) {
      const more = keep(part);
      if (more > 0) removeResults.run({ ...of, first: part.first, last: part.last });
      kept += more;
    }
    if (kept === 0) return 0;
    for (const step of steps) step.run(of);
    const past = pastImages.all(jobId, run).map((row) => integer(row, "image"));
    runSteps(flagged.forgetResults(jobId, past), runStatement);
    replace(kept);
    runStatement(FORGET_GIVEN_UP, [jobId]);
    refreshStores.run({ job: jobId });
    reopenJob.run({ job: jobId });
    return kept;
  }

  function replaceUrlsOf(jobId: number, draft: number, parts: Iterable<Part>): number {
    const of = { job: jobId, draft };
    const [changes] = lastChange.all().map((row) => integer(row, "last"));
    for (const part of partsBetween(1, changes ?? 0)) keepUrlsOfSums.run({ ...of, ...part });
    let replaced = 0;
    for (const part of parts) replaced += Number(replaceUrls.run({ ...of, ...part }).changes);
    return replaced;
  }

  return {
    async retryImages(jobId, run, images) {
      const of = { job: jobId, run };
      return inTransaction(db, () =>
        reopen(of, partsOf(images), ({ images: given, ...part }) =>
          Number(keepGiven.run({ ...of, ...part, images: JSON.stringify(given) }).changes),
        ),
      );
    },

    async addFreshUrls(draft, jobId, urls) {
      return inTransaction(db, () => runSteps(addFreshUrls(draft, jobId, urls), runStatement));
    },

    async retryWithFreshUrls(jobId, run, draft) {
      const of = { job: jobId, run };
      return inTransaction(db, () => {
        const ends = endsOfDraft.get(draft);
        const parts = [
          ...partsBetween(
            ends ? (integerOrNull(ends, "first") ?? 0) : 0,
            ends ? (integerOrNull(ends, "last") ?? -1) : -1,
          ),
        ];
        return reopen(
          of,
          parts,
          (part) => {
            const kept = Number(keepOfDraft.run({ ...of, ...part, draft }).changes);
            if (kept > 0) keepUrls.run({ ...of, ...part });
            return kept;
          },
          (kept) => {
            const replaced = replaceUrlsOf(jobId, draft, parts);
            runStatement(MOVE_USES, [draft, jobId]);
            runStatement(TAKE_END_OF_URLS, [jobId, draft]);
            if (replaced !== kept) throw new Error(`draft ${draft} must have failed images of job ${jobId} only`);
          },
        );
      });
    },
  };
}

function* partsBetween(first: number, last: number): Iterable<Part> {
  for (let from = first; from <= last; from += A_PART) yield { first: from, last: Math.min(last, from + A_PART - 1) };
}

function* partsOf(images: readonly number[]): Iterable<Part & { readonly images: readonly number[] }> {
  const sorted = images.toSorted((a, b) => a - b);
  for (let from = 0; from < sorted.length; from += A_PART) {
    const part = sorted.slice(from, from + A_PART);
    yield { first: part[0] ?? 0, last: part.at(-1) ?? 0, images: part };
  }
}
