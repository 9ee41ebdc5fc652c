/** Old jobs are removed while a new one runs, in both ledgers at their real concurrency: the new one ends exactly, the old ones are gone, and neither waits for the other to end. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { openThreadedLedger } from "../src/ledger/sqlite/threaded-ledger.ts";
import { aStore, aVisit, failed, jobOptions, measured } from "../src/testing/ledger-builders.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../src/testing/test-services.ts";
import { aDataDir, type Ending } from "./storewalk-process.ts";

const OLD_JOBS = 12;
const OLD_IMAGES = 3_000;
const IMAGES = 20_000;
const WORKERS = 3;
const LEASE_MS = 60_000;
const DAY = "2024-05-01";

const postgres = await findService(POSTGRESQL);

const LEDGERS: Readonly<Record<string, { readonly skip: string | false; open(t: Ending): Promise<Ledger> }>> = {
  SQLite: { skip: false, open: (t) => openThreadedLedger(join(aDataDir(t), "storewalk.db")) },
  PostgreSQL: {
    skip: postgres.skip,
    async open(t) {
      const database = await createTestDatabase(postgres.url);
      const ledger = await database.openLedger();
      t.after(() => database.drop());
      return ledger;
    },
  },
};

async function submit(ledger: Ledger, images: number): Promise<number> {
  const jobId = await ledger.openJob(jobOptions());
  for (let first = 0; first < images; first += 1_000) {
    await ledger.addVisits(
      jobId,
      Array.from({ length: 100 }, () => aVisit({ images: 10 })),
    );
  }
  await ledger.sealJob(jobId);
  return jobId;
}

/** As so many workers at a time; every tenth image fails. */
async function runAll(ledger: Ledger, onRecorded = () => {}): Promise<void> {
  const refs = [...(await ledger.dispatch({ windowImages: 1e9, windowChunks: 1e9, maxChunks: 1_000 }))];
  async function work(): Promise<void> {
    for (let ref = refs.pop(); ref; ref = refs.pop()) {
      const claim = await ledger.claim(ref, LEASE_MS);
      assert.ok(claim, "nobody else takes a chunk");
      const results = claim.images.map(({ no }) => (no % 10 === 0 ? failed(no) : measured(no)));
      for (let at = 0; at < results.length; at += 50) {
        assert.equal((await ledger.record(claim.lease, results.slice(at, at + 50), LEASE_MS)).kind, "recorded");
        onRecorded();
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
}

async function sumsOf(ledger: Ledger) {
  while ((await ledger.addUpSums()).more);
  const spans = [{ grain: "day", first: DAY, last: DAY }] as const;
  const [row] = await ledger.readKeySums({ tenant: null, dimension: "all", area: null, spans });
  return row;
}

describe("removing old jobs while another runs", () => {
  for (const [name, { skip, open }] of Object.entries(LEDGERS)) {
    it(`leaves exactly the other one in ${name}`, { skip }, async (t) => {
      const ledger = await open(t);
      try {
        await ledger.importStores([aStore()]);
        const old: number[] = [];
        for (let job = 0; job < OLD_JOBS; job += 1) {
          old.push(await submit(ledger, OLD_IMAGES));
          await runAll(ledger);
        }
        const jobId = await submit(ledger, IMAGES);
        const begun = Date.now();
        let recorded = 0;
        const removedAt: number[] = [];
        async function prune(): Promise<void> {
          // Those that ended before, however long it takes.
          for (;;) {
            const { removed, more } = await ledger.prune(Date.now() - begun);
            if (removed !== null) removedAt.push(recorded);
            if (!more) return;
          }
        }
        async function addUp(): Promise<void> {
          while (removedAt.length < OLD_JOBS) await ledger.addUpSums();
        }
        await Promise.all([runAll(ledger, () => void recorded++), prune(), addUp()]);

        assert.equal(removedAt.length, OLD_JOBS);
        const between = (removedAt.at(-1) ?? 0) - (removedAt[0] ?? 0);
        assert.ok(between > 0, "results must be recorded while jobs are removed");
        for (const gone of old) assert.equal(await ledger.readJob(gone), null);
        const job = await ledger.readJob(jobId);
        assert.deepEqual([job?.status, job?.succeeded, job?.failed], ["failed", 0.9 * IMAGES, 0.1 * IMAGES]);
        const measuredSums = await ledger.readMeasuredSums(jobId);
        assert.equal(
          measuredSums?.reduce((sum, { images }) => sum + images, 0),
          0.9 * IMAGES,
        );
        const sums = await sumsOf(ledger);
        assert.partialDeepStrictEqual(sums, { visits: IMAGES / 10, images: IMAGES, failed: 0.1 * IMAGES });
      } finally {
        await ledger.close();
      }
    });
  }
});
