import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { workbookParts } from "../testing/workbook-parts.ts";
import { type CellValue, calendarDay } from "./workbook-text.ts";
import { type SheetSource, writeWorkbook } from "./write-workbook.ts";
import { xlsxRows } from "./xlsx-rows.ts";

async function* inOne(rows: readonly (readonly CellValue[])[]) {
  yield rows;
}

const sheet = (name: string, columns: readonly string[], rows: readonly (readonly CellValue[])[]): SheetSource => ({
  name,
  columns: columns.map((column) => ({ name: column })),
  rows: inOne(rows),
});

async function bytesOf(sources: readonly SheetSource[], mostRows?: number): Promise<Buffer> {
  return await buffer(writeWorkbook(sources, mostRows));
}

async function cellsOf(bytes: Uint8Array): Promise<readonly (readonly string[])[]> {
  const cells: (readonly string[])[] = [];
  for await (const { rows, fault } of xlsxRows([bytes])) {
    assert.equal(fault, null);
    cells.push(...rows.map((row) => row.cells));
  }
  return cells;
}

describe("a workbook that is written", () => {
  it("is read as it was: texts, numbers, instants, nothing", async () => {
    const at = new Date("2026-11-20T10:30:05.000Z");
    const bytes = await bytesOf([
      sheet(
        "Results",
        ["text", "number", "at", "yes"],
        [
          ['a <b> & "c" é 😀', 48.1, at, true],
          [" spaces ", null, null, false],
          ["=1+1", 0, new Date("2026-11-20T00:00:00Z"), null],
          ["_x0041_ and \u0001", -7, null, null],
          ["days", calendarDay("2026-11-20"), calendarDay("1899-12-31"), calendarDay("2026-02-31x")],
        ],
      ),
    ]);
    assert.deepEqual(await cellsOf(bytes), [
      ["text", "number", "at", "yes"],
      ['a <b> & "c" é 😀', "48.1", "2026-11-20T10:30:05", "TRUE"],
      [" spaces ", "", "", "FALSE"],
      ["=1+1", "0", "2026-11-20"],
      ["_x0041_ and \u0001", "-7"],
      ["days", "2026-11-20", "1899-12-31", "2026-02-31x"],
    ]);
  });

  it("has no formula, a header that stays in sight, and a filter over all of its rows", async () => {
    const parts = await workbookParts(
      await bytesOf([
        sheet(
          "R",
          ["a", "b"],
          [
            ["=cmd|' /C calc'!A0", 1],
            ["+1", 2],
          ],
        ),
      ]),
    );
    const xml = parts.get("xl/worksheets/sheet1.xml") ?? "";
    assert.doesNotMatch(xml, /<f[ >]/);
    assert.match(xml, /<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"\/>/);
    assert.match(xml, /<autoFilter ref="A1:B3"\/><\/worksheet>$/);
  });

  it("has its sheets by their names, and goes on in another where one is full", async () => {
    const parts = await workbookParts(
      await bytesOf([sheet("Summary", ["a"], [["x"]]), sheet("Results [all]", ["n"], [[1], [2], [3], [4], [5]])], 2),
    );
    const names = [...(parts.get("xl/workbook.xml") ?? "").matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    assert.deepEqual(names, ["Summary", "Results  all ", "Results  all  2", "Results  all  3"]);
    assert.match(parts.get("xl/worksheets/sheet4.xml") ?? "", /<v>5<\/v>/);
    assert.equal(
      (await workbookParts(await bytesOf([sheet("R", ["n"], [[1], [2]])], 2))).has("xl/worksheets/sheet2.xml"),
      false,
    );
  });

  it("is whole without a row", async () => {
    assert.deepEqual(await cellsOf(await bytesOf([sheet("R", ["a"], [])])), [["a"]]);
  });

  it("fails as its rows do, and lets go of them when nobody reads on", async () => {
    const lost = new Error("the ledger is away");
    async function* failing(): AsyncIterable<readonly (readonly CellValue[])[]> {
      yield [["a"]];
      throw lost;
    }
    await assert.rejects(bytesOf([{ name: "R", columns: [{ name: "a" }], rows: failing() }]), lost);

    const ended = Promise.withResolvers<void>();
    async function* endless(): AsyncIterable<readonly (readonly CellValue[])[]> {
      try {
        for (let no = 0; ; no += 1) yield Array.from({ length: 100 }, () => [no, String(Math.random())]);
      } finally {
        ended.resolve();
      }
    }
    let bytes = 0;
    for await (const piece of writeWorkbook([{ name: "R", columns: [{ name: "a" }], rows: endless() }])) {
      bytes += piece.length;
      if (bytes > 10_000) break;
    }
    await ended.promise;
  });
});
