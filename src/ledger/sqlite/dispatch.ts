/** Chooses which pending chunks go to the queue next, fairly across jobs. Must never exceed twice the window. */
import type { DatabaseSync } from "node:sqlite";
import type { ChunkRef, DispatchLimits } from "../ledger.ts";
import { inTransaction } from "./database.ts";
import { integer } from "./row.ts";

const IN_FLIGHT = `
  select job, sum(last - first + 1 - done) as images from chunks
  where state in ('queued', 'running') group by job`;

const RUNNABLE_JOBS = `
  select id, priority from jobs
  where status = 'ongoing'
    and exists (select 1 from chunks where job = jobs.id and state = 'pending')`;

const QUEUE_NEXT_CHUNK = `
  update chunks set state = 'queued', queued_at = :now
  where job = :job and no = (select min(no) from chunks where job = :job and state = 'pending')
  returning no, last - first + 1 - done as images`;

type Candidate = { readonly jobId: number; readonly priority: number; inFlight: number };

export function createDispatch(deps: { db: DatabaseSync; now: () => number }) {
  const { db } = deps;
  const readInFlight = db.prepare(IN_FLIGHT);
  const readRunnable = db.prepare(RUNNABLE_JOBS);
  const queueNextChunk = db.prepare(QUEUE_NEXT_CHUNK);

  function choose(limits: DispatchLimits): ChunkRef[] {
    const inFlight = new Map(readInFlight.all().map((row) => [integer(row, "job"), integer(row, "images")]));
    let total = [...inFlight.values()].reduce((sum, images) => sum + images, 0);
    let candidates: Candidate[] = readRunnable.all().map((row) => {
      const jobId = integer(row, "id");
      return { jobId, priority: integer(row, "priority"), inFlight: inFlight.get(jobId) ?? 0 };
    });
    const chosen: ChunkRef[] = [];
    while (chosen.length < limits.maxChunks) {
      const next = candidates.filter((job) => mayGo(job, total, limits.windowImages)).sort(byNeed)[0];
      if (!next) break;
      const row = queueNextChunk.get({ job: next.jobId, now: deps.now() });
      if (!row) {
        candidates = candidates.filter((job) => job !== next);
        continue;
      }
      const images = integer(row, "images");
      next.inFlight += images;
      total += images;
      chosen.push({ jobId: next.jobId, chunk: integer(row, "no") });
    }
    return chosen;
  }

  return {
    async dispatch(limits: DispatchLimits): Promise<readonly ChunkRef[]> {
      return inTransaction(db, () => choose(limits));
    },
  };
}

/** A job with nothing in flight need not wait until a large one makes room, or ten images would queue behind a million. */
function mayGo(job: Candidate, total: number, windowImages: number): boolean {
  if (total < windowImages) return true;
  return job.inFlight === 0 && total < 2 * windowImages;
}

function byNeed(a: Candidate, b: Candidate): number {
  return b.priority - a.priority || a.inFlight - b.inFlight || a.jobId - b.jobId;
}
