/** The ledger's promises about reading, and about the store master. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { NO_LABELS } from "../../domain/labels.ts";
import { aStore, aVisit, claimNext, failed, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

export function describeReading(withLedger: WithLedger): void {
  it("knows no job that was never submitted", () =>
    withLedger(async ({ ledger }) => {
      assert.equal(await ledger.readJob(1), null);
      assert.equal(await ledger.readJob(Number.MAX_SAFE_INTEGER), null);
    }));

  it("lists the jobs that are not over", () =>
    withLedger(async ({ ledger }) => {
      const over = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      const ongoing = await submitJob(ledger, [aVisit()]);
      await ledger.openJob(jobOptions());
      assert.notEqual(over, ongoing);
      assert.deepEqual(await ledger.readUnfinished(), [ongoing]);
    }));

  it("reads results page by page in image order, all or failed only", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 5 })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(4), failed(3), measured(2), failed(1, "timeout"), measured(0)], LEASE_MS);
      const page = await ledger.readResults(jobId, { after: 0, limit: 2, onlyFailed: false });
      assert.deepEqual(
        page.rows.map(({ image }) => image),
        [1, 2],
      );
      assert.equal(page.next, 2);
      const rest = await ledger.readResults(jobId, { after: 2, limit: 3, onlyFailed: false });
      assert.deepEqual([rest.rows.length, rest.next], [2, null]);
      const bad = await ledger.readResults(jobId, { after: -1, limit: 10, onlyFailed: true });
      assert.deepEqual(
        bad.rows.map(({ image, code }) => [image, code]),
        [
          [1, "timeout"],
          [3, "not_found"],
        ],
      );
    }));

  it("finds nothing behind a number that no image can have", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0)], LEASE_MS);
      const page = { after: 2 ** 40, limit: 10 };
      for (const onlyFailed of [false, true]) {
        assert.deepEqual(await ledger.readResults(jobId, { ...page, onlyFailed }), { rows: [], next: null });
      }
      assert.deepEqual(await ledger.readFailures(jobId, page), { rows: [], next: null });
    }));

  it("gives a result with everything a report needs", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ storeId: "S9" })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0, { width: 3, height: 4 })], LEASE_MS);
      const { rows } = await ledger.readResults(jobId, { after: -1, limit: 1, onlyFailed: false });
      assert.deepEqual(rows[0], {
        jobId,
        image: 0,
        visit: 0,
        storeId: "S9",
        imageUrl: "http://photos.example/0.jpg",
        visitTime: "2024-05-01T10:00:00Z",
        outcome: "measured",
        width: 3,
        height: 4,
        perimeter: 14,
        format: "jpeg",
        bytes: 100,
        code: null,
        detail: null,
        imageLabels: NO_LABELS,
        visitLabels: NO_LABELS,
        attempts: 1,
        fetchMs: 7,
        finishedAt: 5,
        integrity: null,
        notDecoded: null,
        findings: null,
        isReused: false,
        reuseOf: [],
        decision: null,
      });
    }));

  it("groups failures by store and code in visit order, page by page", () =>
    withLedger(async ({ ledger }) => {
      const visits = [aVisit({ storeId: "B", images: 2 }), aVisit({ storeId: "A" }), aVisit({ storeId: "B" })];
      const jobId = await submitJob(ledger, visits);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0), failed(1), failed(2, "timeout"), failed(3)], LEASE_MS);
      const all = await ledger.readFailures(jobId, { after: -1, limit: 10 });
      assert.deepEqual(all.rows, [
        { storeId: "B", code: "not_found", images: 3 },
        { storeId: "A", code: "timeout", images: 1 },
      ]);
      assert.equal(all.next, null);
      const page = await ledger.readFailures(jobId, { after: -1, limit: 3 });
      assert.equal(page.next, 2);
      const rest = await ledger.readFailures(jobId, { after: 2, limit: 3 });
      assert.deepEqual(rest, { rows: [{ storeId: "B", code: "not_found", images: 1 }], next: null });
    }));

  it("sums perimeters of measured images by store and visit date, within dates", () =>
    withLedger(async ({ ledger }) => {
      const visits = [
        aVisit({ storeId: "A", images: 2, visitDate: "2024-05-01" }),
        aVisit({ storeId: "A", images: 2, visitDate: "2024-05-02" }),
        aVisit({ storeId: "A", images: 1, visitDate: "2024-05-01" }),
        aVisit({ storeId: "B", images: 1, visitDate: null, visitTime: "spring" }),
      ];
      await submitJob(ledger, visits);
      const { lease } = await claimNext(ledger);
      await ledger.record(
        lease,
        [0, 1, 2, 4, 5].map((no) => measured(no)),
        LEASE_MS,
      );
      await ledger.record(lease, [failed(3)], LEASE_MS);
      const all = await ledger.readVisits(["A", "B", "C"], { tenant: null, from: null, to: null });
      assert.deepEqual(
        [...all],
        [
          [
            "A",
            [
              { date: "2024-05-01", perimeter: 42 },
              { date: "2024-05-02", perimeter: 14 },
            ],
          ],
          ["B", [{ date: "spring", perimeter: 14 }]],
        ],
      );
      const may = await ledger.readVisits(["A", "B"], { tenant: null, from: "2024-05-02", to: "2024-05-31" });
      assert.deepEqual([...may], [["A", [{ date: "2024-05-02", perimeter: 14 }]]]);
    }));
}

export function describeStores(withLedger: WithLedger): void {
  it("adds new stores, replaces changed ones and leaves the others", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "A" }), aStore({ id: "B" }), aStore({ id: "C" })]);
      const report = await ledger.importStores([
        aStore({ id: "A" }),
        aStore({ id: "B", name: "New" }),
        aStore({ id: "D" }),
      ]);
      assert.partialDeepStrictEqual(report, { added: 1, changed: 1, unchanged: 1, closed: 0 });
      assert.equal(await ledger.countStores(), 4);
      assert.equal((await ledger.readStore("B"))?.name, "New");
    }));

  it("lists unknown stores once each, in the order asked", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "A" })]);
      assert.deepEqual(await ledger.unknownStores(["Z", "A", "B", "Z"]), ["Z", "B"]);
    }));

  it("reads stores by area, page by page", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([
        aStore({ id: "A", area: "1" }),
        aStore({ id: "B", area: "2" }),
        aStore({ id: "C", area: "1" }),
      ]);
      assert.deepEqual(
        (await ledger.readStores({ area: "1", afterId: "A", limit: 5 })).map(({ id }) => id),
        ["C"],
      );
      assert.deepEqual(
        (await ledger.readStores({ area: null, afterId: "", limit: 2 })).map(({ id }) => id),
        ["A", "B"],
      );
      assert.equal(await ledger.readStore("X"), null);
    }));
}
