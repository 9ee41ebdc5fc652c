import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { textRows, workbook } from "../testing/workbook.ts";
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

const FORMATS = `<numFmts count="4"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="00000000"/>
<numFmt numFmtId="166" formatCode="[$-409]d\\-mmm\\-yy;@"/><numFmt numFmtId="167" formatCode="#,##0.00&quot; days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>`;
const number = (value: string, style: number) => `<row><c s="${style}"><v>${value}</v></c></row>`;

describe("a workbook that cannot be read", () => {
  const lines = (rows: string) => workbook({ rows });
  const relation = (id: string, target: string) =>
    `<Relationships><Relationship Id="${id}" Type="a/worksheet" Target="${target}"/></Relationships>`;
  const relationsTo = (count: number) =>
    `<Relationships>${Array.from({ length: count }, (_, no) => `<Relationship Id="r${no}" Type="a" Target="b"/>`).join("")}</Relationships>`;

  /** With what says, in 64 bits, where the archive's directory is. */
  async function directoryAt(place: bigint): Promise<Uint8Array> {
    const END_BYTES = 22;
    const bytes = await lines(textRows([["a"]]));
    const locator = Buffer.alloc(20);
    locator.write("PK\x06\x07", "latin1");
    locator.writeBigUInt64LE(place, 8);
    return Buffer.concat([bytes.subarray(0, -END_BYTES), locator, bytes.subarray(-END_BYTES)]);
  }

  for (const [name, bytes, detail] of [
    ["is cut off", async () => (await lines(textRows([["a"]]))).subarray(0, 300), /it is no workbook/],
    [
      "is another kind of ZIP",
      () => workbook({ rows: "", parts: { "_rels/.rels": "<Relationships/>" } }),
      /has no workbook in it/,
    ],
    ["has no sheet", () => workbook({ rows: "", parts: { "xl/workbook.xml": "<workbook/>" } }), /has no sheet/],
    ["has a sheet that is no XML", () => lines("<row><c></row>"), /is not XML/],
    ["has a sheet that breaks off", () => lines("<row><c t='str'><v>a"), /is not XML/],
    [
      "has a text without an end",
      () => lines(`<row><c t="str"><v>${"a".repeat(1_200_000)}</v></c></row>`),
      /text without an end/,
    ],
    ["has too many rows", () => lines('<row r="1048577"><c><v>1</v></c></row>'), /more than 1048576 rows/],
    [
      "is a binary one",
      () =>
        workbook({
          rows: "",
          parts: {
            "_rels/.rels":
              '<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
            "xl/workbook.bin": "\u0083",
          },
        }),
      /\.xlsb\); save it as \.xlsx/,
    ],
    ["has too many columns", () => lines('<row><c r="XFD1"><v>1</v></c></row>'), /more than 1000 columns/],
    ["has a row before the first", () => lines('<row r="0"><c><v>1</v></c></row>'), /a row whose number is none/],
    [
      "has a cell in no column",
      () => lines('<row><c r="1"><v>1</v></c></row>'),
      /row 1 has a cell that names no column/,
    ],
    [
      "has a cell that no cell can hold",
      () => lines(`<row><c t="str"><v>${"a".repeat(32_768)}</v></c></row>`),
      /a cell of row 1 has more than 32767 characters/,
    ],
    [
      "has a cell of runs without an end",
      () => lines(`<row><c t="inlineStr"><is>${`<r><t>${"a".repeat(1_000)}</t></r>`.repeat(230)}</is></c></row>`),
      /a cell of row 1 has more than 32767 characters/,
    ],
    [
      "has a shared text that no cell can hold",
      () => workbook({ rows: "", sharedStrings: `<si><t>${"a".repeat(32_768)}</t></si>` }),
      /a text has more than 32767 characters/,
    ],
    [
      "has a shared text of runs without an end",
      () => workbook({ rows: "", sharedStrings: `<si>${`<r><t>${"a".repeat(1_000)}</t></r>`.repeat(230)}<t/></si>` }),
      /a text has more than 32767 characters/,
    ],
    [
      "has a row of one text over and over",
      () =>
        workbook({
          rows: `<row>${'<c t="s"><v>0</v></c>'.repeat(33)}</row>`,
          sharedStrings: `<si><t>${"a".repeat(32_767)}</t></si>`,
        }),
      /row 1 has more than 1048576 characters/,
    ],
    ["has elements within elements", () => lines("<a>".repeat(64) + "</a>".repeat(64)), /elements more than 64 deep/],
    [
      "has more sheets than parts",
      () => workbook({ rows: "", parts: { "xl/workbook.xml": `<workbook>${"<sheet/>".repeat(10_001)}</workbook>` } }),
      /more than 10000 sheets/,
    ],
    [
      "names more parts than it may have",
      () => workbook({ rows: "", parts: { "xl/_rels/workbook.xml.rels": relationsTo(10_001) } }),
      /names more than 10000 parts/,
    ],
    [
      "has more formats than there are",
      () => workbook({ rows: "", styles: `<cellXfs>${"<xf/>".repeat(65_537)}</cellXfs>` }),
      /more than 65536 formats/,
    ],
    ["has a directory beyond the end of all files", () => directoryAt(2n ** 63n), /the file ends before/],
    ["has a directory behind its end", () => directoryAt(2n ** 40n), /the file ends before/],
    ...["worksheets/%E0%A4.xml", "http://["].map(
      (target) =>
        [
          `names a part "${target}"`,
          () => workbook({ rows: "", parts: { "xl/_rels/workbook.xml.rels": relation("rId1", target) } }),
          /its part ".*" names no part/,
        ] as const,
    ),
    ["grows beyond all measure", () => lines(" ".repeat(80_000_000)), /would grow from \d+ to \d+ bytes/],
  ] as const) {
    it(`is refused with its cause when it ${name}`, async () => {
      const { fault } = await read(await bytes());
      assert.match(fault?.detail ?? "", detail);
    });
  }

  it("says what came before the damage", async () => {
    const bytes = await lines(`${textRows([["a"], ["b"]])}${" ".repeat(200_000)}<row`);
    const { rows, fault } = await read(bytes);
    assert.deepEqual(
      rows.map(({ cells }) => cells),
      [["a"], ["b"]],
    );
    assert.equal(fault?.line, 2);
  });

  it("is no other than XlsxFault's however its bytes are damaged", { timeout: 300_000 }, async () => {
    const whole = await workbook({
      styles: FORMATS,
      sharedStrings: "<si><t>Store ID</t></si><si><r><t>a_x000D_b</t></r></si>",
      rows: `<row r="1"><c r="A1" t="s"><v>0</v></c></row>${number("46346.4375", 2)}${textRows([["S1", "&"]])}`,
    });
    const damage = fc.record({
      flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
      keep: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, keep }) => {
        const bytes = Buffer.from(whole);
        for (const [at, mask] of flips) bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
        await read(bytes.subarray(0, keep));
      }),
      { numRuns: 300 },
    );
  });

  it("is no other than XlsxFault's however the XML of its parts is damaged", { timeout: 300_000 }, async () => {
    const parts = {
      "_rels/.rels": '<R><Relationship Id="r1" Type="a/officeDocument" Target="xl/workbook.xml"/></R>',
      "xl/workbook.xml": '<workbook><workbookPr date1904="1"/><sheets><sheet r:id="r1"/></sheets></workbook>',
      "xl/_rels/workbook.xml.rels":
        '<R><Relationship Id="r1" Type="a/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="a/styles" Target="styles.xml"/><Relationship Id="r3" Type="a/sharedStrings" Target="/xl/sharedStrings.xml"/></R>',
      "xl/styles.xml": `<styleSheet>${FORMATS}</styleSheet>`,
      "xl/sharedStrings.xml": "<sst><si><t>a_x000D_&#x1F600;b</t></si></sst>",
      "xl/worksheets/sheet1.xml": `<w><row r="2"><c r="A2" t="s"><v>0</v></c></row>${number("46346.4375", 2)}${textRows([["S1", "&"]])}</w>`,
    };
    const names = Object.keys(parts) as (keyof typeof parts)[];
    const splinter = fc.constantFrom(
      ...[
        "",
        "%",
        "%E0%A4",
        "[",
        "//[",
        "-",
        "1e999",
        "NaN",
        "&#x110000;",
        "&#0;",
        "<",
        ">",
        '"',
        "\0",
        "__proto__",
        "<c>",
        "</c>",
        "_xD800_",
      ],
    );
    const damage = fc.record({ name: fc.constantFrom(...names), at: fc.nat(1_000), cut: fc.nat(6), splinter });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const broken: Record<string, string> = { ...parts };
        for (const { name, at, cut, splinter } of damages) {
          const xml = broken[name] ?? "";
          const from = at % (xml.length + 1);
          broken[name] = xml.slice(0, from) + splinter + xml.slice(from + cut);
        }
        await read(await workbook({ rows: "", parts: broken }));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves no entity to be expanded", async () => {
    const sheet =
      '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>';
    const { rows } = await read(await workbook({ rows: "", parts: { "xl/worksheets/sheet1.xml": sheet } }));
    assert.deepEqual(
      rows.map(({ cells }) => cells),
      [["&b;"]],
    );
  });

  it("rejects when the bytes themselves fail", async () => {
    const lost = new Error("the client hung up");
    async function* breaking() {
      yield Buffer.from("PK");
      throw lost;
    }
    await assert.rejects(async () => {
      for await (const _ of xlsxRows(breaking()));
    }, lost);
  });
});
