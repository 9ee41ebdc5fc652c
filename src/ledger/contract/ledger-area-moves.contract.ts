/** The ledger's promises about stores that get another area: their sums move along, in the import's transaction. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aStore, aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import { addUp, assertSumsOfImages, cell, DAY, figures, fill, MONTH, WEEK } from "../../testing/sums-of-images.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

export function describeAreaMoves(withLedger: WithLedger): void {
  it("moves the sums of a store with its area", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await addUp(ledger);
      await ledger.importStores([aStore({ id: "A1", area: "south" }), aStore({ id: "ZZ", area: "west" })]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.equal(await cell(ledger, "area", "north"), null);
      assert.equal(await cell(ledger, "area", ""), null);
      assert.deepEqual(figures(await cell(ledger, "area", "south", MONTH)), [2, 4, 1, 88, 0]);
      const causes = await ledger.readCauseCells({
        tenant: null,
        dimension: "area",
        keys: ["west", ""],
        periods: [DAY],
      });
      assert.deepEqual(causes, [{ key: "west", ...DAY, cause: "unknown_store", images: 1 }]);
    }));

  it("moves each tenant's sums exactly, whatever stores come that nobody visited", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await submitJob(ledger, [aVisit({ storeId: "N7", images: 2 })], { tenant: "b" });
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0), failed(1)], LEASE_MS);
      await addUp(ledger);
      const before = await cell(ledger, "all", "");
      const added = Array.from({ length: 2_500 }, (_, no) => aStore({ id: `N${no}`, area: "new" }));
      await ledger.importStores(added);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "area", "new", DAY, "b")), [1, 2, 1, 14, 0]);
      assert.deepEqual(await cell(ledger, "all", ""), before);
      await ledger.importStores(added.map((store) => ({ ...store, area: "-" })));
      assert.deepEqual(figures(await cell(ledger, "area", "-", DAY, "b")), [1, 2, 1, 14, 0]);
      assert.equal(await cell(ledger, "area", "new"), null);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("moves the sums of many visited stores at once, causes and tenants apart", () =>
    withLedger(async ({ ledger }) => {
      const ids = Array.from({ length: 600 }, (_, no) => `M${no}`);
      for (const tenant of ["a", "b"]) {
        await submitJob(
          ledger,
          ids.map((storeId) => aVisit({ storeId, images: 2 })),
          { tenant },
        );
        for (let left = 2 * ids.length; left > 0; ) {
          const { lease, images } = await claimNext(ledger);
          left -= images.length;
          const results = images.map(({ no }) => (no % 2 === 0 ? measured(no) : failed(no)));
          await ledger.record(lease, results, LEASE_MS);
        }
      }
      await addUp(ledger);
      const area = async (name: string) => [
        await cell(ledger, "area", name, DAY, "a"),
        await cell(ledger, "area", name, WEEK, "b"),
      ];
      const [before] = await area("");
      const stores = ids.map((id) => aStore({ id, area: "-" }));
      await ledger.importStores(stores);
      const [after] = await area("-");
      assert.deepEqual(figures(after ?? null), figures(before ?? null));
      assert.deepEqual(await area(""), [null, null]);
      await assertSumsOfImages(ledger);
      const causes = await ledger.readCauseCells({ tenant: "a", dimension: "area", keys: ["-", ""], periods: [DAY] });
      assert.deepEqual(
        causes.map(({ key, images }) => [key, images]),
        [["-", ids.length]],
      );
      await ledger.importStores(stores.map((store, no) => ({ ...store, area: `half-${no % 2}` })));
      assert.deepEqual(await area("-"), [null, null]);
      await assertSumsOfImages(ledger);
    }));
}
