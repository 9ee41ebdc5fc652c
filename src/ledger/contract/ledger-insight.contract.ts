/** The ledger's promises about sums over jobs: always those of the results and flags that are there, whatever came, went and came again. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { NO_LABELS } from "../../domain/labels.ts";
import { USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import {
  aFinding,
  aStore,
  aVisit,
  claimNext,
  dispatchAll,
  failed,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import {
  addUp,
  allImages,
  assertSumsOfImages,
  byAgent,
  cell,
  DAY,
  figures,
  fill,
  MONTH,
  NO_DATE,
  places,
  WEEK,
} from "../../testing/sums-of-images.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

export function describeInsight(withLedger: WithLedger): void {
  it("sums up by day, week and month of the visit, for all, by area, store, host and agent", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.equal(await ledger.countSumChanges(), 6);
      assert.equal(await cell(ledger, "all", ""), null);
      await addUp(ledger);
      assert.equal(await ledger.countSumChanges(), 0);
      assert.deepEqual(figures(await cell(ledger, "all", "")), [2, 4, 2, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", WEEK)), [2, 4, 2, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", MONTH)), [3, 5, 2, 88, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", NO_DATE)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "area", "north")), [1, 3, 1, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "area", "")), [1, 1, 1, 0, 0]);
      assert.deepEqual(figures(await cell(ledger, "store", "B1", MONTH)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "host", "other.example:8080", MONTH)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 1, 74, 0]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("sums by key over spans, and by cause", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await addUp(ledger);
      const spans = [
        { grain: "day", first: "2024-05-01", last: "2024-05-02" },
        { grain: "week", first: "2024-05-06", last: "2024-05-13" },
      ] as const;
      const of = { tenant: null, dimension: "store", area: null, spans } as const;
      const byKey = async (area: string | null) =>
        Object.fromEntries((await ledger.readKeySums({ ...of, area })).map(({ key, images }) => [key, images]));
      assert.deepEqual(await byKey(null), { A1: 3, B1: 1, ZZ: 1 });
      assert.deepEqual(await byKey("south"), { B1: 1 });
      assert.deepEqual(await ledger.readKeyCauses({ ...of, cause: "not_found" }), [
        { key: "A1", cause: "not_found", images: 1 },
      ]);
      const causes = await ledger.readCauseCells({ tenant: null, dimension: "all", keys: [""], periods: [DAY] });
      assert.deepEqual(Object.fromEntries(causes.map(({ cause, images }) => [cause, images])), {
        not_found: 1,
        unknown_store: 1,
      });
      assert.deepEqual(await ledger.readStoreNames(["A1", "ZZ"]), new Map([["A1", "Corner shop"]]));
    }));

  it("counts each result once, however often it is recorded, retried and cancelled", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await fill(ledger);
      await ledger.retryImages(jobId, 1, [2, 5]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 2, 0, 74, 0]);
      const [ref] = await dispatchAll(ledger);
      assert.ok(ref);
      const gone = await ledger.claim(ref, LEASE_MS);
      await passTime(LEASE_MS);
      const claim = await ledger.takeOver(ref, LEASE_MS);
      assert.ok(claim && gone);
      await ledger.record(gone.lease, [measured(2)], LEASE_MS);
      await ledger.record(claim.lease, [measured(2)], LEASE_MS);
      await ledger.record(claim.lease, [measured(2, { width: 100 })], LEASE_MS);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 0, 88, 0]);
      await ledger.cancelJob(jobId);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("forgets a job with its removal, and leaves no empty sums", () =>
    withLedger(async ({ ledger, passTime }) => {
      await fill(ledger);
      await addUp(ledger);
      const kept = await submitJob(ledger, [aVisit({ storeId: "A1", labels: byAgent("Asha") })]);
      const { lease } = await claimNext(ledger);
      await passTime(100);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      while ((await ledger.prune(50)).more);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(await places(ledger), [`${kept}/0`]);
      assert.equal(await cell(ledger, "area", ""), null);
      assert.deepEqual(await ledger.readCauseCells({ tenant: null, dimension: "all", keys: [""], periods: [DAY] }), []);
    }));

  it("leaves a deleted job out at once, counts it again when it is restored, and is rid of it in the end", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await fill(ledger);
      await addUp(ledger);
      await ledger.deleteJob(jobId, 1_000);
      await assertSumsOfImages(ledger);
      assert.equal(await cell(ledger, "all", ""), null);
      await ledger.restoreJob(jobId, null);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 1, 74, 0]);
      await ledger.deleteJob(jobId, 1_000);
      await passTime(1_001);
      while ((await ledger.prune(Number.MAX_SAFE_INTEGER)).more);
      await addUp(ledger);
      assert.equal(await ledger.countSumChanges(), 0);
      for (const period of [DAY, WEEK, MONTH, NO_DATE]) assert.equal(await cell(ledger, "all", "", period), null);
    }));

  it("counts flags until somebody dismisses them, and again when that is undone", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore()]);
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })], { inspect: "quick" });
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [{ ...measured(0), findings: aFinding("dark", "blurred") }, measured(1)], LEASE_MS);
      await assertSumsOfImages(ledger);
      const flags = async () =>
        Object.fromEntries(
          (await ledger.readCauseCells({ tenant: null, dimension: "store", keys: ["S1"], periods: [WEEK] })).map(
            (sum) => [sum.cause, sum.images],
          ),
        );
      assert.deepEqual(await flags(), { "flag:dark": 1, "flag:blurred": 1 });
      const decide = (state: "dismissed" | "open") =>
        ledger.decideReviews([{ jobId, image: 0 }], { state, note: null, by: null, tenant: null });
      await decide("dismissed");
      await assertSumsOfImages(ledger);
      assert.deepEqual(await flags(), {});
      assert.deepEqual(await places(ledger, { flag: "dark" }), []);
      await decide("open");
      await assertSumsOfImages(ledger);
      assert.deepEqual(await flags(), { "flag:dark": 1, "flag:blurred": 1 });
      assert.deepEqual(await places(ledger, { flag: "dark" }), [`${jobId}/0`]);
    }));

  it("counts the results of the last day by the ten seconds in which they came", () =>
    withLedger(async ({ ledger }) => {
      let at = 0;
      for (const tenant of ["b", "a"]) {
        const jobId = await submitJob(ledger, [aVisit({ images: 3 })], { tenant });
        at = Math.floor(((await ledger.readJob(jobId))?.createdAt ?? 0) / 10_000) * 10_000;
        const { lease } = await claimNext(ledger);
        const results = [measured(0), { ...measured(1), finishedAt: at + 9_999 }, { ...failed(2), finishedAt: at }];
        await ledger.record(lease, results, LEASE_MS);
      }
      await addUp(ledger);
      assert.deepEqual(await ledger.readThroughput("a", at - 100_000), [{ at, images: 2 }]);
      assert.deepEqual(await ledger.readThroughput(null, at - 100_000), [{ at, images: 4 }]);
      assert.deepEqual(await ledger.readThroughput(null, at + 1), []);
    }));

  it("keeps tenants apart, and sums over all of them for null", () =>
    withLedger(async ({ ledger }) => {
      for (const tenant of ["b", "a"]) {
        await submitJob(ledger, [aVisit()], { tenant });
        const { lease } = await claimNext(ledger);
        await ledger.record(lease, [measured(0)], LEASE_MS);
      }
      await addUp(ledger);
      assert.equal((await cell(ledger, "all", "", DAY, "a"))?.images, 1);
      assert.equal((await cell(ledger, "all", "", DAY, null))?.images, 2);
      assert.equal(await cell(ledger, "all", "", DAY, "c"), null);
      assert.equal((await allImages(ledger, { tenant: "a" })).length, 1);
      assert.equal((await allImages(ledger, { tenant: "c" })).length, 0);
    }));

  it("knows an agent by the member of the metadata that its tenant names", () =>
    withLedger(async ({ ledger }) => {
      await ledger.putTruthSettings("default", { ...USUAL_SETTINGS, agentKey: "rep" }, null);
      await submitJob(ledger, [aVisit({ labels: { ...NO_LABELS, metadata: { rep: "Ravi", agent: "?" } } })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      await addUp(ledger);
      assert.equal((await cell(ledger, "agent", "Ravi"))?.images, 1);
      assert.equal((await allImages(ledger, { agent: "Ravi" })).length, 1);
      assert.equal((await allImages(ledger, { agent: "?" })).length, 0);
    }));
}
