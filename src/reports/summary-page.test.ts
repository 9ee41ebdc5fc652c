import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aVisit, claimNext, failed, measured, submitJob } from "../testing/ledger-builders.ts";
import { readSummary } from "./read-summary.ts";
import { SUMMARY_POLICY, summaryPage } from "./summary-page.ts";

const HOSTILE = '<script>alert("1")</script>';

async function summaryOf(results: readonly ReturnType<typeof measured>[], urls: readonly string[], change = "") {
  const db = openDatabase(":memory:");
  const ledger = createSqliteLedger({ db, now: () => 0 });
  const labels = { externalId: HOSTILE, metadata: { campaign: "a & b" } };
  const jobId = await submitJob(ledger, [aVisit({ storeId: HOSTILE, imageUrls: urls })], { labels });
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, results, 1_000);
  db.exec(change);
  const summary = await readSummary(ledger, jobId);
  const job = await ledger.readJob(jobId);
  assert.ok(job);
  await ledger.close();
  return { summary, page: summaryPage(job, summary, { at: 0, timeZone: "Asia/Kolkata" }) };
}

const RESULTS = [
  measured(0, { width: 100, height: 100, host: "a.example" }),
  measured(1, { width: 4_000, height: 3_000, host: "a.example" }),
  { ...failed(2), fetchMs: 900 },
];
const URLS = ["http://a.example/1", "http://a.example/2", "http://slow.example/3"];

describe("a job's summary", () => {
  it("sums up causes, sizes, formats and the slowest hosts", async () => {
    const { summary } = await summaryOf(RESULTS, URLS);
    assert.equal(summary.failures.total, 1);
    assert.deepEqual(
      summary.megapixels.filter(({ count }) => count > 0),
      [
        { label: "up to 0.1", count: 1 },
        { label: "10 – 20", count: 1 },
      ],
    );
    assert.deepEqual(summary.formats, [{ label: "jpeg", count: 2 }]);
    assert.deepEqual(summary.slowestHosts, [
      { host: "slow.example", images: 1, meanMs: 900, worstMs: 900 },
      { host: "a.example", images: 2, meanMs: 7, worstMs: 7 },
    ]);
  });

  it("says the same of results that were recorded before their sums were kept", async () => {
    const { page } = await summaryOf(RESULTS, URLS);
    assert.equal((await summaryOf(RESULTS, URLS, "delete from measured_sums")).page, page);
    assert.equal((await summaryOf(RESULTS, URLS, "delete from measured_sums where size = 0")).page, page);
  });

  it("shows what clients wrote as text and nothing else", async () => {
    const { page } = await summaryOf([failed(0)], ["http://h.example/1"]);
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/);
    assert.match(page, /campaign: a &amp; b/);
    assert.match(page, /not_found.*h\.example/s);
  });

  it("writes times by the clock that was asked for, names it, and has the exact instant on hover", async () => {
    const { page } = await summaryOf([measured(0)], ["http://h.example/1"]);
    assert.match(page, /<time datetime="1970-01-01T00:00:00.000Z" title="1970-01-01T00:00:00.000Z">1 Jan 1970, 05:30</);
    assert.match(page, /Times are those of Asia\/Kolkata\./);
    assert.doesNotMatch(page, /UTC/);
  });

  it("may be shown under a policy that allows its own style only", async () => {
    const { page } = await summaryOf([measured(0)], ["http://h.example/1"]);
    assert.match(SUMMARY_POLICY, /^default-src 'none'; img-src 'self'; style-src 'sha256-/);
    assert.doesNotMatch(page, / (style|on\w+)="/);
    assert.match(page, /None failed\./);
  });
});
