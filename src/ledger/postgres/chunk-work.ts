/**
 * What a worker does with one chunk: claim it, record its results, keep or give back its lease.
 * Every write is fenced by the lease's token. Rows are locked in one order everywhere: chunks by job and number, then jobs, then the ends.
 */

import type { CountsByCode } from "../../domain/error-codes.ts";
import { type ErrorCode, isErrorCode } from "../../domain/error-codes.ts";
import { INSPECTION_LEVELS } from "../../domain/findings.ts";
import { INTEGRITY_LEVELS, perimeterOf } from "../../domain/image.ts";
import type { ImageResult } from "../../domain/job.ts";
import type { Database, Row, Run } from "../../postgres/database.ts";
import { numbers, storable, texts } from "../../postgres/values.ts";
import type { ChunkRef, Claim, Lease, RecordReply, WorkLedger } from "../port/work-ledger.ts";
import { SEALED_COLUMNS, sealedAccess } from "../sql/access.ts";
import { createFlagged } from "../sql/flagged.ts";
import { rulesIn } from "../sql/job-rows.ts";
import { addingMeasured, sumsOfMeasured } from "../sql/measured-sums.ts";
import { flag, integer, oneOf, onlyRow, text } from "../sql/row.ts";
import { ENDS } from "../sql/standstill.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { FETCHED_URL } from "../sql/uploads.ts";
import { POSTGRES } from "./dialect.ts";
import { LOCK_ENDS, NOTE_JOB_END } from "./job-ends.ts";

/** A single image is poisoned after so many deaths of a thread that its process survived and saw … */
const CRASHES_TO_POISON = 3;
/** … or so many claims without a result: whole processes that died may have been stopped by anyone, so they weigh less. */
const CLAIMS_TO_POISON = 10;

// The cast: a broker may carry any number, and one that no chunk can have must find nothing.
const claimingFrom = (states: string) => `
  update chunks
  set state = 'running', queued_at = null, token = token + 1, attempts = attempts + 1, lease_until = storewalk_now() + $3
  where job = $1 and no = $2::bigint and state in (${states})
    and exists (select 1 from jobs where id = $1 and status = 'ongoing')
  returning token, first, last, attempts, crashes`;
const CLAIM_CHUNK = claimingFrom("'queued'");
const TAKE_OVER_CHUNK = claimingFrom("'queued', 'running'");

const CLAIMED_JOB = `
  select integrity, inspect, rules, tenant, started_at is null as starts,
         exists (select 1 from host_access where host_access.tenant = jobs.tenant) as has_access
  from jobs where id = $1`;

// Few tenants have any, so it is no part of the statement before.
const ACCESS = `
  select ${SEALED_COLUMNS} from host_access where tenant = $1`;

// Only by the claims that find it unset: a job's row written by each claim would hold up all others.
const START_JOB = `
  update jobs set started_at = storewalk_now() where id = $1 and started_at is null`;

// Subqueries that are asked row for row: a planner without statistics would join in time that grows with the square of the job.
const IMAGES_WITHOUT_RESULT = `
  select images.no, ${FETCHED_URL} as url, images.visit, visits.store_id, visits.store_known,
         coalesce(visits.visit_at, visits.visit_time) as visit_time
  from images
  cross join lateral (
    select store_id, store_known, visit_time, visit_at from visits where job = images.job and no = images.visit limit 1
  ) visits
  where images.job = $1 and images.no between $2 and $3
    and (select true from results where job = images.job and image = images.no) is null
  order by images.no`;

// Locked until the commit: two calls under one lease, or a call and the sweep that ends it, come one after the other.
const HOLD_CHUNK = {
  name: "storewalk_hold_chunk",
  text: `
  select first, last from chunks where job = $1 and no = $2 and token = $3 and state = 'running' for update`,
};

const SUM_TYPES = ["text", "text", "integer", "integer", "integer", "bigint", "integer"];
const GIVEN_SUMS = (first: number) => `
  select * from unnest(${SUM_TYPES.map((type, at) => `$${first + at}::${type}[]`).join(", ")})
    as sums (host, format, size, images, timed, total_ms, worst_ms)`;

// One statement where SQLite has five: each would be a round trip. Its counts are those of the rows really inserted, and the chunk is done
// with its last result.
const RECORD_RESULTS = {
  name: "storewalk_record_results",
  text: `
  with inserted as (
    insert into results (job, image, width, height, perimeter, format, bytes, code, detail, attempts, finished_at,
                         fetch_ms, findings, integrity, not_decoded)
    select $1, given.*
    from unnest($5::integer[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::text[], $12::text[],
                $13::integer[], $14::bigint[], $15::integer[], $16::text[], $17::text[], $18::text[]) as given
    on conflict do nothing
    returning image, code
  ), by_code as (
    select code, count(*) as images from inserted where code is not null group by code
  ), counted_failures as (
    insert into failures (job, chunk, code, images) select $1, $2, code, images from by_code
    on conflict (job, chunk, code) do update set images = failures.images + excluded.images
  ), measured as (
    ${addingMeasured("$1, $2", `${GIVEN_SUMS(20)} where (select count(*) from inserted) = $27`)}
  ), new as (
    select (select count(*) from inserted) as results, (select coalesce(sum(images), 0) from by_code) as failures
  )
  update chunks
  set done = done + new.results, failed = failed + new.failures,
      state = case when done + new.results = last - first + 1 then 'done' else state end,
      lease_until = case when done + new.results = last - first + 1 then null else storewalk_now() + $4 end,
      attempts = case when new.results > 0 then 0 else attempts end,
      crashes = case when new.results > 0 then 0 else crashes end
  from new
  where job = $1 and no = $2 and token = $3 and state = 'running'
  returning new.results as inserted, state = 'done' as chunk_done,
            (select json_object_agg(code, images) from by_code) as failures,
            case when $19::boolean or new.results < $27 then (select json_agg(image) from inserted) end as images`,
};

// What a call brings that brings some for the second time.
const ADD_MEASURED = addingMeasured("$1::bigint, $2::integer", GIVEN_SUMS(3));

const COUNT_DOWN_JOB = {
  name: "storewalk_count_down_job",
  text: `
  update jobs set chunks_left = chunks_left - 1 where id = $1 returning chunks_left`,
};

const FINISH_JOB = `
  update jobs
  set status = case when exists (select 1 from chunks where job = $1 and failed > 0) then 'failed' else 'completed' end,
      finished_at = storewalk_now(), ${ENDS}
  where id = $1 and status in ('ongoing', 'paused')
  returning status`;

const RENEW_LEASES = `
  with held as (
    select chunks.job, chunks.no from chunks
    join unnest($1::bigint[], $2::integer[], $3::integer[]) as given (job, no, token)
      on given.job = chunks.job and given.no = chunks.no and given.token = chunks.token
    where chunks.state = 'running'
    order by chunks.job, chunks.no for update of chunks
  )
  update chunks set lease_until = storewalk_now() + $4
  from held where chunks.job = held.job and chunks.no = held.no
  returning chunks.job, chunks.no, chunks.token`;

const HAND_BACK = `
  update chunks set state = 'pending', lease_until = null, attempts = greatest(attempts - 1, 0)
  where job = $1 and no = $2 and token = $3 and state = 'running'`;

const GIVE_UP_AFTER_CRASH = `
  update chunks set state = 'pending', lease_until = null, crashes = crashes + 1
  where job = $1 and no = $2 and token = $3 and state = 'running'`;

const ENDED = ["completed", "failed"] as const;

export function createChunkWork(db: Database): Pick<WorkLedger, "claim" | "takeOver" | "record" | "renew" | "release"> {
  const flagged = createFlagged(POSTGRES);

  /** The last chunk of a job ends the job: a counter that reaches zero once, so exactly one caller sees it. */
  async function endChunk(run: Run, jobId: number): Promise<"completed" | "failed" | null> {
    const [job] = await run(COUNT_DOWN_JOB, [jobId]);
    if (!job || integer(job, "chunks_left") > 0) return null;
    await run(LOCK_ENDS);
    const [ended] = await run(FINISH_JOB, [jobId]);
    if (!ended) return null;
    await run(NOTE_JOB_END, [jobId]);
    return oneOf(ended, "status", ENDED);
  }

  /**
   * Not one transaction, since the images must be read after the claim waited for a record of the lease before. Cut off in between, the chunk is
   * claimed for nobody, which is what a lost answer is as well.
   */
  async function claimBy(sql: string, ref: ChunkRef, leaseMs: number): Promise<Claim | null> {
    const [chunk] = await db.write(sql, [ref.jobId, ref.chunk, leaseMs]);
    if (!chunk) return null;
    const first = integer(chunk, "first");
    const last = integer(chunk, "last");
    const images = await db.write(IMAGES_WITHOUT_RESULT, [ref.jobId, first, last]);
    const [job] = await db.write(CLAIMED_JOB, [ref.jobId]);
    if (!job) throw new Error(`chunk ${ref.chunk} belongs to job ${ref.jobId}, which does not exist`);
    const tenant = text(job, "tenant");
    const access = flag(job, "has_access") ? await db.write(ACCESS, [tenant]) : [];
    if (flag(job, "starts")) await db.write(START_JOB, [ref.jobId]);
    return {
      lease: { jobId: ref.jobId, chunk: ref.chunk, token: integer(chunk, "token") },
      integrity: oneOf(job, "integrity", INTEGRITY_LEVELS),
      inspect: oneOf(job, "inspect", INSPECTION_LEVELS),
      rules: rulesIn(job),
      tenant,
      access: access.map(sealedAccess),
      images: images.map(imageTask),
      poisoned:
        first === last &&
        (integer(chunk, "crashes") >= CRASHES_TO_POISON || integer(chunk, "attempts") > CLAIMS_TO_POISON),
    };
  }

  return {
    claim: (ref, leaseMs) => claimBy(CLAIM_CHUNK, ref, leaseMs),
    takeOver: (ref, leaseMs) => claimBy(TAKE_OVER_CHUNK, ref, leaseMs),

    record(lease, results, leaseMs): Promise<RecordReply> {
      const { jobId, chunk, token } = lease;
      const columns = resultColumns(results);
      const withFlags = results.filter(({ findings }) => findings && findings.flags.length > 0);
      return db.inTransaction(async (run) => {
        const [held] = await run(HOLD_CHUNK, [jobId, chunk, token]);
        if (!held) return { kind: "fenced" };
        assertInChunk(held, lease, results);
        const values = [
          jobId,
          chunk,
          token,
          leaseMs,
          ...columns,
          withFlags.length > 0,
          ...sumColumns(results, () => true),
          results.length,
        ];
        const counted = onlyRow(await run(RECORD_RESULTS, values));
        const isNew = new Set(Array.isArray(counted.images) ? counted.images : []);
        const inserted = integer(counted, "inserted");
        if (inserted < results.length)
          await run(ADD_MEASURED, [jobId, chunk, ...sumColumns(results, (no) => isNew.has(no))]);
        const marked = flagged.markResults(
          jobId,
          withFlags.filter(({ no }) => isNew.has(no)),
        );
        await runStepsAwaiting(marked, run);
        const chunkDone = flag(counted, "chunk_done");
        const jobStatus = chunkDone ? await endChunk(run, jobId) : null;
        return { kind: "recorded", inserted, failures: countsByCode(counted), chunkDone, jobStatus };
      });
    },

    async renew(leases, leaseMs) {
      const columns = [
        leases.map(({ jobId }) => jobId),
        leases.map(({ chunk }) => chunk),
        leases.map(({ token }) => token),
      ];
      const rows = await db.write(RENEW_LEASES, [...columns.map(numbers), leaseMs]);
      const kept = new Set(rows.map((row) => `${row.job}/${row.no}/${row.token}`));
      return leases.filter(({ jobId, chunk, token }) => !kept.has(`${jobId}/${chunk}/${token}`));
    },

    async release({ jobId, chunk, token }, reason) {
      await db.write(reason === "crashed" ? GIVE_UP_AFTER_CRASH : HAND_BACK, [jobId, chunk, token]);
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
    storeKnown: flag(row, "store_known"),
  };
}

function assertInChunk(held: Row, lease: Lease, results: readonly ImageResult[]): void {
  const first = integer(held, "first");
  const last = integer(held, "last");
  const stray = results.find(({ no }) => no < first || no > last);
  if (stray)
    throw new Error(`image ${stray.no} is not in chunk ${lease.chunk} of job ${lease.jobId} (${first}–${last})`);
}

/** In the order of the columns that RECORD_RESULTS inserts. */
function resultColumns(results: readonly ImageResult[]): readonly string[] {
  const outcomes = results.map(({ outcome }) => outcome);
  return [
    numbers(results.map(({ no }) => no)),
    numbers(outcomes.map(({ width }) => width ?? null)),
    numbers(outcomes.map(({ height }) => height ?? null)),
    numbers(outcomes.map((outcome) => (outcome.kind === "measured" ? perimeterOf(outcome) : null))),
    texts(outcomes.map(({ format }) => format ?? null)),
    numbers(outcomes.map(({ bytes }) => bytes ?? null)),
    texts(outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.code : null))),
    texts(outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.detail : null))),
    numbers(results.map(({ attempts }) => attempts)),
    numbers(results.map(({ finishedAt }) => finishedAt)),
    numbers(results.map(({ fetchMs }) => fetchMs)),
    texts(results.map(({ findings }) => (findings ? JSON.stringify(findings) : null))),
    texts(outcomes.map((outcome) => (outcome.kind === "measured" ? (outcome.integrity ?? null) : null))),
    texts(outcomes.map((outcome) => (outcome.kind === "measured" ? (outcome.notDecoded ?? null) : null))),
  ];
}

/** In the order of GIVEN_SUMS. */
function sumColumns(results: readonly ImageResult[], isNew: (no: number) => boolean): readonly string[] {
  const sums = sumsOfMeasured(results, isNew);
  return [
    texts(sums.map(({ host }) => storable(host))),
    texts(sums.map(({ format }) => format)),
    numbers(sums.map(({ size }) => size)),
    numbers(sums.map(({ images }) => images)),
    numbers(sums.map(({ timed }) => timed)),
    numbers(sums.map(({ totalMs }) => totalMs)),
    numbers(sums.map(({ worstMs }) => worstMs)),
  ];
}

function countsByCode(row: Row): CountsByCode {
  const counts: Partial<Record<ErrorCode, number>> = {};
  for (const [code, images] of Object.entries(row.failures ?? {})) {
    if (isErrorCode(code)) counts[code] = Number(images);
  }
  return counts;
}
