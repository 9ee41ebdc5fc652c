/** The ledger's promises about stores and what was visited of them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aStore, aVisit, claimNext, failed, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { StoreFilter } from "../port/store-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const ANY: StoreFilter = { tenant: null, area: null, text: null, notSince: null, isOpen: null };
const ALL = { afterId: "", limit: 100 } as const;

async function fill(ledger: Ledger): Promise<number> {
  await ledger.importStores([
    aStore({ id: "A1", name: "Corner shop", area: "north" }),
    aStore({ id: "A2", name: "Kiosk 100%", area: "north" }),
    aStore({ id: "B1", name: "Market", area: "south" }),
  ]);
  const jobId = await submitJob(ledger, [
    aVisit({ storeId: "A1", images: 3, visitDate: "2024-05-01" }),
    aVisit({ storeId: "A1", images: 1, visitDate: "2024-06-01" }),
    aVisit({ storeId: "B1", images: 2, visitDate: null, visitTime: "noon" }),
    aVisit({ storeId: "ZZ", images: 1 }),
  ]);
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0), failed(1), failed(2), failed(3), failed(4)], LEASE_MS);
  return jobId;
}

export function describeStoreActivity(withLedger: WithLedger): void {
  const known = { route: null, type: null, opened: null, closed: null };
  const ids = async (ledger: Ledger, filter: Partial<StoreFilter>) =>
    (await ledger.readStoreActivity({ ...ANY, ...filter }, ALL)).map(({ id }) => id);

  it("sums up visits, images and failed images of each store, with its last visit", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.deepEqual(await ledger.readStoreActivity(ANY, ALL), [
        {
          id: "A1",
          name: "Corner shop",
          area: "north",
          ...known,
          visits: 2,
          images: 4,
          failed: 3,
          lastVisit: "2024-06-01",
        },
        { id: "A2", name: "Kiosk 100%", area: "north", ...known, visits: 0, images: 0, failed: 0, lastVisit: null },
        { id: "B1", name: "Market", area: "south", ...known, visits: 1, images: 2, failed: 1, lastVisit: null },
      ]);
      assert.deepEqual((await ledger.readOneStoreActivity("A1", null))?.images, 4);
      assert.equal(await ledger.readOneStoreActivity("ZZ", null), null);
      assert.equal(await ledger.readOneStoreActivity("A\0", null), null);
    }));

  it("goes through the stores page by page", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      const page = await ledger.readStoreActivity(ANY, { afterId: "A1", limit: 1 });
      assert.deepEqual(
        page.map(({ id }) => id),
        ["A2"],
      );
    }));

  it("finds stores by a part of the id or name, in an area, or not visited since a day", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.deepEqual(await ids(ledger, { text: "a1" }), ["A1"]);
      assert.deepEqual(await ids(ledger, { text: "KIOSK" }), ["A2"]);
      assert.deepEqual(await ids(ledger, { text: "0%" }), ["A2"]);
      assert.deepEqual(await ids(ledger, { text: "%" }), ["A2"]);
      assert.deepEqual(await ids(ledger, { text: "\0" }), []);
      assert.deepEqual(await ids(ledger, { area: "north" }), ["A1", "A2"]);
      assert.deepEqual(await ids(ledger, { notSince: "2024-06-01" }), ["A2", "B1"]);
      assert.deepEqual(await ids(ledger, { notSince: "2024-06-02" }), ["A1", "A2", "B1"]);
    }));

  it("lists the days on which a store was visited, the latest first", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.deepEqual(await ledger.readStoreDays("A1", null, 10), [
        { date: "2024-06-01", visits: 1, images: 1, failed: 1 },
        { date: "2024-05-01", visits: 1, images: 3, failed: 2 },
      ]);
      assert.deepEqual(await ledger.readStoreDays("B1", null, 10), []);
    }));

  it("sums up areas, also those that nobody visited", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await ledger.importStores([aStore({ id: "C1", area: "west" })]);
      const none = { visits: 0, images: 0, failed: 0, lastVisit: null };
      assert.deepEqual(await ledger.readAreas(null), [
        { area: "north", stores: 2, visitedStores: 1, visits: 2, images: 4, failed: 3, lastVisit: "2024-06-01" },
        { area: "south", stores: 1, visitedStores: 1, visits: 1, images: 2, failed: 1, lastVisit: null },
        { area: "west", stores: 1, visitedStores: 0, ...none },
      ]);
    }));

  it("does not count jobs in preparation, nor those that are being removed", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await fill(ledger);
      await ledger.addVisits(await ledger.openJob(jobOptions()), [aVisit({ storeId: "A2" })]);
      assert.equal((await ledger.readOneStoreActivity("A2", null))?.visits, 0);
      await ledger.cancelJob(jobId);
      await passTime(10);
      await ledger.prune(5);
      assert.equal((await ledger.readOneStoreActivity("A1", null))?.visits, 0);
    }));

  it("adds up how busy the members are", () =>
    withLedger(async ({ ledger }) => {
      const member = { windowImages: 1, windowChunks: 1, threads: 1 };
      await ledger.heartbeat({ id: "a", ...member }, { gpuPlaces: 64, gpuBusy: 60 }, 1_000);
      await ledger.heartbeat({ id: "b", ...member }, { gpuPlaces: 64, gpuBusy: 1 }, 1_000);
      await ledger.heartbeat({ id: "b", ...member }, { gpuPlaces: 64, gpuBusy: 2 }, 1_000);
      const { gpuPlaces, gpuBusy } = await ledger.readFleet();
      assert.deepEqual([gpuPlaces, gpuBusy], [128, 62]);
    }));

  const today = "2026-11-27";
  const replace = { mode: "replace", today, by: "key_anna" } as const;

  it("closes stores that a replacement lacks, keeps what it does not say, and counts what it did as a version", () =>
    withLedger(async ({ ledger }) => {
      const { version: first } = await ledger.importStores([
        { ...aStore({ id: "A" }), route: "R1", latitude: 1, longitude: 2 },
        aStore({ id: "B" }),
        { ...aStore({ id: "C" }), closed: "2020-01-01" },
      ]);
      assert.ok(first !== null);
      const second = first + 1;
      const none = { added: 0, changed: 0, closed: 0, reopened: 0, removed: 0, unchanged: 0 };
      const done = await ledger.importStores([aStore({ id: "A", area: "x" }), aStore({ id: "C" })], replace);
      assert.deepEqual(done, { ...none, changed: 1, closed: 1, reopened: 1, version: second });
      const records = await ledger.readStoreRecords({ afterId: "", limit: 10 });
      assert.deepEqual(
        records.map(({ id, area, route, latitude, closed }) => [id, area, route, latitude, closed]),
        [
          ["A", "x", "R1", 1, null],
          ["B", "7100015", null, null, today],
          ["C", "7100015", null, null, null],
        ],
      );
      assert.deepEqual(await ids(ledger, { isOpen: true }), ["A", "C"]);
      assert.deepEqual(await ids(ledger, { isOpen: false }), ["B"]);
      assert.deepEqual(await ids(ledger, { notSince: "2026-01-01" }), ["A", "C"]);
      assert.deepEqual(await ledger.unknownStores(["B"]), []);
      const again = await ledger.importStores([aStore({ id: "A", area: "x" }), aStore({ id: "C" })], replace);
      assert.deepEqual(again, { ...none, unchanged: 2, version: second });
      assert.partialDeepStrictEqual(await ledger.listStoreVersions({ before: null, limit: 5 }), [
        { version: second, kind: "replace", by: "key_anna", closed: 1, stores: 2, undoes: null },
        { version: first, kind: "merge", by: null, added: 3, stores: 2 },
      ]);
    }));

  it("takes the latest version back, all of it, and no other", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([{ ...aStore({ id: "A" }), latitude: 1, longitude: 2 }, aStore({ id: "B" })]);
      const before = await ledger.readStoreRecords({ afterId: "", limit: 10 });
      const { version: latest } = await ledger.importStores(
        [{ ...aStore({ id: "A", name: "new" }), latitude: 3, longitude: 4 }, aStore({ id: "C" })],
        replace,
      );
      const after = await ledger.readStoreRecords({ afterId: "", limit: 10 });
      assert.ok(latest !== null);
      assert.deepEqual(await ledger.undoStoreVersion(latest - 1, null), { kind: "not_latest", latest });
      assert.deepEqual(await ledger.undoStoreVersion(latest + 1, null), { kind: "unknown" });
      const undone = await ledger.undoStoreVersion(latest, "key_anna");
      assert.partialDeepStrictEqual(undone, {
        kind: "undone",
        version: latest + 1,
        changed: 1,
        reopened: 1,
        removed: 1,
      });
      assert.deepEqual(await ledger.readStoreRecords({ afterId: "", limit: 10 }), before);
      assert.equal((await ledger.undoStoreVersion(latest + 1, null)).kind, "undone");
      assert.deepEqual(await ledger.readStoreRecords({ afterId: "", limit: 10 }), after);
    }));

  it("tells of a job the version that it was submitted under", () =>
    withLedger(async ({ ledger }) => {
      assert.equal((await ledger.readJob(await submitJob(ledger, [aVisit()])))?.storeVersion, null);
      const { version } = await ledger.importStores([aStore({ id: "S1" })]);
      const job = await submitJob(ledger, [aVisit()]);
      await ledger.importStores([aStore({ id: "S2" })]);
      assert.equal((await ledger.readJob(job))?.storeVersion, version);
    }));
}
