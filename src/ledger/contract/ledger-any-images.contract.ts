/** The ledger's promises about images of all jobs: found by what they have in common, page by page. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { addUp, allImages, fill, places } from "../../testing/sums-of-images.ts";
import type { AnyImageFilter } from "../port/insight-ledger.ts";
import type { WithLedger } from "./ledger-under-test.ts";

export function describeAnyImages(withLedger: WithLedger): void {
  it("lists images of all jobs by page: the latest day first, those without a date last", () =>
    withLedger(async ({ ledger }) => {
      const first = await fill(ledger);
      const second = await fill(ledger);
      await addUp(ledger);
      const wanted = [second, first].flatMap((job) => [`${job}/3`]);
      for (const job of [second, first]) wanted.push(`${job}/5`, `${job}/0`, `${job}/1`, `${job}/2`);
      for (const job of [second, first]) wanted.push(`${job}/4`);
      for (const limit of [1, 2, 3, 100]) assert.deepEqual(await places(ledger, {}, limit), wanted);
      const [latest] = await allImages(ledger);
      assert.partialDeepStrictEqual(latest, { visitDate: "2024-05-06", storeName: "Corner shop", area: "south" });
    }));

  it("finds images of all jobs by what they have in common", () =>
    withLedger(async ({ ledger }) => {
      const job = await fill(ledger);
      await addUp(ledger);
      const of = (filter: Partial<AnyImageFilter>) => places(ledger, filter, 2);
      assert.deepEqual(await of({ area: "north" }), [`${job}/0`, `${job}/1`, `${job}/2`]);
      assert.deepEqual(await of({ area: "" }), [`${job}/5`]);
      assert.deepEqual(await of({ storeId: "B1" }), [`${job}/3`, `${job}/4`]);
      assert.deepEqual(await of({ host: "other.example:8080" }), [`${job}/3`]);
      assert.deepEqual(await of({ agent: "Asha", outcome: "failed" }), [`${job}/2`]);
      assert.deepEqual(await of({ outcome: "measured", area: "north" }), [`${job}/0`, `${job}/1`]);
      assert.deepEqual(await of({ code: "not_found" }), [`${job}/2`]);
      assert.deepEqual(await of({ code: "not_found", area: "south" }), []);
      assert.deepEqual(await of({ from: "2024-05-02", to: "2024-05-06" }), [`${job}/3`]);
      assert.deepEqual(await of({ undated: true }), [`${job}/4`]);
      assert.deepEqual(await of({ jobId: job, storeId: "B1" }), [`${job}/3`, `${job}/4`]);
      assert.deepEqual(await of({ jobId: job + 1 }), []);
      assert.deepEqual(await of({ storeId: "\0" }), []);
    }));
}
