/** Drafts of what a job is to get, in either database: opened beside it, and their visits added to it in the caller's transaction. */
import type { DraftAdded } from "../port/intake-ledger.ts";
import type { FinishedRequest } from "../port/request-ledger.ts";
import { KEY_KNOWN_MS } from "./request-keys.ts";
import { integer, integerOrNull, oneOf, onlyRow, type Row, text } from "./row.ts";
import { GOES_ON_IF_ENDED } from "./standstill.ts";
import type { Dialect, Steps } from "./steps.ts";
import { MOVE_USES } from "./uploads.ts";

/** A job in preparation that never becomes one: whatever removes those removes it. */
export const OPEN_DRAFT = `
  insert into jobs (status, priority, integrity, inspect, tenant, created_at, store_version)
  select 'preparing', priority, integrity, inspect, tenant, storewalk_now(), (select max(no) from store_versions)
  from jobs where id = $1 and status <> 'preparing' and pruned_at is null
  returning id`;

const NEVER_CANCELLED = ["ongoing", "paused", "completed", "failed"] as const;

// Its images are spent: the same call again finds none, and must not add them twice.
const SPEND_DRAFT = `
  update jobs set visits = 0, images = 0 where id = $1 and status = 'preparing' and pruned_at is null and images > 0
  returning urls_end_at`;

// A draft has no labels of its own, and no reader sees it: its row keeps what became of it, for whoever did not hear the answer.
const NOTE_OUTCOME = `
  update jobs set metadata = $2 where id = $1 and status = 'preparing'`;
const READ_OUTCOME = `
  select metadata as outcome from jobs where id = $1 and status = 'preparing' and metadata is not null`;

const FINISH_REQUEST = `
  update idempotency set job = $1, fingerprint = $2, until = storewalk_now() + cast($5 as bigint)
  where key = $3 and holder = $4 and job is null returning key`;

/** Visits of the draft $1 that the job $2 does not have, numbered on from $3 visits and $4 images. */
const MOVED = `
  moved as (
    select kept.*,
           cast($3 as bigint) + row_number() over (order by no) - 1 as new_no,
           cast($4 as bigint) + coalesce(sum(last_image - first_image + 1) over (order by no rows between unbounded preceding and 1 preceding), 0)
             as new_first
    from visits kept
    where job = $1 and (external_id is null or not exists (
      select 1 from visits known where known.job = $2 and known.external_id = kept.external_id))
  )`;

const COUNT_MOVED = `
  with ${MOVED}
  select count(*) as visits, cast(coalesce(sum(last_image - first_image + 1), 0) as bigint) as images,
         (select count(*) from visits where job = $1) as given
  from moved`;

// Before the visits, by whose names they are told apart.
const MOVE_IMAGES = `
  insert into images (job, no, visit, url, external_id, metadata)
  with ${MOVED}
  select $2, images.no - moved.first_image + moved.new_first, moved.new_no, images.url, images.external_id, images.metadata
  from moved join images on images.job = $1 and images.no between moved.first_image and moved.last_image`;

const COLUMNS = "store_id, store_known, visit_time, visit_date, external_id, metadata, agent, visit_at";
const MOVE_VISITS = `
  insert into visits (job, no, first_image, last_image, ${COLUMNS})
  with ${MOVED}
  select $2, new_no, new_first, new_first + last_image - first_image, ${COLUMNS} from moved`;

const LAST_CHUNK = `
  select coalesce(max(no), -1) as no from chunks where job = $1`;

// An end that was noted stays noted: the next one is that of the next run.
const GROW_JOB = `
  update jobs
  set visits = visits + cast($2 as integer), images = images + cast($3 as integer), chunks_left = chunks_left + cast($4 as integer),
      run = case when finished_at is null then run else run + 1 end,
      status = case when finished_at is null then status else 'ongoing' end,
      ${GOES_ON_IF_ENDED},
      finished_at = null,
      store_version = (select max(checked.store_version) from jobs checked where checked.id in ($1, $6)),
      urls_end_at = case when urls_end_at < cast($5 as bigint) then urls_end_at else coalesce(cast($5 as bigint), urls_end_at) end
  where id = $1`;

export class JobClosed extends Error {}

export function createDraftSteps(deps: {
  readonly dialect: Dialect;
  /** Images a chunk for so many images. */
  readonly chunkSize: (images: number) => number;
  /** Part of the retry of a job: a run that begins asks all its hosts again. */
  readonly forgetGivenUp: string;
  /** Taken before the job is held, and only when its rows are there: what they take others need not wait for. Null where there is one writer. */
  readonly lockShapes: string | null;
}) {
  const { dialect } = deps;
  const JOB = `
    select status, visits, images from jobs
    where id = $1 and status in (${NEVER_CANCELLED.map((status) => `'${status}'`).join(", ")}) and pruned_at is null`;
  const HOLD_JOB = `${JOB} ${dialect.locking}`;
  const ADD_CHUNKS = `
    insert into chunks (job, no, first, last, state)
    select $1, cast(given.value ->> 0 as integer), cast(given.value ->> 1 as integer), cast(given.value ->> 2 as integer), 'pending'
    from ${dialect.elements("$2")} given`;

  function* move(draft: number, jobId: number, job: Row, urlsEndAt: number | null): Steps<DraftAdded> {
    const images = integer(job, "images");
    const moving = [draft, jobId, integer(job, "visits"), images];
    const counts = onlyRow(yield [COUNT_MOVED, moving]);
    const added = { visits: integer(counts, "visits"), images: integer(counts, "images") };
    const known = integer(counts, "given") - added.visits;
    if (added.visits === 0) return { kind: "added", ...added, known };
    yield [MOVE_IMAGES, moving];
    yield [MOVE_VISITS, moving];
    yield [MOVE_USES, [draft, jobId]];
    if (deps.lockShapes !== null) yield [deps.lockShapes, []];
    const [held] = yield [HOLD_JOB, [jobId]];
    if (!held) throw new JobClosed();
    const first = integer(onlyRow(yield [LAST_CHUNK, [jobId]]), "no") + 1;
    const chunks = chunksOf(added.images, deps.chunkSize(added.images)).map(([from, to], at) => [
      first + at,
      images + from,
      images + to,
    ]);
    yield [ADD_CHUNKS, [jobId, JSON.stringify(chunks)]];
    const status = oneOf(held, "status", NEVER_CANCELLED);
    if (status === "completed" || status === "failed") yield [deps.forgetGivenUp, [jobId]];
    yield [GROW_JOB, [jobId, added.visits, added.images, chunks.length, urlsEndAt, draft]];
    return { kind: "added", ...added, known };
  }

  return {
    /** By one caller at a time for a job. Throws `JobClosed` when the job closed meanwhile: the transaction must be taken back then. */
    *addDraft(draft: number, jobId: number, request?: FinishedRequest): Steps<DraftAdded> {
      const [job] = yield [JOB, [jobId]];
      if (!job) return { kind: "closed" };
      const [spent] = yield [SPEND_DRAFT, [draft]];
      if (!spent) throw new Error(`draft ${draft} has no visits in preparation`);
      let added: DraftAdded = { kind: "superseded" };
      const { key = null, holder = null, fingerprint = null } = request ?? {};
      const isHeld = !request || (yield [FINISH_REQUEST, [jobId, fingerprint, key, holder, KEY_KNOWN_MS]]).length > 0;
      if (isHeld) added = yield* move(draft, jobId, job, integerOrNull(spent, "urls_end_at"));
      yield [NOTE_OUTCOME, [draft, JSON.stringify(added)]];
      return added;
    },

    /** What an earlier call that was carried out answered; null when there was none. */
    *readOutcome(draft: number): Steps<DraftAdded | null> {
      const [noted] = yield [READ_OUTCOME, [draft]];
      if (!noted) return null;
      const outcome: Row = JSON.parse(text(noted, "outcome"));
      if (oneOf(outcome, "kind", ["added", "superseded"]) === "superseded") return { kind: "superseded" };
      const count = (name: string) => integer(outcome, name);
      return { kind: "added", visits: count("visits"), images: count("images"), known: count("known") };
    },
  };
}

/** First and last of each. */
function chunksOf(images: number, size: number): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(images / size) }, (_, at) => [
    at * size,
    Math.min((at + 1) * size, images) - 1,
  ]);
}
