/** A large ledger in seconds: one job by the ledger itself, and its rows again under other numbers. */
import type { Print } from "../../src/ledger/port/inspection-ledger.ts";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { BUCKETS } from "../../src/ledger/sql/print-index.ts";
import { aStore, aVisit, failed, jobOptions, measured } from "../../src/testing/ledger-builders.ts";
import type { TestDatabase } from "../../src/testing/postgres-database.ts";
import { fingerprintOf } from "../../src/truth/fingerprint.ts";
import { SKETCH_SIDE } from "../../src/truth/sketch.ts";

const VISITS = 100;
/** Of the index of photos, whose rows are no job's. */
const ENTRIES = 30_000;
export const IMAGES_A_JOB = 1_000;
const LEASE_MS = 60_000;

/** A picture of its own for each number: a photo that shows nothing has no place in the index. */
export const pictureOf = (number: number) =>
  fingerprintOf(Uint8Array.from({ length: SKETCH_SIDE ** 2 }, (_, at) => (at * (number + 7)) ** 2 % 251));

const PRINTS: readonly Print[] = Array.from({ length: 10 }, (_, image) => {
  const { sketch, entries } = pictureOf(image);
  return { image, digest: `${image}`.repeat(64), sketch, entries, restsOn: "picture", taken: null };
});

/** In preparation. */
export async function submit(ledger: Ledger): Promise<number> {
  const job = await ledger.openJob(jobOptions());
  const visits = Array.from({ length: VISITS }, (_, no) =>
    aVisit({ storeId: `S${no}`, images: IMAGES_A_JOB / VISITS }),
  );
  await ledger.addVisits(job, visits);
  return job;
}

/** Returns the number of a job of which every tenth image failed. */
export async function runJob(ledger: Ledger): Promise<number> {
  const job = await submit(ledger);
  await ledger.sealJob(job);
  for (const ref of await ledger.dispatch({ windowImages: 1e6, windowChunks: 1e4, maxChunks: 1_000 })) {
    const claim = await ledger.claim(ref, LEASE_MS);
    if (!claim) throw new Error("a chunk of the first job could not be claimed");
    const results = claim.images.map(({ no }) => (no % 10 === 0 ? failed(no) : measured(no)));
    await ledger.record(claim.lease, results, LEASE_MS);
  }
  await ledger.keepPrints(job, PRINTS);
  return job;
}

/** Returns the number of a job in the middle, which is over. */
export async function fillLedger(ledger: Ledger, database: TestDatabase, jobs: number): Promise<number> {
  await ledger.importStores(Array.from({ length: VISITS }, (_, no) => aStore({ id: `S${no}` })));
  const first = await runJob(ledger);
  while ((await ledger.addUpSums()).more);
  await addEntries(database);
  await copyJob(database, first, jobs - 1);
  return first + Math.floor(jobs / 2);
}

async function addEntries(database: TestDatabase): Promise<void> {
  await database.query(
    `insert into print_entries (place, entries)
     select no * ${BUCKETS} + bucket, '\\x000000000000000000' from print_parts cross join generate_series(1, ${ENTRIES}) as bucket
     on conflict do nothing`,
  );
}

/** Every row that belongs to the job, so many times more; without triggers, whose work is copied as well. */
async function copyJob(database: TestDatabase, first: number, copies: number): Promise<void> {
  const columns = await database.query(
    `select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = current_schema() and table_type = 'BASE TABLE' and is_identity = 'NO' and is_generated = 'NEVER'
       and table_name in (select table_name from information_schema.columns where table_schema = current_schema() and column_name = 'job')
     group by table_name order by table_name`,
  );
  const job = (name: string) => (name === "job" ? "job + copy" : name);
  const statements = columns.map(({ table_name: table, columns: list }) => {
    const names = String(list).split(", ");
    return `insert into ${table} (${names.join(", ")}) select ${names.map(job).join(", ")}
            from ${table} cross join generate_series(1, ${copies}) as copy where job = ${first} on conflict do nothing`;
  });
  const [jobs] = await database.query(
    `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
     from information_schema.columns where table_schema = current_schema() and table_name = 'jobs'`,
  );
  const own = String(jobs?.columns).split(", ");
  await database.query(
    [
      "begin",
      "set local session_replication_role = replica",
      `insert into jobs (${own.join(", ")}) overriding system value
       select ${own.map((name) => (name === "id" ? "id + copy" : name)).join(", ")}
       from jobs cross join generate_series(1, ${copies}) as copy where id = ${first}`,
      ...statements,
      `select setval(pg_get_serial_sequence('jobs', 'id'), ${first + copies})`,
      "commit",
    ].join(";\n"),
  );
  await database.query("vacuum analyze");
}
