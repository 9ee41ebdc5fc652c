import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { makeStoreMaster } from "../scripts/make-store-master.ts";
import { openDatabase } from "../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../src/ledger/sqlite/sqlite-ledger.ts";
import { importStoreMaster } from "../src/stores/import-stores.ts";

const EXAMPLE = new URL("../examples/store_master.csv", import.meta.url);

describe("the example store master", () => {
  it("is what its script makes", () => {
    assert.equal(readFileSync(EXAMPLE, "utf8"), makeStoreMaster());
  });

  it("imports without a warning and has the stores that the examples name", async () => {
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    const report = await importStoreMaster({ ledger }, [readFileSync(EXAMPLE)]);
    assert.deepEqual(report, { kind: "imported", added: 4_996, changed: 0, unchanged: 0, warnings: [] });
    assert.deepEqual(await ledger.unknownStores(["S00339218", "S01408764", "RP00001", "RP04944"]), []);
    assert.match((await ledger.readStore("RP00001"))?.area ?? "", /^71000\d\d$/);
    await ledger.close();
  });
});
