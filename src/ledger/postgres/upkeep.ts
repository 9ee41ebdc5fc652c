/** Brings back what was left lying: expired leases, lost queue places, chunks that keep failing, the remains of dead processes. */

import { JOB_STATUSES, type JobStatus } from "../../domain/job.ts";
import type { Database, Row, Run } from "../../postgres/database.ts";
import type { UpkeepLedger } from "../port/upkeep-ledger.ts";
import type { WorkLedger } from "../port/work-ledger.ts";
import { PREPARING } from "../sql/alive-jobs.ts";
import { integer, oneOf, onlyRow } from "../sql/row.ts";
import { ENDS, GOES_ON, STANDS_STILL } from "../sql/standstill.ts";
import type { PostgresIntake } from "./intake.ts";
import { LOCK_ENDS, NOTE_JOB_END } from "./job-ends.ts";
import { LOCK_SHAPES } from "./job-shapes.ts";

/** A chunk claimed so often without one new result is split into its single images. */
const ATTEMPTS_TO_SPLIT = 3;

// A row that somebody holds at this moment is being renewed or recorded, so it is not lost. The order of locks is that of all others.
const rescuing = (lost: string) => `
  with lost as (
    select job, no from chunks where ${lost} order by job, no for update skip locked
  ), rescued as (
    update chunks set state = 'pending', lease_until = null, queued_at = null
    from lost where chunks.job = lost.job and chunks.no = lost.no
    returning 1
  )
  select count(*) as chunks from rescued`;
const RESCUE_EXPIRED = rescuing("state = 'running' and lease_until <= (select storewalk_now())");
const RESCUE_QUEUED = rescuing("state = 'queued' and queued_at <= (select storewalk_now()) - $1");

// Bounded, so that the locks of one sweep are; the next sweep takes the rest. The literal repeats the condition of the index chunks_suspect.
const SUSPECT_CHUNKS = `
  select job, no, first, last from chunks
  where state = 'pending' and attempts >= 3 and attempts >= ${ATTEMPTS_TO_SPLIT} and last > first
  order by job, no limit 20 for update skip locked`;

const ADD_SINGLE_IMAGES = `
  with added as (
    insert into chunks (job, no, first, last, state)
    select images.job, (select max(no) from chunks where job = $1) + row_number() over (order by images.no),
           images.no, images.no, 'pending'
    from images
    where images.job = $1 and images.no between $2 and $3
      and (select true from results where job = images.job and image = images.no) is null
    returning 1
  )
  select count(*) as chunks from added`;

const MARK_SPLIT = `
  update chunks set state = 'split' where job = $1 and no = $2`;

const GROW_CHUNKS_LEFT = `
  update jobs set chunks_left = chunks_left + $2 where id = $1`;

const UNSEALED_JOBS = `
  select id, storewalk_now() - $1 as untouched_since from jobs
  where ${PREPARING}
    and (pruned_at is not null or coalesce(touched_at, created_at) <= (select storewalk_now()) - $1)`;

// Before the job, against the order in SQLite: whoever records locks the chunk first and the job last.
const CANCEL_CHUNKS = `
  with open as (
    select job, no from chunks
    where job = $1 and state in ('pending', 'queued', 'running')
      and exists (select 1 from jobs where id = $1 and status in ('ongoing', 'paused'))
    order by no for update
  )
  update chunks set state = 'cancelled', lease_until = null, queued_at = null
  from open where chunks.job = open.job and chunks.no = open.no and chunks.state in ('pending', 'queued', 'running')`;

const CANCEL_JOB = `
  update jobs set status = 'cancelled', finished_at = storewalk_now(), ${ENDS}
  where id = $1 and status in ('ongoing', 'paused') returning id`;

const SET_PRIORITY = `
  update jobs set priority = $2 where id = $1 and status in ('ongoing', 'paused')`;

// Chunks before the job, in the order of all others. A chunk that a dispatcher queues at this moment is not seen; it cannot be claimed, and is swept.
const UNQUEUE_CHUNKS = `
  with waiting as (
    select job, no from chunks
    where job = $1 and state = 'queued' and exists (select 1 from jobs where id = $1 and status = 'ongoing')
    order by no for update
  )
  update chunks set state = 'pending', queued_at = null
  from waiting where chunks.job = waiting.job and chunks.no = waiting.no and chunks.state = 'queued'`;

const PAUSE_JOB = `
  update jobs set status = 'paused', ${STANDS_STILL} where id = $1 and status = 'ongoing'`;

const RESUME_JOB = `
  update jobs set status = 'ongoing', ${GOES_ON} where id = $1 and status = 'paused'`;

const JOB_STATUS = `
  select status from jobs where id = $1 and status <> 'preparing' and pruned_at is null`;

export function createUpkeep(deps: {
  readonly db: Database;
  readonly discardUntouched: PostgresIntake["discardUntouched"];
}): Pick<WorkLedger, "cancelJob" | "pauseJob" | "resumeJob" | "setPriority"> & Pick<UpkeepLedger, "sweep"> {
  const { db } = deps;

  /** One image of the chunk brings its workers down; alone it can be found without taking its neighbours along. */
  async function split(run: Run, suspect: Row): Promise<void> {
    const job = integer(suspect, "job");
    const added = await run(ADD_SINGLE_IMAGES, [job, integer(suspect, "first"), integer(suspect, "last")]);
    await run(MARK_SPLIT, [job, integer(suspect, "no")]);
    await run(GROW_CHUNKS_LEFT, [job, integer(onlyRow(added), "chunks") - 1]);
  }

  /** Chunks before jobs here too: a worker that ends a chunk of the same job holds the chunk and waits for the job. */
  async function splitSuspects(run: Run): Promise<number> {
    const suspects = await run(SUSPECT_CHUNKS);
    for (const suspect of suspects) await split(run, suspect);
    return suspects.length;
  }

  async function discardUntouchedFor(ms: number): Promise<number> {
    let discarded = 0;
    for (const row of await db.write(UNSEALED_JOBS, [ms])) {
      if (await deps.discardUntouched(integer(row, "id"), integer(row, "untouched_since"))) discarded += 1;
    }
    return discarded;
  }

  async function statusOf(run: Run, jobId: number): Promise<JobStatus | null> {
    const [row] = await run(JOB_STATUS, [jobId]);
    return row ? oneOf(row, "status", JOB_STATUSES) : null;
  }

  return {
    async sweep({ queuedMs, preparingMs }) {
      const { rescued, split } = await db.inTransactionAfter(LOCK_SHAPES, async (run) => {
        const expired = integer(onlyRow(await run(RESCUE_EXPIRED)), "chunks");
        const unclaimed = integer(onlyRow(await run(RESCUE_QUEUED, [queuedMs])), "chunks");
        return { rescued: expired + unclaimed, split: await splitSuspects(run) };
      });
      return { rescued, split, discarded: await discardUntouchedFor(preparingMs) };
    },

    cancelJob: (jobId) =>
      db.inTransactionAfter(LOCK_SHAPES, async (run) => {
        // Seen before it is cancelled: a job sealed in between would otherwise end without its chunks.
        if ((await statusOf(run, jobId)) === null) return null;
        await run(CANCEL_CHUNKS, [jobId]);
        const [cancelled] = await run(CANCEL_JOB, [jobId]);
        if (cancelled) {
          await run(LOCK_ENDS);
          await run(NOTE_JOB_END, [jobId]);
        }
        return await statusOf(run, jobId);
      }),

    pauseJob: (jobId) =>
      db.inTransactionAfter(LOCK_SHAPES, async (run) => {
        await run(UNQUEUE_CHUNKS, [jobId]);
        await run(PAUSE_JOB, [jobId]);
        return await statusOf(run, jobId);
      }),

    resumeJob: (jobId) =>
      db.inTransaction(async (run) => {
        await run(RESUME_JOB, [jobId]);
        return await statusOf(run, jobId);
      }),

    setPriority: (jobId, priority) =>
      db.inTransaction(async (run) => {
        await run(SET_PRIORITY, [jobId, priority]);
        return await statusOf(run, jobId);
      }),
  };
}
