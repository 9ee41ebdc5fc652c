import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textRows, type WorkbookText, workbook } from "../testing/workbook.ts";
import { type XlsxRow, xlsxRows } from "./xlsx-rows.ts";

async function read(bytes: Uint8Array | Iterable<Uint8Array>) {
  const rows: XlsxRow[] = [];
  let fault: { readonly line: number; readonly detail: string } | null = null;
  for await (const piece of xlsxRows(bytes instanceof Uint8Array ? [bytes] : bytes)) {
    rows.push(...piece.rows);
    fault = piece.fault;
  }
  return { rows, fault };
}

async function cellsOf(text: WorkbookText): Promise<readonly (readonly string[])[]> {
  const { rows, fault } = await read(await workbook(text));
  assert.equal(fault, null);
  return rows.map(({ cells }) => cells);
}

const FORMATS = `<numFmts count="4"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="00000000"/>
<numFmt numFmtId="166" formatCode="[$-409]d\\-mmm\\-yy;@"/><numFmt numFmtId="167" formatCode="#,##0.00&quot; days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>`;
const number = (value: string, style: number) => `<row><c s="${style}"><v>${value}</v></c></row>`;

describe("the rows of a workbook", () => {
  it("are not minded where cells right of all columns have a format and nothing in them", async () => {
    assert.deepEqual(await cellsOf({ rows: '<row><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>' }), [["1"]]);
  });

  it("are the texts of its first sheet, shared and inline, rich and escaped, without phonetic hints", async () => {
    const cells = await cellsOf({
      sharedStrings:
        "<si><t>Store ID</t></si><si><r><t>Photo </t></r><r><rPr><b/></rPr><t>&amp; link</t></r><rPh><t>foto</t></rPh></si><si><t>a_x000D_b</t></si>",
      rows:
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>' +
        '<row r="4"><c r="A4" t="inlineStr"><is><t>S1</t></is></c><c r="B4"/><c r="C4" t="s"><v>2</v></c></row>',
    });
    assert.deepEqual(cells, [
      ["Store ID", "", "Photo & link"],
      ["S1", "", "a\rb"],
    ]);
  });

  it("may be as long as cells and rows can be, each character escaped", async () => {
    const cells = await cellsOf({
      sharedStrings: `<si><t>${"_x0041_".repeat(32_767)}</t></si>`,
      rows: `<row>${'<c t="s"><v>0</v></c>'.repeat(32)}</row>`,
    });
    const [row = []] = cells;
    assert.equal(row.length, 32);
    assert.ok(row.every((text) => text === "A".repeat(32_767)));
  });

  it("have characters written as their numbers, those of 16 bits and wider ones", async () => {
    const rows = '<row><c t="str"><v>&#233;&#x1F600;&#128512;&amp;#128512;</v></c></row>';
    assert.deepEqual(await cellsOf({ rows }), [["é😀😀&#128512;"]]);
  });

  it("are there whatever the workbook links to", async () => {
    const links = `<Relationships><Relationship Id="rId1" Type="a/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="a/hyperlink" TargetMode="External" Target="http://["/></Relationships>`;
    const cells = await cellsOf({ rows: textRows([["a"]]), parts: { "xl/_rels/workbook.xml.rels": links } });
    assert.deepEqual(cells, [["a"]]);
  });

  it("come a few at a time though one piece of the part holds all of them", async () => {
    const bytes = await workbook({ rows: textRows(Array.from({ length: 1_000 }, () => ["a"])) });
    const pieces: number[] = [];
    for await (const { rows } of xlsxRows([bytes])) pieces.push(rows.length);
    assert.ok(Math.max(...pieces) <= 4_096 / "<row><c t=></c></row>".length, `${pieces}`);
  });

  it("are read soon though a format has brackets without an end", { timeout: 60_000 }, async () => {
    const styles = `<numFmts><numFmt numFmtId="164" formatCode="${"[".repeat(500_000)}"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>`;
    assert.deepEqual(await cellsOf({ styles, rows: number("1", 0) }), [["1"]]);
  });

  it("have the numbers that the sheet shows, and none for rows of empty cells", async () => {
    const { rows } = await read(
      await workbook({
        rows: `<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row><row r="3"><c r="A3" s="1"/><c r="B3" t="inlineStr"><is><t> </t></is></c></row><row><c t="b"><v>1</v></c></row>`,
      }),
    );
    assert.deepEqual(
      rows.map(({ line, cells }) => [line, cells]),
      [
        [2, ["x"]],
        [4, ["TRUE"]],
      ],
    );
  });

  it("have what formulas came to when the file was saved", async () => {
    const cells = await cellsOf({
      rows: '<row><c t="str"><f>"S"&amp;A2</f><v>S7</v></c><c><f>3+4</f><v>7</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
    });
    assert.deepEqual(cells, [["S7", "7", "#DIV/0!"]]);
  });

  it("have numbers as they are, however the file writes them, and zeros in front where the format shows them", async () => {
    const rows = [
      number("339218", 0),
      number("339218", 4),
      number("1.2345678E7", 0),
      number("100000.0", 0),
      number("48.100000000000001", 0),
      number("46346.4375", 6),
      number("1.23456789012346E+17", 0),
    ].join("");
    assert.deepEqual((await cellsOf({ styles: FORMATS, rows })).flat(), [
      "339218",
      "00339218",
      "12345678",
      "100000",
      "48.1",
      "46346.4375",
      "1.23456789012346e+17",
    ]);
  });

  it("have dates as ISO dates, to the second, in whatever format", async () => {
    const rows = [
      number("46346", 1),
      number("46346.4375", 2),
      number("46346.437511574071", 3),
      number("46346.999999999", 3),
      number("46346", 5),
      number("0.4375", 2),
      number("59", 1),
      '<row><c t="d"><v>2026-11-20T10:30:00</v></c></row>',
    ].join("");
    assert.deepEqual((await cellsOf({ styles: FORMATS, rows })).flat(), [
      "2026-11-20",
      "2026-11-20T10:30:00",
      "2026-11-20T10:30:01",
      "2026-11-21",
      "2026-11-20",
      "10:30:00",
      "1900-02-28",
      "2026-11-20T10:30:00",
    ]);
  });

  it("have dates counted from 1904 where the workbook says so", async () => {
    const properties = '<workbookPr date1904="1"/>';
    assert.deepEqual(await cellsOf({ styles: FORMATS, properties, rows: number("44884.4375", 2) }), [
      ["2026-11-20T10:30:00"],
    ]);
  });

  it("are those of the first sheet that is not hidden, whatever its file is called", async () => {
    const sheets = '<sheets><sheet name="Old" r:id="rId1" state="hidden"/><sheet name="New" r:id="rId9"/></sheets>';
    const cells = await cellsOf({
      rows: textRows([["hidden"]]),
      parts: {
        "xl/workbook.xml": `<x:workbook xmlns:x="m" xmlns:r="r">${sheets.replaceAll("<sheet", "<x:sheet").replaceAll("</sheet", "</x:sheet")}</x:workbook>`,
        "xl/_rels/workbook.xml.rels":
          '<Relationships><Relationship Id="rId1" Type="a/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="a/worksheet" Target="../xl/sheets/new.xml"/></Relationships>',
        "xl/sheets/new.xml":
          "<x:worksheet xmlns:x='m'><x:sheetData><x:row><x:c t='str'><x:v>seen</x:v></x:c></x:row></x:sheetData></x:worksheet>",
      },
    });
    assert.deepEqual(cells, [["seen"]]);
  });

  it("are the same however the bytes are cut", async () => {
    const bytes = await workbook({
      rows: textRows([
        ["é雪😀", "b"],
        ["c", "d"],
      ]),
    });
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assert.deepEqual(await read(single), await read(bytes));
  });
});
