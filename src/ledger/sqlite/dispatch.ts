/** Moves the chosen pending chunks to the queue. One transaction reads what is in flight and takes the next. */
import type { DatabaseSync } from "node:sqlite";
import type { DispatchedChunk, DispatchLimits } from "../port/work-ledger.ts";
import { ONGOING } from "../sql/alive-jobs.ts";
import { type Candidate, chooseChunks } from "../sql/fair-choice.ts";
import { integer, integerOrNull, type Row, text } from "../sql/row.ts";
import { inTransaction } from "./database.ts";

const IN_FLIGHT = `
  select job, sum(last - first + 1 - done) as images, count(*) as chunks from chunks
  where state in ('queued', 'running') group by job`;

const RUNNABLE_JOBS = `
  select id, tenant, priority, iif(urls_end_at > storewalk_now(), urls_end_at, null) as urls_end_at from jobs
  where ${ONGOING}
    and exists (select 1 from chunks where job = jobs.id and state = 'pending')`;

const NEXT_PENDING_CHUNK = `
  select no, last - first + 1 - done as images from chunks
  where job = ? and state = 'pending' and no > ? order by no limit 1`;

const QUEUE_CHUNKS = `
  update chunks set state = 'queued', queued_at = ?1
  where (job, no) in (select value ->> 0, value ->> 1 from json_each(?2))`;

export function createDispatch(deps: { db: DatabaseSync; now: () => number }) {
  const { db } = deps;
  const readInFlight = db.prepare(IN_FLIGHT);
  const readRunnable = db.prepare(RUNNABLE_JOBS);
  const nextPendingChunk = db.prepare(NEXT_PENDING_CHUNK);
  const queueChunks = db.prepare(QUEUE_CHUNKS);

  function candidate(job: Row, inFlight: number): Candidate {
    const jobId = integer(job, "id");
    let after = -1;
    return {
      jobId,
      tenant: text(job, "tenant"),
      priority: integer(job, "priority"),
      urlsEndAt: integerOrNull(job, "urls_end_at"),
      inFlight,
      next() {
        const row = nextPendingChunk.get(jobId, after);
        if (!row) return undefined;
        after = integer(row, "no");
        return { chunk: after, images: integer(row, "images") };
      },
    };
  }

  function choose(limits: DispatchLimits): DispatchedChunk[] {
    const rows = readInFlight.all();
    const imagesOf = new Map(rows.map((row) => [integer(row, "job"), integer(row, "images")]));
    const inFlight = {
      images: [...imagesOf.values()].reduce((sum, images) => sum + images, 0),
      chunks: rows.reduce((sum, row) => sum + integer(row, "chunks"), 0),
    };
    const candidates = readRunnable.all().map((job) => candidate(job, imagesOf.get(integer(job, "id")) ?? 0));
    const chosen = chooseChunks(candidates, inFlight, limits);
    queueChunks.run(deps.now(), JSON.stringify(chosen.map(({ jobId, chunk }) => [jobId, chunk])));
    return chosen;
  }

  return {
    async dispatch(limits: DispatchLimits): Promise<readonly DispatchedChunk[]> {
      return inTransaction(db, () => choose(limits));
    },
  };
}
