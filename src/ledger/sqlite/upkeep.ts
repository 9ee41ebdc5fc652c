/** Brings back what was left lying: expired leases, lost queue places, chunks that keep failing, the remains of dead processes. */

import type { DatabaseSync } from "node:sqlite";
import { JOB_STATUSES, type JobStatus } from "../../domain/job.ts";
import type { IntakeLedger } from "../port/intake-ledger.ts";
import type { EmbeddedLedger } from "../port/ledger.ts";
import type { WorkLedger } from "../port/work-ledger.ts";
import { PREPARING } from "../sql/alive-jobs.ts";
import { integer, oneOf } from "../sql/row.ts";
import { ENDS, GOES_ON, NOBODY_WAS_THERE, STANDS_STILL } from "../sql/standstill.ts";
import { inTransaction } from "./database.ts";

/** A chunk claimed so often without one new result is split into its single images. */
const ATTEMPTS_TO_SPLIT = 3;

// Repeats the condition of the index chunks_in_flight, or every sweep would read all chunks there are.
const IN_FLIGHT = "state in ('queued', 'running')";

const RESCUE_EXPIRED = `
  update chunks set state = 'pending', lease_until = null where ${IN_FLIGHT} and state = 'running' and lease_until <= ?`;

const RESCUE_QUEUED = `
  update chunks set state = 'pending', queued_at = null where ${IN_FLIGHT} and state = 'queued' and queued_at <= ?`;

const VOID_ALL_LEASES = `
  update chunks set state = 'pending', lease_until = null, queued_at = null where ${IN_FLIGHT}`;

const VOID_ALL_REQUESTS = `
  delete from idempotency where job is null`;

const VOID_ALL_RUNS = `
  update schedules set lease_until = null where lease_until is not null`;

// The literal repeats the condition of the index chunks_suspect, or it would not be used.
const SUSPECT_CHUNKS = `
  select job, no, first, last from chunks
  where state = 'pending' and attempts >= 3 and attempts >= ${ATTEMPTS_TO_SPLIT} and last > first`;

const ADD_SINGLE_IMAGES = `
  insert into chunks (job, no, first, last, state)
  select images.job, (select max(no) from chunks where job = :job) + row_number() over (order by images.no),
         images.no, images.no, 'pending'
  from images left join results on results.job = images.job and results.image = images.no
  where images.job = :job and images.no between :first and :last and results.job is null`;

const MARK_SPLIT = `
  update chunks set state = 'split' where job = ? and no = ?`;

const GROW_CHUNKS_LEFT = `
  update jobs set chunks_left = chunks_left + ? where id = ?`;

const UNSEALED_JOBS = `
  select id from jobs where ${PREPARING} and coalesce(touched_at, created_at) <= ?`;

const CANCEL_JOB = `
  update jobs set status = 'cancelled', finished_at = ?, ${ENDS} where id = ? and status in ('ongoing', 'paused')`;

const CANCEL_CHUNKS = `
  update chunks set state = 'cancelled', lease_until = null, queued_at = null
  where job = ? and state in ('pending', 'queued', 'running')`;

const NOTE_JOB_END = `
  insert into job_ends (job, run, status, ended_at) select id, run, status, finished_at from jobs where id = ?`;

const SET_PRIORITY = `
  update jobs set priority = ? where id = ? and status in ('ongoing', 'paused')`;

const PAUSE_JOB = `
  update jobs set status = 'paused', ${STANDS_STILL} where id = ? and status = 'ongoing'`;

// What was queued but not begun waits with the rest: a reference to it that is on its way finds nothing to claim.
const UNQUEUE_CHUNKS = `
  update chunks set state = 'pending', queued_at = null where job = ? and state = 'queued'`;

const RESUME_JOB = `
  update jobs set status = 'ongoing', ${GOES_ON} where id = ? and status = 'paused'`;

const JOB_STATUS = `
  select status from jobs where id = ? and status <> 'preparing' and pruned_at is null`;

export function createUpkeep(deps: {
  db: DatabaseSync;
  now: () => number;
  discardJob: IntakeLedger["discardJob"];
}): Pick<WorkLedger, "cancelJob" | "pauseJob" | "resumeJob" | "setPriority"> &
  Pick<EmbeddedLedger, "sweep" | "recover"> {
  const { db, now } = deps;
  const rescueExpired = db.prepare(RESCUE_EXPIRED);
  const rescueQueued = db.prepare(RESCUE_QUEUED);
  const voidAllLeases = db.prepare(VOID_ALL_LEASES);
  const nobodyWasThere = db.prepare(NOBODY_WAS_THERE);
  const voidAllRequests = db.prepare(VOID_ALL_REQUESTS);
  const voidAllRuns = db.prepare(VOID_ALL_RUNS);
  const suspectChunks = db.prepare(SUSPECT_CHUNKS);
  const addSingleImages = db.prepare(ADD_SINGLE_IMAGES);
  const markSplit = db.prepare(MARK_SPLIT);
  const growChunksLeft = db.prepare(GROW_CHUNKS_LEFT);
  const unsealedJobs = db.prepare(UNSEALED_JOBS);
  const cancelJob = db.prepare(CANCEL_JOB);
  const cancelChunks = db.prepare(CANCEL_CHUNKS);
  const noteJobEnd = db.prepare(NOTE_JOB_END);
  const setPriority = db.prepare(SET_PRIORITY);
  const pauseJob = db.prepare(PAUSE_JOB);
  const unqueueChunks = db.prepare(UNQUEUE_CHUNKS);
  const resumeJob = db.prepare(RESUME_JOB);
  const jobStatus = db.prepare(JOB_STATUS);

  /** One image of the chunk brings its workers down; alone it can be found without taking its neighbours along. */
  function splitSuspects(): number {
    const suspects = suspectChunks.all();
    for (const row of suspects) {
      const job = integer(row, "job");
      const added = addSingleImages.run({ job, first: integer(row, "first"), last: integer(row, "last") });
      markSplit.run(job, integer(row, "no"));
      growChunksLeft.run(Number(added.changes) - 1, job);
    }
    return suspects.length;
  }

  async function discardUntouchedSince(at: number): Promise<number> {
    const left = unsealedJobs.all(at);
    for (const row of left) await deps.discardJob(integer(row, "id"));
    return left.length;
  }

  function statusOf(jobId: number): JobStatus | null {
    const row = jobStatus.get(jobId);
    return row ? oneOf(row, "status", JOB_STATUSES) : null;
  }

  return {
    async sweep({ queuedMs, preparingMs }) {
      const { rescued, split } = inTransaction(db, () => {
        const at = now();
        const rescued = Number(rescueExpired.run(at).changes) + Number(rescueQueued.run(at - queuedMs).changes);
        return { rescued, split: splitSuspects() };
      });
      return { rescued, split, discarded: await discardUntouchedSince(now() - preparingMs) };
    },

    async recover() {
      inTransaction(db, () => {
        voidAllLeases.run();
        nobodyWasThere.run();
        voidAllRequests.run();
        voidAllRuns.run();
      });
      await discardUntouchedSince(Number.MAX_SAFE_INTEGER);
    },

    async cancelJob(jobId) {
      return inTransaction(db, () => {
        if (cancelJob.run(now(), jobId).changes > 0) {
          cancelChunks.run(jobId);
          noteJobEnd.run(jobId);
        }
        return statusOf(jobId);
      });
    },

    async pauseJob(jobId) {
      return inTransaction(db, () => {
        if (pauseJob.run(jobId).changes > 0) unqueueChunks.run(jobId);
        return statusOf(jobId);
      });
    },

    async resumeJob(jobId) {
      return inTransaction(db, () => {
        resumeJob.run(jobId);
        return statusOf(jobId);
      });
    },

    async setPriority(jobId, priority) {
      return inTransaction(db, () => {
        setPriority.run(priority, jobId);
        return statusOf(jobId);
      });
    },
  };
}
