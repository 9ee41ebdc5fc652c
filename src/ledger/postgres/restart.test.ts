/** A server of the test's own stops, crashes and is killed while two ledgers record: every result is there, counted once, and the job ends once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { aVisit, dispatchAll, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import type { Ledger } from "../port/ledger.ts";
import { LedgerUnavailable } from "../port/ledger-unavailable.ts";
import type { Claim } from "../port/work-ledger.ts";

const LEASE_MS = 600_000;
const IMAGES = 2_000;
const BATCH = 5;
const { skip } = findPostgresServer();

describe("PostgreSQL", { skip }, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  before(async () => {
    server = await startPostgresServer();
    database = await createTestDatabase(server.url);
  });
  after(() => server.dispose());

  const endings = [
    ["stops fast", () => server.stop("fast")],
    ["stops at once", () => server.stop("immediate")],
    ["is killed", () => server.kill9()],
  ] as const;

  for (const [how, end] of endings) {
    it(`${how} in the middle of records, twice: nothing is lost, nothing is counted twice`, async (t) => {
      const ledgers = await Promise.all([database.openLedger(), database.openLedger()]);
      t.after(() => Promise.all(ledgers.map((ledger) => ledger.close())));
      const [one, two] = ledgers as [Ledger, Ledger];
      const jobId = await submitJob(one, [aVisit({ images: IMAGES })]);
      const claims = await Promise.all((await dispatchAll(one)).map((ref) => one.claim(ref, LEASE_MS)));
      let back = Promise.withResolvers<void>();
      let records = 0;
      let refusals = 0;
      const marks = [100, 250].map((at) => ({ at, reached: Promise.withResolvers<void>() }));

      async function recordAll(ledger: Ledger, { lease, images }: Claim): Promise<void> {
        for (let from = 0; from < images.length; ) {
          const batch = images.slice(from, from + BATCH).map(({ no }) => (no % 10 === 0 ? failed(no) : measured(no)));
          const whenBack = back.promise;
          try {
            await ledger.record(lease, batch, LEASE_MS);
            from += BATCH;
            records += 1;
            for (const { at, reached } of marks) if (records === at) reached.resolve();
          } catch (error) {
            assert.ok(error instanceof LedgerUnavailable, `must be LedgerUnavailable, got ${error}`);
            refusals += 1;
            await whenBack;
          }
        }
      }

      const recording = Promise.all(
        claims.map((claim, index) => (claim ? recordAll(index % 2 === 0 ? one : two, claim) : assert.fail())),
      );
      for (const { reached } of marks) {
        await reached.promise;
        await end();
        await server.start();
        back.resolve();
        back = Promise.withResolvers();
      }
      back.resolve();
      await recording;
      assert.ok(refusals > 0, "the end of the server was felt");
      const job = await one.readJob(jobId);
      assert.deepEqual([job?.status, job?.succeeded, job?.failed], ["failed", IMAGES * 0.9, IMAGES * 0.1]);
      assert.deepEqual(job?.failuresByCode, { not_found: IMAGES * 0.1 });
      const [rows] = await database.query(
        `select count(*)::int as results, count(code)::int as failed,
                (select count(*)::int from job_ends where job = $1) as ends
         from results where job = $1`,
        [jobId],
      );
      assert.deepEqual(rows, { results: IMAGES, failed: IMAGES * 0.1, ends: 1 });
    });
  }
});
