/** Moves the chosen pending chunks to the queue. One process at a time; the others come again. */
import type { Database, Row } from "../../postgres/database.ts";
import { numbers } from "../../postgres/values.ts";
import type { WorkLedger } from "../port/work-ledger.ts";
import { ONGOING } from "../sql/alive-jobs.ts";
import { type Candidate, chooseChunks, type PendingChunk } from "../sql/fair-choice.ts";
import { flag, integer, integerOrNull, onlyRow, text } from "../sql/row.ts";

// SQLite has one writer anyway. A statement of its own: what is read afterwards must see what the holder before committed.
const TRY_LOCK = `
  select pg_try_advisory_xact_lock(hashtextextended('storewalk dispatch ' || current_schema(), 0)) as mine`;

// One statement where SQLite reads job by job, so it must be bounded. A call picks at most $1 chunks: within the window they are of the $1
// neediest jobs; beyond it only jobs with nothing in flight may go, again the $1 neediest. Each may give its turn to the equal whose URLs end first.
const PENDING = `
  with in_flight as (
    select job, sum(last - first + 1 - done) as images, count(*) as chunks from chunks
    where state in ('queued', 'running') group by job
  ), runnable as (
    select jobs.id, jobs.tenant, jobs.priority,
           case when urls_end_at > storewalk_now() then urls_end_at end as urls_end_at, coalesce(in_flight.images, 0) as in_flight
    from jobs left join in_flight on in_flight.job = jobs.id
    where ${ONGOING} and exists (select 1 from chunks where job = jobs.id and state = 'pending')
  ), candidates as (
    (select * from runnable order by priority desc, in_flight, id limit $1)
    union
    (select * from runnable where in_flight = 0 order by priority desc, id limit $1)
    union
    (select distinct on (tenant, priority) * from runnable
     where urls_end_at is not null order by tenant, priority, urls_end_at, id)
  )
  select candidates.id, candidates.tenant, candidates.priority, candidates.urls_end_at, candidates.in_flight, pending.no, pending.images,
         (select coalesce(sum(images), 0)::bigint from in_flight) as all_images,
         (select coalesce(sum(chunks), 0)::bigint from in_flight) as all_chunks
  from candidates cross join lateral (
    select no, last - first + 1 - done as images from chunks
    where job = candidates.id and state = 'pending' order by no limit $1
  ) pending
  order by candidates.id, pending.no`;

// A chunk that somebody else holds at this moment is being cancelled or split: it is left out.
const QUEUE_CHUNKS = `
  update chunks set state = 'queued', queued_at = storewalk_now(), urgent = taken.urgent
  from (
    select job, no, chosen.urgent from chunks
    join unnest($1::bigint[], $2::integer[], $3::boolean[]) as chosen (job, no, urgent) using (job, no)
    where state = 'pending'
    order by job, no for update of chunks skip locked
  ) taken
  where chunks.job = taken.job and chunks.no = taken.no
  returning chunks.job, chunks.no`;

export function createDispatch(db: Database): Pick<WorkLedger, "dispatch"> {
  return {
    dispatch: (limits) =>
      db.inTransactionAfter(TRY_LOCK, async (run, lock) => {
        if (!flag(onlyRow(lock), "mine")) return [];
        const rows = await run(PENDING, [limits.maxChunks]);
        const [first] = rows;
        if (!first) return [];
        const inFlight = { images: integer(first, "all_images"), chunks: integer(first, "all_chunks") };
        const chosen = chooseChunks(candidatesFromRows(rows), inFlight, limits);
        if (chosen.length === 0) return [];
        const taken = await run(QUEUE_CHUNKS, [
          numbers(chosen.map(({ jobId }) => jobId)),
          numbers(chosen.map(({ chunk }) => chunk)),
          `{${chosen.map(({ urgent }) => urgent)}}`,
        ]);
        const keys = new Set(taken.map((row) => `${integer(row, "job")}/${integer(row, "no")}`));
        return chosen.filter(({ jobId, chunk }) => keys.has(`${jobId}/${chunk}`));
      }),
  };
}

function candidatesFromRows(rows: readonly Row[]): Candidate[] {
  const candidates = new Map<number, { job: Omit<Candidate, "next">; pending: PendingChunk[] }>();
  for (const row of rows) {
    const jobId = integer(row, "id");
    const found = candidates.get(jobId) ?? {
      job: {
        jobId,
        tenant: text(row, "tenant"),
        priority: integer(row, "priority"),
        urlsEndAt: integerOrNull(row, "urls_end_at"),
        inFlight: integer(row, "in_flight"),
      },
      pending: [],
    };
    candidates.set(jobId, found);
    found.pending.push({ chunk: integer(row, "no"), images: integer(row, "images") });
  }
  return [...candidates.values()].map(({ job, pending }) => {
    let next = 0;
    return { ...job, next: () => pending[next++] };
  });
}
