/**
 * How PostgreSQL goes about the ledger's statements when the ledger is large: none may read a large table from end to end. The server itself writes
 * the plan of each statement as it ran (auto_explain), so nothing has to be listed here but what a service does.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/postgres-ledger.ts";
import { failed, measured } from "../../src/testing/ledger-builders.ts";
import { createTestDatabase, type TestDatabase } from "../../src/testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../src/testing/postgres-server.ts";
import { sizeOf } from "../campaigns.ts";
import { fillLedger, IMAGES_A_JOB } from "./fill-ledger.ts";
import { createPlanLog, type PlanLog } from "./plan-log.ts";

const JOBS = sizeOf("plans");
/** What a table with fewer rows costs to read is no matter. */
const LARGE_ROWS = 10_000;
const LEASE_MS = 60_000;

const { skip } = findPostgresServer();

const ANY_JOB = {
  tenant: null,
  statuses: null,
  storeId: null,
  area: null,
  externalId: null,
  createdFrom: null,
  createdBefore: null,
} as const;
const ANY_IMAGE = {
  tenant: null,
  jobId: null,
  area: null,
  storeId: null,
  host: null,
  agent: null,
  outcome: null,
  code: null,
  flag: null,
  from: null,
  to: null,
  undated: false,
} as const;

describe("the PostgreSQL ledger when it is large", { skip }, () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let ledger: Ledger;
  let plans: PlanLog;
  let large: ReadonlySet<string>;
  /** A job in the middle, over; and one that is still to be worked on. */
  let over: number;
  before(async () => {
    plans = createPlanLog();
    server = await startPostgresServer({ settings: plans.settings, onLog: plans.take });
    database = await createTestDatabase(server.url);
    ledger = await openPostgresLedger({ url: database.url, onEvent: () => {} });
    over = await fillLedger(ledger, database, JOBS);
    const rows = await database.query("select relname from pg_class where relkind = 'r' and reltuples >= $1", [
      LARGE_ROWS,
    ]);
    large = new Set(rows.map(({ relname }) => String(relname)));
    assert.ok(large.has("images") && large.has("results") && large.has("visits"), [...large].join());
  });
  after(async () => {
    await ledger?.close();
    await server?.dispose();
  });

  /** Does it, and returns which large tables its statements read from end to end, each with the statement. */
  async function readsWhole(work: () => Promise<unknown>): Promise<readonly string[]> {
    plans.forget();
    await work();
    // Written after what it is about, by another process: the mark's own plan says that all before it are there.
    await plans.upTo((mark) => database.query(`select '${mark}'`));
    return plans.wholeReads(large);
  }

  const everything: Readonly<Record<string, () => Promise<unknown>>> = {
    "accepting a job": async () => {
      const job = await fillLedger.submit(ledger);
      await ledger.discardJob(job);
    },
    "sending, claiming, recording and ending a chunk": async () => {
      const job = await fillLedger.submit(ledger);
      await ledger.sealJob(job);
      const refs = await ledger.dispatch({ windowImages: 1e6, windowChunks: 1e4, maxChunks: 100 });
      for (const ref of refs) {
        const claim = await ledger.claim(ref, LEASE_MS);
        if (!claim) continue;
        await ledger.renew([claim.lease], LEASE_MS);
        const results = claim.images.map(({ no }) => (no % 10 === 0 ? failed(no) : measured(no)));
        await ledger.record(claim.lease, results, LEASE_MS);
      }
      assert.equal((await ledger.readJob(job))?.status, "failed");
    },
    "looking for what was lost": () => ledger.sweep({ queuedMs: 60_000, preparingMs: 60_000 }),
    "adding up sums": () => ledger.addUpSums(),
    "the status and the lists of jobs": async () => {
      await ledger.readJob(over);
      await ledger.readUnfinished();
      await ledger.readBacklog(null);
      await ledger.readEnds(0, 100);
      await ledger.readLastEnd();
    },
    "a job's results, images, visits and failures": async () => {
      const page = { after: -1, limit: 100 };
      await ledger.readResults(over, { ...page, onlyFailed: false });
      await ledger.readResults(over, { ...page, onlyFailed: true });
      await ledger.readFailures(over, page);
      await ledger.readPastResults(over, 0);
      await ledger.readMeasuredSums(over);
      const any = { outcome: null, code: null, storeId: null, host: null, visit: null } as const;
      for (const filter of [
        any,
        { ...any, storeId: "S7" },
        { ...any, visit: 7 },
        { ...any, code: "not_found" as const },
      ])
        await ledger.readImages(over, filter, page);
      await ledger.readVisitRows(over, { storeId: null }, page);
      await ledger.readVisitRows(over, { storeId: "S7" }, page);
    },
    "lists of jobs, also of one store": async () => {
      const page = { before: null, limit: 50 };
      await ledger.listJobs(ANY_JOB, page);
      await ledger.listJobs({ ...ANY_JOB, statuses: ["ongoing", "paused"] }, page);
      await ledger.listJobs({ ...ANY_JOB, storeId: "S7" }, page);
      await ledger.listJobs({ ...ANY_JOB, externalId: "of-nobody" }, page);
    },
    "images of all jobs": async () => {
      const page = { after: null, limit: 50 };
      await ledger.listAnyImages(ANY_IMAGE, page);
      await ledger.listAnyImages({ ...ANY_IMAGE, storeId: "S7", from: "2024-05-01", to: "2024-05-31" }, page);
      await ledger.listAnyImages({ ...ANY_IMAGE, code: "not_found" }, page);
      await ledger.listAnyImages({ ...ANY_IMAGE, jobId: over, outcome: "failed" }, page);
    },
    "sums by area and by store": async () => {
      const spans = [{ grain: "week", first: "2024-04-01", last: "2024-05-27" }] as const;
      for (const dimension of ["area", "store"] as const)
        await ledger.readKeySums({ tenant: null, dimension, area: null, spans });
    },
    "removing what is old": () => ledger.prune(1_000),
    "a retry": async () => {
      const job = await ledger.readJob(over);
      await ledger.retryImages(over, job?.run ?? 1, [0, 10]);
    },
    "stores and what they were visited for": async () => {
      await ledger.readOneStoreActivity("S7", null);
      await ledger.readStoreDays("S7", null, 366);
    },
    "uploaded photos, of jobs, drafts and fresh URLs": async () => {
      const file = `${"a".repeat(64)}-${"b".repeat(16)}`;
      await ledger.keepUpload({ tenant: "default", sha256: "a".repeat(64), file });
      const images = [{ url: uploadUrl(file, "1.jpg"), labels: NO_LABELS }];
      const draft = await ledger.openDraft(over);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [{ ...aVisit(), images }]);
      await ledger.discardJob(draft);
      const fresh = await ledger.openDraft(over);
      assert.ok(fresh !== null);
      const url = { line: 2, image: 20, externalId: null, url: uploadUrl(file, "1.jpg") };
      assert.deepEqual(await ledger.addFreshUrls(fresh, over, [url]), []);
      assert.equal(await ledger.retryWithFreshUrls(over, (await ledger.readJob(over))?.run ?? 1, fresh), 0);
      await ledger.forgetUploads([file], 0);
    },
    "a job that grows": async () => {
      const draft = await ledger.openDraft(over);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [aVisit({ storeId: "S7" })]);
      assert.equal((await ledger.addDraft(draft, over)).kind, "added");
    },
    "a job that is deleted and restored": async () => {
      const [job] = (await ledger.listJobs({ ...ANY_JOB, statuses: ["failed"] }, { before: over, limit: 1 })).jobs;
      assert.ok(job);
      assert.equal((await ledger.deleteJob(job.jobId, 60_000))?.kind, "deleted");
      await ledger.listDeletedJobs(null);
      assert.equal(await ledger.restoreJob(job.jobId, null), true);
    },
    "schedules that are due": async () => {
      await ledger.takeDueSchedules(10, LEASE_MS, []);
    },
    "credentials of hosts": async () => {
      await ledger.listAccess("default");
      await ledger.readAccess("default");
    },
    "photos that show the same": async () => {
      const probes = new Int32Array([1, 2, 3]);
      await ledger.findAlike({ jobId: over, image: 0 }, "d", probes);
      await ledger.findAlikeTo("default", "d", probes);
    },
    "insight by day, with its causes": async () => {
      const spans = [{ grain: "day", first: "2024-05-01", last: "2024-05-31" }] as const;
      for (const dimension of ["all", "host", "agent"] as const) {
        await ledger.readKeySums({ tenant: null, dimension, area: null, spans });
        await ledger.readKeyCauses({ tenant: null, dimension, area: null, spans, cause: "not_found" });
      }
    },
    "deliveries of webhooks": async () => {
      await ledger.readUnannounced(100);
      await ledger.takeDue(100, LEASE_MS);
    },
    "keys and requests": async () => {
      await ledger.hasKeys();
      await ledger.listKeys(null);
    },
  };

  for (const [what, work] of Object.entries(everything)) {
    it(`reads no large table from end to end for ${what}`, async () => {
      assert.deepEqual(await readsWhole(work), []);
    });
  }

  it("would be caught at it", async () => {
    const reads = await readsWhole(() => database.query("select count(*) from images where url like '%7.jpg'"));
    assert.equal(reads.length, 1);
    assert.match(reads[0] ?? "", /^images: select count/);
  });

  it(`has some ${JOBS * IMAGES_A_JOB} images`, async () => {
    const [row] = await database.query("select count(*)::int as images from images");
    assert.ok(Number(row?.images) >= JOBS * IMAGES_A_JOB);
  });
});
