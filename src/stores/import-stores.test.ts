import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { compareStoreMaster, importStoreMaster } from "./import-stores.ts";

const imported = (counts: { added: number; changed: number; unchanged: number }) => ({
  kind: "imported",
  ...counts,
  closed: 0,
  reopened: 0,
  warnings: [],
});

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
    '"Store-Id","STORENAME", area_code ',
  ]) {
    it(`knows its columns as "${header}"`, async () => {
      const { ledger, load } = setup();
      const report = await load(`${header}\nS1,Corner shop,7100015\n`);
      assert.partialDeepStrictEqual(report, imported({ added: 1, changed: 0, unchanged: 0 }));
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
    assert.partialDeepStrictEqual(report, imported({ added: 1, changed: 1, unchanged: 1 }));
    assert.equal(await ledger.countStores(), 4);
  });

  it("names ids that a spreadsheet has shortened", async () => {
    const { load } = setup();
    const report = await load("store_id,store_name,area_code\n1.23457E+11,a,1\n12,b,1\n");
    assert.equal(report.kind, "imported");
    assert.deepEqual(
      report.warnings.map(({ line, detail }) => [line, detail.slice(0, 60)]),
      [[2, 'the id "1.23457E+11" is a number that a spreadsheet has shor']],
    );
  });

  it("refuses a store that stands twice with another of anything", async () => {
    const header = "store_id,store_name,area_code,route,closed";
    assert.deepEqual(await problemsOf(`${header}\nA,a,1,r1,\nA,a,1,r1,\nA,a,1,r2,2026-01-01\n`), [
      [4, "store A stands in line 2 already, with another route, another closed"],
    ]);
  });

  it("reports every fault by its line and imports nothing", async () => {
    const csv = "store_id,store_name,area_code\nA,a,1\nB\n,c,1\nA,other,1\nD,d\n";
    assert.deepEqual(await problemsOf(csv), [
      [3, "the row is too short: it has no store_name and no area_code"],
      [4, "the store's id is empty"],
      [5, "store A stands in line 2 already, with another name"],
      [6, "the row is too short: it has no area_code"],
    ]);
  });

  it("warns of a row that stands twice and of names that were decoded wrongly, and imports them", async () => {
    const { load } = setup();
    const report = await load("store_id,store_name,area_code\nA,a,1\nA,a,1\nB,CafÃ©,1\nC,Bad \ufffd,1\n");
    assert.partialDeepStrictEqual(report, {
      kind: "imported",
      added: 3,
      changed: 0,
      unchanged: 0,
      warnings: [
        { line: 3, detail: "store A stands in line 2 already, with the same of everything" },
        { line: 4, detail: 'the name "CafÃ©" looks like UTF-8 that was read as something else' },
        { line: 5, detail: 'the name "Bad \ufffd" looks like UTF-8 that was read as something else' },
      ],
    });
  });

  it("takes no area from a name whose comma is not quoted, but minds no empty cells at a row's end", async () => {
    assert.deepEqual(await problemsOf("store_id,store_name,area_code\nA,Sons, Inc,1\nB,b,1,,\n"), [
      [2, "the row has 4 cells, the header 3; a cell with the separator in it must be quoted"],
    ]);
  });

  it("takes ids of up to 128 characters, and cells without the blanks around them", async () => {
    const { ledger, load } = setup();
    const id = "x".repeat(128);
    await load(`store_id,store_name,area_code\n ${id} ,\tCorner shop , 7100015\n`);
    assert.deepEqual(await ledger.readStore(id), { id, name: "Corner shop", area: "7100015" });
  });

  it("refuses ids that no visit could name, and damaged rows", async () => {
    const csv = `store_id,store_name,area_code\n${"x".repeat(129)},a,1\nCafÃ©,a,1\nB,b\0c,1\n`;
    assert.deepEqual(await problemsOf(csv), [
      [2, "the store's id must have at most 128 characters, got 129"],
      [3, 'the store\'s id "CafÃ©" looks like UTF-8 that was read as something else'],
      [4, "the row holds a NUL character; the file may be damaged"],
    ]);
  });

  it("reports the faults before a line that ends the reading, and that line", async () => {
    const csv = Buffer.from("store_id,store_name,area_code\nA,a,1\n,b,1\nC,Caf\u0081,1\n", "latin1");
    assert.deepEqual(await problemsOf(csv), [
      [3, "the store's id is empty"],
      [4, "the line is not UTF-8; save the file as UTF-8. Nothing from here on was read"],
    ]);
  });

  it("lists the first hundred faults and counts all", async () => {
    const { load } = setup();
    const report = await load(`store_id,store_name,area_code\n${"A\n".repeat(250)}`);
    assert.equal(report.kind, "refused");
    assert.equal(report.total, 250);
    assert.deepEqual(
      report.problems.map(({ line }) => line),
      Array.from({ length: 100 }, (_, no) => no + 2),
    );
  });

  it("says which columns are missing or doubled, once and whatever follows", async () => {
    assert.deepEqual(await problemsOf("\nStoreID,Owner\nS1,x\nS2\n"), [
      [
        2,
        "the header must name the columns store_id, store_name, area_code; missing: store_name, area_code; " +
          'it has "StoreID", "Owner". Say which is which: columns=store_name:NAME,area_code:NAME',
      ],
    ]);
    assert.deepEqual(await problemsOf("StoreID,StoreName\nS1,x\n"), [
      [
        1,
        "the header must name the columns store_id, store_name, area_code; missing: area_code; " +
          'it has "StoreID", "StoreName". Say which is which: columns=area_code:NAME',
      ],
    ]);
    assert.deepEqual(await problemsOf("StoreID,store_id,store_name,area_code\nS1,S2,x,1\n"), [
      [1, "the header must name each column once; more than once: store_id (StoreID, store_id)"],
    ]);
  });

  it("says that a file is empty, or has no stores", async () => {
    for (const empty of ["", "\ufeff", "\r\n\r\n"]) {
      assert.deepEqual(await problemsOf(empty), [
        [1, "the file is empty; it must begin with the columns store_id, store_name, area_code"],
      ]);
    }
    assert.deepEqual(await problemsOf("store_id,store_name,area_code\n"), [[1, "the file has no stores"]]);
  });
});

describe("a store master with a life", () => {
  const HEADER = "store_id,store_name,area_code";

  it("closes what a whole list lacks, opens what it has again, and leaves both alone when it only adds", async () => {
    const { ledger } = setup();
    const load = (csv: string, mode: "merge" | "replace", day: string) =>
      importStoreMaster({ ledger }, [Buffer.from(csv)], { mode, today: day });
    await load(`${HEADER}\nA,a,1\nB,b,1\nC,c,1\n`, "replace", "2026-11-20");
    const second = await load(`${HEADER}\nA,a,1\nD,d,1\n`, "replace", "2026-11-27");
    assert.partialDeepStrictEqual(second, { added: 1, changed: 0, closed: 2, reopened: 0, unchanged: 1, version: 2 });
    const closed = async () =>
      (await ledger.readStoreRecords({ afterId: "", limit: 9 })).map(({ id, closed: since }) => [id, since]);
    assert.deepEqual(await closed(), [
      ["A", null],
      ["B", "2026-11-27"],
      ["C", "2026-11-27"],
      ["D", null],
    ]);
    await load(`${HEADER}\nB,b,1\n`, "merge", "2026-11-28");
    assert.deepEqual((await closed())[1], ["B", "2026-11-27"]);
    const third = await load(`${HEADER}\nA,a,1\nB,b,1\nD,d,1\n`, "replace", "2026-11-29");
    assert.partialDeepStrictEqual(third, { closed: 0, reopened: 1, unchanged: 2 });
    assert.deepEqual((await closed())[1], ["B", null]);
  });

  it("says what would change and changes nothing", async () => {
    const { ledger, load } = setup();
    await load(`${HEADER}\nA,a,1\nB,b,1\n`);
    const bytes = [Buffer.from(`${HEADER}\nA,other,1\n`)];
    const diff = await compareStoreMaster({ ledger }, bytes, { mode: "replace", today: "2026-11-27" });
    assert.equal(diff.kind, "imported");
    assert.partialDeepStrictEqual(diff, { added: 0, changed: 1, closed: 1, unchanged: 0 });
    assert.deepEqual(
      diff.changes.map(({ kind, before, after }) => [kind, before?.name, after?.name, after?.closed]),
      [
        ["changed", "a", "other", null],
        ["closed", "b", "b", "2026-11-27"],
      ],
    );
    assert.equal((await ledger.readStore("A"))?.name, "a");
  });

  it("takes routes, types and dates where there are columns for them, and warns of dates that are none", async () => {
    const { ledger, load } = setup();
    await load(`${HEADER},Route,Store Type,Opening Date,Closed\nA,a,1,R7,kiosk,2024-05-01,\n`);
    const report = await load(`${HEADER},beat,opened\nA,a,1,,05/06/2024\n`);
    assert.deepEqual(
      report.warnings.map(({ line, detail }) => [line, detail]),
      [[2, 'store A has "05/06/2024" for opened, which is no date like 2026-11-20']],
    );
    const [store] = await ledger.readStoreRecords({ afterId: "", limit: 1 });
    assert.partialDeepStrictEqual(store, { route: null, type: "kiosk", opened: "2024-05-01", closed: null });
  });
});

describe("a name that was decoded wrongly", () => {
  for (const name of ["é", "à la", "ü", "Ş", "ễ", "’", "雪", "सेल", "Ö"]) {
    for (const encoding of ["latin1", "windows-1252"]) {
      it(`is noticed where "${name}" was read as ${encoding}`, async () => {
        const { load } = setup();
        const bytes = Buffer.from(name);
        const read = encoding === "latin1" ? bytes.toString("latin1") : new TextDecoder(encoding).decode(bytes);
        const report = await load(`store_id,store_name,area_code\nA,Shop ${read} 1,1\n`);
        assert.deepEqual(
          report.warnings.map(({ line }) => line),
          [2],
        );
      });
    }
  }

  for (const name of [
    "Café «Ã la»",
    "CAFÉ “ÉTÉ”",
    "Ångström",
    "Âncora",
    "São João",
    "à…",
    "5° Nº 3½",
    "Müller’s – €1",
    "雪の店",
    "Nguyễn",
  ]) {
    it(`is not suspected in "${name}"`, async () => {
      const { load } = setup();
      assert.deepEqual((await load(`store_id,store_name,area_code\nA,${name},1\n`)).warnings, []);
    });
  }
});
