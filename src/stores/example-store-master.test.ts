import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { makeStoreMaster } from "../../scripts/make-store-master.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { importStoreMaster } from "./import-stores.ts";

const EXAMPLE = new URL("../../examples/store_master.csv", import.meta.url);

describe("the example store master", () => {
  it("is what its script makes", async () => {
    assert.ok((await readFile(EXAMPLE, "utf8")) === makeStoreMaster(), "run node scripts/make-store-master.ts again");
  });

  it("is imported without a warning, and brings the stores that the examples visit", async () => {
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    const report = await importStoreMaster({ ledger }, createReadStream(EXAMPLE));
    assert.partialDeepStrictEqual(report, { kind: "imported", added: 4_996, changed: 0, unchanged: 0 });
    assert.deepEqual(report.warnings, []);
    assert.equal(await ledger.countStores(), 4_996);
    assert.deepEqual(await ledger.unknownStores(["S00339218", "S01408764", "RP00001", "RP04944", "RP04945"]), [
      "RP04945",
    ]);
  });

  it("has what makes a store master hard to read: quoted commas, apostrophes and accents in names, some sixty areas", async () => {
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    await importStoreMaster({ ledger }, createReadStream(EXAMPLE));
    const stores = await ledger.readStores({ area: null, afterId: "", limit: 5_000 });
    for (const sign of [",", "'", "é"]) assert.ok(stores.some(({ name }) => name.includes(sign)));
    assert.equal(new Set(stores.map(({ area }) => area)).size, 60);
    assert.ok(stores.every(({ area }) => /^71000\d\d$/.test(area)));
  });
});
