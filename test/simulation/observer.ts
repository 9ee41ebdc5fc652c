/** Looks at the tables from outside after every event and throws when a promise is broken. Knows nothing of how they came about. */
import type { DatabaseSync } from "node:sqlite";
import { ENTRY_BYTES } from "../../src/ledger/sql/print-index.ts";
import { STORED_WINDOWS } from "../../src/truth/windows.ts";
import { widthOf } from "./simulated-process.ts";

export class BrokenPromise extends Error {}

export type Observer = {
  /** What must hold at any moment. Returns whether every visible job is over. */
  look(): boolean;
  /** What must hold when every fault is over and every process has had its time. */
  lookAtTheEnd(): void;
  /** A call that ended the job was committed. */
  jobEnded(jobId: number): void;
  /** A batch was written under this token: the broken promise if it is not the chunk's. */
  faultOfWriting(jobId: number, chunk: number, token: number): BrokenPromise | null;
};

const COUNTERS = `
  select jobs.id, jobs.status, jobs.images, jobs.chunks_left,
         (select coalesce(sum(done), 0) from chunks where job = jobs.id) as done,
         (select coalesce(sum(failed), 0) from chunks where job = jobs.id) as failed,
         (select count(*) from results where job = jobs.id) as rows,
         (select count(*) from results where job = jobs.id and code is not null) as failed_rows,
         (select coalesce(sum(images), 0) from failures where job = jobs.id) as counted_failures,
         (select coalesce(sum(images), 0) from measured_sums where job = jobs.id) as summed
  from jobs where status <> 'preparing'`;
const RESULTS = `
  select job, image, width, code from results order by job, image`;
const SUMS = `
  select (select coalesce(sum(images), 0) from sums where dimension = 'all' and grain in ('day', 'none'))
           + (select coalesce(sum(sign), 0) from sum_changes where marks is null) as images,
         (select coalesce(sum(images), 0) from cause_sums where dimension = 'store' and grain in ('day', 'none') and cause not like 'flag:%')
           + (select coalesce(sum(sign), 0) from sum_changes where code is not null) as failed,
         (select coalesce(sum(visits), 0) from sums where dimension = 'host' and grain in ('month', 'none'))
           + (select count(*) from sum_changes where image = 0 and marks is null) as visits,
         (select coalesce(sum(flagged), 0) from sums where dimension = 'all' and grain in ('day', 'none'))
           + (select coalesce(sum(sign), 0) from sum_changes where marks is not null) as flagged,
         (select count(*) from flagged where marks <> 0) as flagged_rows,
         (select count(*) from results) as rows,
         (select count(*) from results where code is not null) as failed_rows,
         (select count(*) from results where image = 0) as first_rows`;
/** Photos that show the same. Where the later one has a result it was looked for, and must have been told. */
const PAIRS = `
  select prints.job || '/' || prints.image as later, earlier.job || '/' || earlier.image as earlier, results.image is not null as has_result
  from prints join prints earlier on earlier.sha256 = prints.sha256 and earlier.no < prints.no
  left join results on results.job = prints.job and results.image = prints.image`;
const REUSES = `
  select job || '/' || image as later, earlier_job || '/' || earlier_image as earlier from reuses`;
const INSPECTED = `
  select results.job, results.image, findings, exists (select 1 from prints where prints.job = results.job and prints.image = results.image) as has_print
  from results join jobs on jobs.id = results.job where jobs.inspect <> 'off' and code is null`;
const INDEX = `
  select (select coalesce(sum(length(entries)), 0) from print_entries) as bytes, (select count(*) from prints) as prints`;
const CHANGES = `
  select total_changes() as changes`;
const TOKEN = `
  select token from chunks where job = ? and no = ?`;

export function createObserver(db: DatabaseSync, isKiller: (jobId: number, image: number) => boolean): Observer {
  const counters = db.prepare(COUNTERS);
  const results = db.prepare(RESULTS);
  const sums = db.prepare(SUMS);
  const changesOf = db.prepare(CHANGES);
  const tokenOf = db.prepare(TOKEN);
  const seen = new Map<string, string>();
  const statuses = new Map<number, string>();
  const ends = new Map<number, number>();

  function require(holds: boolean, promise: string): void {
    if (!holds) throw new BrokenPromise(promise);
  }

  function isTerminal(status: unknown): boolean {
    return status === "completed" || status === "failed" || status === "cancelled";
  }

  function lookAtInspections(): void {
    for (const { job, image, findings, has_print } of db.prepare(INSPECTED).all()) {
      const { notInspected = "no findings" } = JSON.parse(String(findings ?? "{}"));
      require(notInspected === null && has_print === 1, `image ${job}/${image} was not inspected: ${notInspected}`);
    }
    const index = db.prepare(INDEX).get();
    const wanted = Number(index?.prints) * STORED_WINDOWS.length * ENTRY_BYTES;
    require(index?.bytes ===
      wanted, `the index has ${index?.bytes} bytes for ${index?.prints} photos, wanted ${wanted}`);
    const named = ({ later, earlier }: Record<string, unknown>) => `${later} shows what ${earlier} shows`;
    const told = new Set(db.prepare(REUSES).all().map(named));
    const pairs = db.prepare(PAIRS).all();
    for (const pair of pairs)
      require(told.has(named(pair)) || pair.has_result === 0, `nobody tells that ${named(pair)}`);
    const isTrue = new Set(pairs.map(named));
    for (const pair of told) require(isTrue.has(pair), `it is told that ${pair}`);
  }

  let changes: unknown = -1;
  let allOver = false;

  function look(): boolean {
    const now = changesOf.get()?.changes;
    if (now === changes) return allOver;
    changes = now;
    allOver = true;
    for (const job of counters.all()) {
      const { id, status, done, failed, rows, failed_rows, counted_failures, summed } = job;
      require(done === rows, `job ${id} counts ${done} results and has ${rows}`);
      require(failed === failed_rows, `job ${id} counts ${failed} failed results and has ${failed_rows}`);
      require(failed === counted_failures, `job ${id} counts ${failed} failures and ${counted_failures} by code`);
      const measured = Number(rows) - Number(failed_rows);
      require(summed === measured, `job ${id} has ${measured} measured images and ${summed} in its sums`);
      const before = statuses.get(Number(id));
      require(!isTerminal(before) || before === status, `job ${id} was ${before} and is ${status}`);
      statuses.set(Number(id), String(status));
      allOver &&= isTerminal(status);
      const whole = status !== "completed" && status !== "failed" ? true : rows === job.images;
      require(whole, `job ${id} is ${status} with ${rows} of ${job.images} results`);
    }
    // Each job of the simulation is one visit.
    const sum = sums.get();
    require(sum?.images === sum?.rows, `the sums have ${sum?.images} images of ${sum?.rows}`);
    require(sum?.failed === sum?.failed_rows, `the sums have ${sum?.failed} failed images of ${sum?.failed_rows}`);
    require(sum?.visits === sum?.first_rows, `the sums have ${sum?.visits} visits of ${sum?.first_rows}`);
    require(sum?.flagged === sum?.flagged_rows, `the sums have ${sum?.flagged} flagged images of ${sum?.flagged_rows}`);
    const rows = new Map(results.all().map((row) => [`${row.job}/${row.image}`, `${row.width} ${row.code}`]));
    for (const [image, result] of seen)
      require(rows.get(image) === result, `the result of image ${image} was ${result} and is ${rows.get(image)}`);
    for (const [image, result] of rows) seen.set(image, result);
    return allOver;
  }

  return {
    look,
    lookAtTheEnd() {
      look();
      lookAtInspections();
      for (const { id, status } of counters.all()) {
        require(isTerminal(status), `job ${id} is still ${status}`);
        const wanted = status === "cancelled" ? 0 : 1;
        require((ends.get(Number(id)) ?? 0) ===
          wanted, `job ${id} is ${status} and ended ${ends.get(Number(id)) ?? 0} times`);
      }
      for (const row of results.all()) {
        const [job, image] = [Number(row.job), Number(row.image)];
        const wanted = isKiller(job, image)
          ? "null poisoned"
          : image % 5 === 4
            ? "null not_found"
            : `${widthOf(job, image)} null`;
        require(`${row.width} ${row.code}` ===
          wanted, `image ${job}/${image} must be ${wanted}, got ${row.width} ${row.code}`);
      }
    },
    jobEnded(jobId) {
      ends.set(jobId, (ends.get(jobId) ?? 0) + 1);
    },
    faultOfWriting(jobId, chunk, token) {
      const current = tokenOf.get(jobId, chunk)?.token;
      if (current === token) return null;
      return new BrokenPromise(`chunk ${jobId}/${chunk} has token ${current} and was written under ${token}`);
    },
  };
}
