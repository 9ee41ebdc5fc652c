/**
 * What a worker does with one chunk: claim it, record its results, keep or give back its lease.
 * Every write is fenced by the lease's token; counters change in the transaction that inserts the rows, never outside it.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CountsByCode } from "../../domain/error-codes.ts";
import { type ErrorCode, isErrorCode } from "../../domain/error-codes.ts";
import { INSPECTION_LEVELS } from "../../domain/findings.ts";
import { INTEGRITY_LEVELS, type Measured, perimeterOf } from "../../domain/image.ts";
import type { ImageResult } from "../../domain/job.ts";
import type { ChunkRef, Claim, Lease, RecordReply, WorkLedger } from "../port/work-ledger.ts";
import { SEALED_COLUMNS, sealedAccess } from "../sql/access.ts";
import { createFlagged } from "../sql/flagged.ts";
import { rulesIn } from "../sql/job-rows.ts";
import { addingMeasured, sumsOfMeasured } from "../sql/measured-sums.ts";
import { integer, oneOf, type Row, text } from "../sql/row.ts";
import { ENDS } from "../sql/standstill.ts";
import { runSteps } from "../sql/steps.ts";
import { FETCHED_URL } from "../sql/uploads.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

/** A single image is poisoned after so many deaths of a thread that its process survived and saw … */
const CRASHES_TO_POISON = 3;
/** … or so many claims without a result: whole processes that died may have been stopped by anyone, so they weigh less. */
const CLAIMS_TO_POISON = 10;

const claimingFrom = (states: string) => `
  update chunks
  set state = 'running', queued_at = null, token = token + 1, attempts = attempts + 1, lease_until = :until
  where job = :job and no = :chunk and state in (${states})
    and exists (select 1 from jobs where id = :job and status = 'ongoing')
  returning token, first, last, attempts, crashes`;
const CLAIM_CHUNK = claimingFrom("'queued'");
const TAKE_OVER_CHUNK = claimingFrom("'queued', 'running'");

const START_JOB = `
  update jobs set started_at = coalesce(started_at, :now) where id = :job returning integrity, inspect, rules, tenant`;

const ACCESS = `
  select ${SEALED_COLUMNS} from host_access where tenant = ?`;

const IMAGES_WITHOUT_RESULT = `
  select images.no, ${FETCHED_URL} as url, images.visit, visits.store_id, visits.store_known,
         coalesce(visits.visit_at, visits.visit_time) as visit_time
  from images
  join visits on visits.job = images.job and visits.no = images.visit
  left join results on results.job = images.job and results.image = images.no
  where images.job = ? and images.no between ? and ? and results.job is null
  order by images.no`;

const HELD_CHUNK = `
  select first, last from chunks where job = ? and no = ? and token = ? and state = 'running'`;

const INSERT_RESULTS = `
  insert into results (job, image, width, height, perimeter, format, bytes, code, detail, attempts, finished_at,
                       fetch_ms, findings, integrity, not_decoded)
  select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
         value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13
  from json_each(?) where true
  on conflict do nothing
  returning image, code`;

const ADD_MEASURED = addingMeasured(
  "?1, ?2",
  "select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 from json_each(?3)",
);

const COUNT_RESULTS = `
  update chunks
  set done = done + :inserted, failed = failed + :failed, lease_until = :until,
      attempts = iif(:inserted > 0, 0, attempts), crashes = iif(:inserted > 0, 0, crashes)
  where job = :job and no = :chunk and token = :token and state = 'running'
  returning done, last - first + 1 as images`;

const COUNT_FAILURES = `
  insert into failures (job, chunk, code, images)
  select ?, ?, key, value from json_each(?) where true
  on conflict (job, chunk, code) do update set images = images + excluded.images`;

const FINISH_CHUNK = `
  update chunks set state = 'done', lease_until = null
  where job = :job and no = :chunk and token = :token and state = 'running'`;

const COUNT_DOWN_JOB = `
  update jobs set chunks_left = chunks_left - 1 where id = :job returning chunks_left`;

const FINISH_JOB = `
  update jobs
  set status = iif(exists (select 1 from chunks where job = :job and failed > 0), 'failed', 'completed'),
      finished_at = :now, ${ENDS}
  where id = :job and status in ('ongoing', 'paused')
  returning status`;

const NOTE_JOB_END = `
  insert into job_ends (job, run, status, ended_at) select id, run, status, finished_at from jobs where id = ?`;

const RENEW_LEASE = `
  update chunks set lease_until = ? where job = ? and no = ? and token = ? and state = 'running'`;

const HAND_BACK = `
  update chunks set state = 'pending', lease_until = null, attempts = max(attempts - 1, 0)
  where job = ? and no = ? and token = ? and state = 'running'`;

const GIVE_UP_AFTER_CRASH = `
  update chunks set state = 'pending', lease_until = null, crashes = crashes + 1
  where job = ? and no = ? and token = ? and state = 'running'`;

export type ChunkStep =
  | "claim:taken"
  | "record:inserted"
  | "record:counted"
  | "finish:chunk-done"
  | "finish:counted-down"
  | "finish:job-done";

const ENDED = ["completed", "failed"] as const;

class Fenced extends Error {}

export function createChunkWork(deps: {
  db: DatabaseSync;
  now: () => number;
  onStep: (step: ChunkStep) => void;
}): Pick<WorkLedger, "claim" | "takeOver" | "record" | "renew" | "release"> {
  const { db, now, onStep } = deps;
  const flagged = createFlagged(SQLITE);
  const runStatement = createRunStatement(db);
  const claimChunk = db.prepare(CLAIM_CHUNK);
  const takeOverChunk = db.prepare(TAKE_OVER_CHUNK);
  const startJob = db.prepare(START_JOB);
  const imagesWithoutResult = db.prepare(IMAGES_WITHOUT_RESULT);
  const access = db.prepare(ACCESS);
  const heldChunk = db.prepare(HELD_CHUNK);
  const insertResults = db.prepare(INSERT_RESULTS);
  const addMeasured = db.prepare(ADD_MEASURED);
  const countResults = db.prepare(COUNT_RESULTS);
  const countFailures = db.prepare(COUNT_FAILURES);
  const finishChunk = db.prepare(FINISH_CHUNK);
  const countDownJob = db.prepare(COUNT_DOWN_JOB);
  const finishJob = db.prepare(FINISH_JOB);
  const noteJobEnd = db.prepare(NOTE_JOB_END);
  const renewLease = db.prepare(RENEW_LEASE);
  const handBack = db.prepare(HAND_BACK);
  const giveUpAfterCrash = db.prepare(GIVE_UP_AFTER_CRASH);

  /** The last chunk of a job ends the job: a counter that reaches zero once, so exactly one caller sees it. */
  function endChunk(lease: Lease): "completed" | "failed" | null {
    finishChunk.run({ job: lease.jobId, chunk: lease.chunk, token: lease.token });
    onStep("finish:chunk-done");
    const job = countDownJob.get({ job: lease.jobId });
    onStep("finish:counted-down");
    if (!job || integer(job, "chunks_left") > 0) return null;
    const ended = finishJob.get({ job: lease.jobId, now: now() });
    if (ended) noteJobEnd.run(lease.jobId);
    onStep("finish:job-done");
    return ended ? oneOf(ended, "status", ENDED) : null;
  }

  function recordBatch(lease: Lease, results: readonly ImageResult[], leaseMs: number): RecordReply {
    const held = heldChunk.get(lease.jobId, lease.chunk, lease.token);
    if (!held) throw new Fenced();
    assertInChunk(held, lease, results);
    const inserted = insertResults.all(lease.jobId, JSON.stringify(results.map(resultRow)));
    onStep("record:inserted");
    const isNew = new Set(inserted.map((row) => integer(row, "image")));
    sumUpInserted(lease, results, isNew);
    markInserted(lease.jobId, results, isNew);
    const failures = countByCode(inserted);
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
    const chunk = countResults.get({
      job: lease.jobId,
      chunk: lease.chunk,
      token: lease.token,
      inserted: inserted.length,
      failed,
      until: now() + leaseMs,
    });
    if (!chunk) throw new Fenced();
    if (failed > 0) countFailures.run(lease.jobId, lease.chunk, JSON.stringify(failures));
    onStep("record:counted");
    const chunkDone = integer(chunk, "done") === integer(chunk, "images");
    const jobStatus = chunkDone ? endChunk(lease) : null;
    return { kind: "recorded", inserted: inserted.length, failures, chunkDone, jobStatus };
  }

  /** Results that were there already are in the sums already. */
  function sumUpInserted({ jobId, chunk }: Lease, results: readonly ImageResult[], isNew: ReadonlySet<number>): void {
    const sums = sumsOfMeasured(results, (no) => isNew.has(no));
    if (sums.length === 0) return;
    const rows = sums.map(({ host, format, size, images, timed, totalMs, worstMs }) => [
      host,
      format,
      size,
      images,
      timed,
      totalMs,
      worstMs,
    ]);
    addMeasured.run(jobId, chunk, JSON.stringify(rows));
  }

  /** Flags of results that were there already are there already. */
  function markInserted(jobId: number, results: readonly ImageResult[], isNew: ReadonlySet<number>): void {
    const withFlags = results.filter(({ findings }) => findings && findings.flags.length > 0);
    if (withFlags.length === 0) return;
    runSteps(
      flagged.markResults(
        jobId,
        withFlags.filter(({ no }) => isNew.has(no)),
      ),
      runStatement,
    );
  }

  function claimBy(statement: StatementSync, ref: ChunkRef, leaseMs: number): Claim | null {
    const chunk = statement.get({ job: ref.jobId, chunk: ref.chunk, until: now() + leaseMs });
    if (!chunk) return null;
    onStep("claim:taken");
    const job = startJob.get({ job: ref.jobId, now: now() });
    if (!job) throw new Error(`chunk ${ref.chunk} belongs to job ${ref.jobId}, which does not exist`);
    const first = integer(chunk, "first");
    const last = integer(chunk, "last");
    const tenant = text(job, "tenant");
    return {
      lease: { jobId: ref.jobId, chunk: ref.chunk, token: integer(chunk, "token") },
      integrity: oneOf(job, "integrity", INTEGRITY_LEVELS),
      inspect: oneOf(job, "inspect", INSPECTION_LEVELS),
      rules: rulesIn(job),
      tenant,
      access: access.all(tenant).map(sealedAccess),
      images: imagesWithoutResult.all(ref.jobId, first, last).map(imageTask),
      poisoned:
        first === last &&
        (integer(chunk, "crashes") >= CRASHES_TO_POISON || integer(chunk, "attempts") > CLAIMS_TO_POISON),
    };
  }

  return {
    claim: async (ref, leaseMs) => inTransaction(db, () => claimBy(claimChunk, ref, leaseMs)),
    takeOver: async (ref, leaseMs) => inTransaction(db, () => claimBy(takeOverChunk, ref, leaseMs)),

    async record(lease, results, leaseMs) {
      try {
        return inTransaction(db, () => recordBatch(lease, results, leaseMs));
      } catch (error) {
        if (error instanceof Fenced) return { kind: "fenced" };
        throw error;
      }
    },

    async renew(leases, leaseMs) {
      return inTransaction(db, () =>
        leases.filter((lease) => renewLease.run(now() + leaseMs, lease.jobId, lease.chunk, lease.token).changes === 0),
      );
    },

    async release(lease, reason) {
      const statement = reason === "crashed" ? giveUpAfterCrash : handBack;
      statement.run(lease.jobId, lease.chunk, lease.token);
    },
  };
}

function imageTask(row: Row) {
  return {
    no: integer(row, "no"),
    url: text(row, "url"),
    storeId: text(row, "store_id"),
    visit: integer(row, "visit"),
    visitTime: text(row, "visit_time"),
    storeKnown: integer(row, "store_known") === 1,
  };
}

function assertInChunk(held: Row, lease: Lease, results: readonly ImageResult[]): void {
  const first = integer(held, "first");
  const last = integer(held, "last");
  const stray = results.find(({ no }) => no < first || no > last);
  if (stray)
    throw new Error(`image ${stray.no} is not in chunk ${lease.chunk} of job ${lease.jobId} (${first}–${last})`);
}

function resultRow(result: ImageResult): readonly (string | number | null)[] {
  const { no, outcome, attempts, finishedAt, fetchMs } = result;
  const last = [attempts, finishedAt, fetchMs, result.findings ? JSON.stringify(result.findings) : null] as const;
  const width = outcome.width ?? null;
  const height = outcome.height ?? null;
  const shared = [outcome.format ?? null, outcome.bytes ?? null] as const;
  return outcome.kind === "measured"
    ? [no, width, height, perimeterOf(outcome), ...shared, null, null, ...last, ...proofOf(outcome)]
    : [no, width, height, null, ...shared, outcome.code, outcome.detail, ...last, null, null];
}

function proofOf({ integrity, notDecoded }: Measured): readonly (string | null)[] {
  return [integrity ?? null, notDecoded ?? null];
}

function countByCode(rows: readonly Row[]): CountsByCode {
  const counts: Partial<Record<ErrorCode, number>> = {};
  for (const { code } of rows) {
    if (typeof code === "string" && isErrorCode(code)) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
