/**
 * `npm run bench -- insight [IMAGES]`: a year of visits with so many images (10,000,000 if not given) in SQLite, and in PostgreSQL where
 * `DATABASE_URL` names a server: how fast sums are added up, how long the questions of the insight page take, and what recording costs with
 * the notes for the sums and without. Rows are made by SQL. Prints, judges nothing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addDays } from "../src/domain/calendar.ts";
import { ANY_IMAGE } from "../src/ledger/port/insight-ledger.ts";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { openDatabase } from "../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../src/ledger/sqlite/sqlite-ledger.ts";
import { type InsightQuestion, readInsight } from "../src/reports/insight.ts";
import { aVisit, claimNext, measured, submitJob } from "../src/testing/ledger-builders.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { median, timed } from "./parts.ts";

const DAYS = 365;
const FIRST_DAY = "2025-01-01";
const LAST_DAY = addDays(FIRST_DAY, DAYS - 1);
const IMAGES_A_VISIT = 5;
const STORES = 5_000;
const AREAS = 100;
const READS = 5;
const RECORDED = 20_000;
const ROUNDS = 5;

type Engine = {
  readonly name: string;
  readonly ledger: Ledger;
  readonly run: (sql: string) => Promise<unknown>;
  readonly truth: string;
  /** What a database does by itself in the time that a year of visits takes, autovacuum or none. */
  readonly settle: string;
  /** Whether results that come are noted for the sums. */
  readonly setNotes: (notes: "on" | "off") => Promise<unknown>;
  readonly close: () => Promise<void>;
};

const series = (count: number) =>
  `with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ${count})`;

/** One job a day, in parentheses since the databases disagree on what || binds: every store in turn, four hosts, 500 agents, 3 % of the images failed. */
function dayOfVisits(job: number, visits: number, truth: string): readonly string[] {
  const images = visits * IMAGES_A_VISIT;
  const day = addDays(FIRST_DAY, job - 1);
  return [
    `insert into jobs (status, priority, integrity, visits, images, created_at, finished_at)
     values ('completed', 5, 'header', ${visits}, ${images}, 1, 2)`,
    `${series(visits)} insert into visits (job, no, store_id, store_known, visit_time, visit_date, first_image, last_image, agent)
     select ${job}, i, 'S' || ((i * 7 + ${job} * 13) % ${STORES}), ${truth}, '${day}', '${day}', i * ${IMAGES_A_VISIT},
            i * ${IMAGES_A_VISIT} + ${IMAGES_A_VISIT - 1}, 'agent ' || ((i * 7 + ${job} * 13) % 500) from n`,
    `${series(images)} insert into images (job, no, visit, url)
     select ${job}, i, i / ${IMAGES_A_VISIT}, 'https://photos-' || (i % 4) || '.example/${day}/' || i || '.jpg' from n`,
    `${series(images)} insert into results (job, image, width, height, perimeter, code, attempts, finished_at)
     select ${job}, i, 3000, 4000, case when i % 33 = 7 then null else 14000 end,
            case when i % 33 = 7 then case when i % 6600 = 7 then 'poisoned' else 'not_found' end end, 1, 1 from n`,
  ];
}

export async function insightBench(say: (line: string) => void, images: number): Promise<void> {
  const url = process.env.DATABASE_URL;
  for (const open of [openSqlite, ...(url ? [() => openPostgres(url)] : [])]) {
    const engine = await open();
    try {
      await measure(say, engine, images);
    } finally {
      await engine.close();
    }
  }
}

async function measure(say: (line: string) => void, engine: Engine, images: number): Promise<void> {
  const { name, ledger } = engine;
  const visits = Math.ceil(images / DAYS / IMAGES_A_VISIT);
  await ledger.importStores(
    Array.from({ length: STORES }, (_, no) => ({ id: `S${no}`, name: `Shop ${no}`, area: `A${no % AREAS}` })),
  );
  let addedMs = 0;
  for (let job = 1; job <= DAYS; job++) {
    for (const sql of dayOfVisits(job, visits, engine.truth)) await engine.run(sql);
    addedMs += await timed(async () => {
      while ((await ledger.addUpSums()).more);
    });
  }
  await engine.run(engine.settle);
  const all = visits * IMAGES_A_VISIT * DAYS;
  say(`${name}: a year of ${all.toLocaleString("en")} images; added up at ${Math.round((all / addedMs) * 1_000)}/s`);
  for (const [what, ms] of await questionTimes(ledger)) say(`    ${what.padEnd(44)} ${ms.toFixed(1).padStart(7)} ms`);
  const rates = { on: [] as number[], off: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const notes of ["on", "off"] as const) {
      await engine.setNotes(notes);
      rates[notes].push(await recordingRate(ledger));
      while ((await ledger.addUpSums()).more);
    }
  }
  await engine.setNotes("on");
  const [on, off] = [median(rates.on), median(rates.off)];
  say(
    `    recording ${Math.round(on)}/s with notes, ${Math.round(off)}/s without: ratio ${(on / off).toFixed(2)} (aim ≥ 0.9)`,
  );
}

async function questionTimes(ledger: Ledger): Promise<readonly (readonly [string, number])[]> {
  const year = {
    tenant: null,
    by: "week",
    from: FIRST_DAY,
    to: LAST_DAY,
    area: null,
    key: null,
    cause: null,
    limit: 50,
  } as const;
  const ask = (question: Pick<InsightQuestion, "of" | "rank"> & Partial<InsightQuestion>) => () =>
    readInsight(ledger, { ...year, ...question });
  const list = (filter: object) => () =>
    ledger.listAnyImages({ ...ANY_IMAGE, tenant: null, ...filter }, { after: null, limit: 50 });
  const questions: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a year of areas by week, beside the year before", ask({ of: "area", rank: "images" })],
    ["a year of stores by week, the worst first", ask({ of: "store", rank: "failed_share" })],
    ["a year of agents by week, by a cause", ask({ of: "agent", rank: "cause", cause: "not_found" })],
    ["a quarter of hosts by day", ask({ of: "host", rank: "failed", by: "day", from: "2025-07-01", to: "2025-09-30" })],
    ["images of an area in a week", list({ area: "A7", from: "2025-05-05", to: "2025-05-11" })],
    ["images of an agent that failed", list({ agent: "agent 7", outcome: "failed" })],
    ["images with a rare code", list({ code: "poisoned" })],
    ["images of a store", list({ storeId: "S70" })],
  ];
  const times: [string, number][] = [];
  for (const [what, work] of questions) {
    await work();
    const all: number[] = [];
    for (let read = 0; read < READS; read++) all.push(await timed(work));
    times.push([what, median(all)]);
  }
  return times;
}

/** Results a second, by one recorder in batches of 100. */
async function recordingRate(ledger: Ledger): Promise<number> {
  await submitJob(
    ledger,
    Array.from({ length: RECORDED / 50 }, (_, no) => aVisit({ storeId: `S${no}`, images: 50 })),
  );
  const ms = await timed(async () => {
    for (let left = RECORDED; left > 0; ) {
      const { lease, images } = await claimNext(ledger, 600_000);
      for (let first = 0; first < images.length; first += 100)
        await ledger.record(
          lease,
          images.slice(first, first + 100).map(({ no }) => measured(no)),
          600_000,
        );
      left -= images.length;
    }
  });
  return (RECORDED / ms) * 1_000;
}

async function openSqlite(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  const db = openDatabase(join(folder, "storewalk.db"));
  const ledger = createSqliteLedger({ db, now: Date.now });
  const trigger = String(db.prepare("select sql from sqlite_master where name = 'results_came'").get()?.sql);
  return {
    name: "SQLite",
    ledger,
    run: async (sql) => db.exec(sql),
    truth: "1",
    settle: "analyze",
    setNotes: async (notes) => {
      db.exec("drop trigger if exists results_came");
      if (notes === "on") db.exec(trigger);
    },
    async close() {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openPostgres(url: string): Promise<Engine> {
  const database = await createTestDatabase(url);
  const ledger = await database.openLedger();
  return {
    name: "PostgreSQL",
    ledger,
    run: (sql) => database.query(sql),
    truth: "true",
    settle: "vacuum (analyze)",
    setNotes: (notes) =>
      database.query(`alter table results ${notes === "on" ? "enable" : "disable"} trigger results_came`),
    async close() {
      await ledger.close();
      await database.drop();
    },
  };
}
