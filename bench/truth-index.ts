/**
 * `npm run bench -- truth-index [PHOTOS]`: the index of photos at a million (or so many) of them, in SQLite, and in PostgreSQL where
 * `DATABASE_URL` names a server. The index is filled in rounds of a million, each of which touches every bucket, as years of jobs would;
 * then photos come in batches as the judge brings them, and each is looked for. In PostgreSQL a round comes in parts that are spread over the table,
 * since all versions of a row that is written again stay in its page until it is cleaned. Prints, judges nothing.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { ENTRY_BYTES, entryBytes } from "../src/ledger/sql/print-index.ts";
import { openDatabase } from "../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../src/ledger/sqlite/sqlite-ledger.ts";
import { aVisit, submitJob } from "../src/testing/ledger-builders.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import type { Fingerprint } from "../src/truth/fingerprint.ts";
import { SKETCH_VERSION } from "../src/truth/sketch.ts";
import { BUCKET_BITS } from "../src/truth/window-code.ts";
import { createBits, drawShelves, photoOf, turned, turnedSigns } from "./truth-photos.ts";

const ROUND = 1_000_000;
const BUCKETS = 2 ** BUCKET_BITS;
const MEASURED = 2_000;
/** As many as a recorder hands to the judge at a time when a job runs fast. */
const BATCH = 200;
/** As many as the judge asks for at a time. */
const LOOK = 10;
const CLOCK_TICKS = 100;
/** Odd, and unlike each other: rows that were written together in one round are far apart in the next. */
const STRIDES = [1, 209_715, 1_398_101, 599_187, 322_639, 838_861];

type Say = (line: string) => void;
type Bucket = { readonly bucket: number; readonly bytes: Uint8Array };

type Engine = {
  readonly name: string;
  readonly ledger: Ledger;
  /** Rows of prints without sketches, from a number on. */
  readonly addPrints: (from: number, count: number) => Promise<void>;
  readonly addBuckets: (buckets: readonly Bucket[]) => Promise<void>;
  /** Buckets that come one after the other are so far from each other, an odd number. */
  readonly strideOf: (round: number) => number;
  /** Called once when all is there, as upkeep would do in the course of time. */
  readonly settle: () => Promise<void>;
  /** By table or index. */
  readonly bytes: () => Promise<ReadonlyMap<string, number>>;
  /** Milliseconds of processor time so far, the engine's and ours. */
  readonly cpuMs: () => Promise<number>;
  readonly close: () => Promise<void>;
};

export async function truthIndexBench(say: Say, photos: number): Promise<void> {
  const shelves = drawShelves();
  const engines = [openSqlite, ...(process.env.DATABASE_URL ? [openPostgres] : [])];
  for (const open of engines) {
    const engine = await open();
    try {
      await measureIndex(engine, shelves, photos, say);
    } finally {
      await engine.close();
    }
  }
}

async function measureIndex(engine: Engine, shelves: readonly Fingerprint[], photos: number, say: Say): Promise<void> {
  const { ledger } = engine;
  const bits = createBits(2026);
  const jobId = await submitJob(ledger, [aVisit({ images: 2 * MEASURED })]);
  const empty = await engine.bytes();
  for (let from = 0; from < photos; from += ROUND)
    await fill(engine, shelves, from, Math.min(ROUND, photos - from), bits);
  await engine.settle();
  const each = Array.from(await engine.bytes(), ([name, bytes]) => ({
    name,
    bytes: (bytes - (empty.get(name) ?? 0)) / photos,
  }));
  const all = each.reduce((sum, { bytes }) => sum + bytes, 0);
  say(`${engine.name}, ${photos} photos: ${Math.round(all)} bytes a photo beside its sketch`);
  const large = each.filter(({ bytes }) => bytes >= 1).sort((a, b) => b.bytes - a.bytes);
  say(`    ${large.map(({ name, bytes }) => `${name} ${bytes.toFixed(0)}`).join(" · ")}`);

  const arrivals = Array.from({ length: MEASURED }, (_, i) => {
    const shelf = shelves[i % shelves.length];
    if (!shelf) throw new Error("no shelves were drawn");
    return { image: i, photo: photoOf(shelf, turnedSigns(shelf, bits)) };
  });
  const kept = await costOf(engine, async () => {
    for (let from = 0; from < MEASURED; from += BATCH) {
      await ledger.keepPrints(
        jobId,
        arrivals.slice(from, from + BATCH).map(({ image, photo }) => ({
          image,
          digest: digestOf(bits),
          sketch: photo.sketch,
          entries: photo.entries,
          restsOn: "picture",
          taken: null,
        })),
      );
    }
  });
  let found = 0;
  const asked = await costOf(engine, async () => {
    for (let from = 0; from < MEASURED; from += LOOK) {
      const asked = arrivals
        .slice(from, from + LOOK)
        .map(({ image, photo }) => ({ image, digest: digestOf(bits), probes: photo.probes }));
      found += (await ledger.findAlike(jobId, asked)).flat().length;
    }
  });
  say(
    `    keep ${kept.text} · look for ${asked.text} · together ${(kept.cpuMs + asked.cpuMs).toFixed(2)} ms CPU a photo`,
  );
  say(`    to be compared: ${(found / MEASURED).toFixed(1)} photos for each`);
}

/** One round: as many photos as it has, all buckets in their order. */
async function fill(
  engine: Engine,
  shelves: readonly Fingerprint[],
  from: number,
  count: number,
  bits: () => number,
): Promise<void> {
  const perPhoto = shelves[0]?.entries.length ?? 0;
  const buckets = new Uint32Array(count * perPhoto);
  const entries = new Uint8Array(count * perPhoto * ENTRY_BYTES);
  const ends = new Uint32Array(BUCKETS + 1);
  for (let i = 0, at = 0; i < count; i++) {
    const shelf = shelves[bits() % shelves.length];
    if (!shelf) continue;
    const signs = turnedSigns(shelf, bits);
    for (const { window, code } of shelf.entries) {
      const seen = turned(code, signs);
      const bucket = seen.low & (BUCKETS - 1);
      buckets[at] = bucket;
      ends[bucket + 1] = (ends[bucket + 1] ?? 0) + 1;
      entries.set(entryBytes(from + i + 1, window, seen), at * ENTRY_BYTES);
      at++;
    }
  }
  for (let i = 0; i < BUCKETS; i++) ends[i + 1] = (ends[i + 1] ?? 0) + (ends[i] ?? 0);
  const sorted = new Uint8Array(entries.length);
  const next = ends.slice();
  for (let at = 0; at < buckets.length; at++) {
    const bucket = buckets[at] ?? 0;
    const place = next[bucket] ?? 0;
    next[bucket] = place + 1;
    for (let byte = 0; byte < ENTRY_BYTES; byte++) {
      sorted[place * ENTRY_BYTES + byte] = entries[at * ENTRY_BYTES + byte] ?? 0;
    }
  }
  await engine.addPrints(from, count);
  let batch: Bucket[] = [];
  const stride = engine.strideOf(from / ROUND);
  for (let i = 0; i < BUCKETS; i++) {
    const bucket = (i * stride) % BUCKETS;
    const [start = 0, end = 0] = [ends[bucket], ends[bucket + 1]];
    if (end > start) batch.push({ bucket, bytes: sorted.subarray(start * ENTRY_BYTES, end * ENTRY_BYTES) });
    if (batch.length < 20_000 && i + 1 < BUCKETS) continue;
    await engine.addBuckets(batch);
    batch = [];
  }
}

function digestOf(bits: () => number): string {
  return Array.from({ length: 8 }, () => bits().toString(16).padStart(8, "0")).join("");
}

async function costOf(
  engine: Engine,
  work: () => Promise<void>,
): Promise<{ readonly cpuMs: number; readonly text: string }> {
  const cpuBefore = await engine.cpuMs();
  const begun = performance.now();
  await work();
  const ms = performance.now() - begun;
  const cpuMs = ((await engine.cpuMs()) - cpuBefore) / MEASURED;
  return { cpuMs, text: `${cpuMs.toFixed(2)} ms CPU, ${Math.round((MEASURED / ms) * 1_000)} photos/s` };
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function openSqlite(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-index-"));
  const db = openDatabase(join(folder, "ledger.db"));
  const ledger = createSqliteLedger({ db, now: Date.now });
  const addPrints = db.prepare(`
    with recursive numbers (n) as (select cast(?1 as integer) union all select n + 1 from numbers where n + 1 < ?1 + ?2)
    insert into prints (no, tenant, job, image, version, sha256, rests_on, taken_clock)
    select n + 1, 'default', 1000 + n / 100000, n % 100000, cast(?3 as integer), randomblob(16), 'picture', 1772791920 + n from numbers`);
  db.exec("insert into print_parts (no, tenant, span) values (1, 'default', 0)");
  const addBucket = db.prepare(`
    insert into print_entries (place, entries) values (?, ?)
    on conflict (place) do update set entries = cast(entries || excluded.entries as blob)`);
  const sizes = db.prepare("select name, sum(pgsize) as bytes from dbstat where name like '%print%' group by name");
  return {
    name: "SQLite",
    ledger,
    addPrints: async (from, count) => void addPrints.run(from, count, SKETCH_VERSION),
    async addBuckets(buckets) {
      db.exec("begin immediate");
      for (const { bucket, bytes } of buckets) addBucket.run(BUCKETS + bucket, bytes);
      db.exec("commit");
    },
    strideOf: () => 1,
    settle: async () => void db.exec("pragma wal_checkpoint(truncate)"),
    bytes: async () => new Map(sizes.all().map(({ name, bytes }) => [String(name), Number(bytes)])),
    cpuMs: async () => ownCpuMs(),
    async close() {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openPostgres(): Promise<Engine> {
  const test = await createTestDatabase(process.env.DATABASE_URL ?? "");
  const ledger = await test.openLedger();
  const client = new Client({ connectionString: test.url });
  await client.connect();
  await client.query("insert into print_parts (tenant, span) values ('default', 0)");
  return {
    name: "PostgreSQL",
    ledger,
    addPrints: async (from, count) =>
      void (await client.query(
        `insert into prints (tenant, job, image, version, sha256, rests_on, taken_clock)
         select 'default', 1000 + n / 100000, n % 100000, $3, substr(sha256(n::text::bytea), 1, 16), 'picture', 1772791920 + n
         from generate_series($1::bigint, $1::bigint + $2::bigint - 1) n`,
        [from, count, SKETCH_VERSION],
      )),
    addBuckets: async (buckets) =>
      void (await client.query(
        `insert into print_entries (place, entries)
         select place, decode(entries, 'hex') from unnest($1::bigint[], $2::text[]) as given (place, entries)
         on conflict (place) do update set entries = print_entries.entries || excluded.entries`,
        [buckets.map(({ bucket }) => BUCKETS + bucket), buckets.map(({ bytes }) => Buffer.from(bytes).toString("hex"))],
      )),
    strideOf: (round) => STRIDES[round % STRIDES.length] ?? 1,
    settle: async () => void (await client.query("vacuum analyze print_entries, prints")),
    async bytes() {
      const { rows } = await client.query(
        "select relname, pg_table_size(oid) as bytes from pg_class where relkind in ('r', 'i') and relname like 'print%'",
      );
      return new Map(rows.map(({ relname, bytes }) => [String(relname), Number(bytes)]));
    },
    async cpuMs() {
      const { rows } = await client.query("select pid from pg_stat_activity where datname = current_database()");
      return ownCpuMs() + rows.reduce((sum, { pid }) => sum + cpuMsOf(Number(pid)), 0);
    },
    async close() {
      await ledger.close();
      await client.end();
      await test.drop();
    },
  };
}

/** Of a process on this machine; 0 where the server is on another one. */
function cpuMsOf(pid: number): number {
  if (!readdirSync("/proc").includes(String(pid))) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS;
}
