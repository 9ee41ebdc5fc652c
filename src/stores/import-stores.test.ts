import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { importStoreMaster } from "./import-stores.ts";

function setup() {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  const load = (csv: string | Uint8Array) => importStoreMaster({ ledger }, [Buffer.from(csv)]);
  return { ledger, load };
}

async function problemsOf(csv: string | Uint8Array) {
  const { ledger, load } = setup();
  const report = await load(csv);
  assert.equal(report.kind, "refused");
  assert.equal(await ledger.countStores(), 0);
  return report.problems.map(({ line, detail }) => [line, detail]);
}

describe("the import of a store master", () => {
  for (const header of [
    "store_id,store_name,area_code",
    "StoreID,StoreName,AreaCode",
    "STORE ID,Store Name,area code",
  ]) {
    it(`knows its columns as "${header}"`, async () => {
      const { ledger, load } = setup();
      const report = await load(`${header}\nS1,Corner shop,7100015\n`);
      assert.deepEqual(report, { kind: "imported", added: 1, changed: 0, unchanged: 0, warnings: [] });
      assert.deepEqual(await ledger.readStore("S1"), { id: "S1", name: "Corner shop", area: "7100015" });
    });
  }

  it("takes columns in any order with others between, a byte order mark, CRLF, quoted commas and line breaks", async () => {
    const { ledger, load } = setup();
    await load('\ufeffAreaCode,Phone,StoreName,StoreID\r\n1,x,"Sons, ""Inc""\n2nd floor",S1\r\n\r\n2,,Café 雪,S2');
    assert.deepEqual(await ledger.readStore("S1"), { id: "S1", name: 'Sons, "Inc"\n2nd floor', area: "1" });
    assert.deepEqual(await ledger.readStore("S2"), { id: "S2", name: "Café 雪", area: "2" });
  });

  it("counts what is new, changed and as before, and keeps stores that are not in the file", async () => {
    const { ledger, load } = setup();
    await load("store_id,store_name,area_code\nA,a,1\nB,b,1\nC,c,1\n");
    const report = await load("store_id,store_name,area_code\nA,a,1\nB,b,2\nD,d,1\n");
    assert.deepEqual(report, { kind: "imported", added: 1, changed: 1, unchanged: 1, warnings: [] });
    assert.equal(await ledger.countStores(), 4);
  });

  it("reports every fault by its line and imports nothing", async () => {
    const csv = "store_id,store_name,area_code\nA,a,1\nB\n,c,1\nA,other,1\n";
    assert.deepEqual(await problemsOf(csv), [
      [3, "the row is too short: it has no store_name and no area_code"],
      [4, "the store's id is empty"],
      [5, "store A stands in line 2 already, with another name or area"],
    ]);
  });

  it("warns of a row that stands twice and of names that were decoded wrongly, and imports them", async () => {
    const { load } = setup();
    const report = await load("store_id,store_name,area_code\nA,a,1\nA,a,1\nB,CafÃ©,1\nC,Bad \ufffd,1\n");
    assert.deepEqual(report, {
      kind: "imported",
      added: 3,
      changed: 0,
      unchanged: 0,
      warnings: [
        { line: 3, detail: "store A stands in line 2 already, with the same name and area" },
        { line: 4, detail: 'the name "CafÃ©" looks like UTF-8 that was read as something else' },
        { line: 5, detail: 'the name "Bad \ufffd" looks like UTF-8 that was read as something else' },
      ],
    });
  });

  it("refuses bytes that are not UTF-8", async () => {
    const latin1 = Buffer.concat([
      Buffer.from("store_id,store_name,area_code\nA,Caf"),
      Buffer.from([0xe9]),
      Buffer.from(",1\n"),
    ]);
    const [problem] = await problemsOf(latin1);
    assert.match(String(problem?.[1]), /not UTF-8/);
  });

  it("says which columns are missing, that a file is empty, that it has no stores, and where a quote is left open", async () => {
    assert.deepEqual(await problemsOf("StoreID,Name\nS1,x\n"), [
      [1, "the header must name the columns store_id, store_name, area_code; missing: store_name, area_code"],
    ]);
    assert.deepEqual(await problemsOf(""), [
      [1, "the file is empty; it must begin with the columns store_id, store_name, area_code"],
    ]);
    assert.deepEqual(await problemsOf("store_id,store_name,area_code\n"), [[1, "the file has no stores"]]);
    assert.match(String((await problemsOf('store_id,store_name,area_code\nA,"a,1\n'))[0]?.[1]), /not CSV from here on/);
  });
});
