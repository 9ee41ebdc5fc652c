/** The ledger's promises about stores and what was visited of them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aStore, aVisit, claimNext, failed, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { StoreFilter } from "../port/store-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const ANY: StoreFilter = { tenant: null, area: null, text: null, notSince: null };
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
  const ids = async (ledger: Ledger, filter: Partial<StoreFilter>) =>
    (await ledger.readStoreActivity({ ...ANY, ...filter }, ALL)).map(({ id }) => id);

  it("sums up visits, images and failed images of each store, with its last visit", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.deepEqual(await ledger.readStoreActivity(ANY, ALL), [
        { id: "A1", name: "Corner shop", area: "north", visits: 2, images: 4, failed: 3, lastVisit: "2024-06-01" },
        { id: "A2", name: "Kiosk 100%", area: "north", visits: 0, images: 0, failed: 0, lastVisit: null },
        { id: "B1", name: "Market", area: "south", visits: 1, images: 2, failed: 1, lastVisit: null },
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
}
