import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { type CsvFault, type CsvRow, csvRows } from "./csv-rows.ts";

async function read(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const rows: CsvRow[] = [];
  let fault: CsvFault | null = null;
  for await (const piece of csvRows(bytes)) {
    rows.push(...piece.rows);
    fault = piece.fault;
  }
  return { rows, fault };
}

async function readNotes(bytes: Iterable<Uint8Array>) {
  const all: CsvFault[] = [];
  for await (const { notes } of csvRows(bytes)) all.push(...notes);
  return all;
}

const readText = (...pieces: readonly string[]) => read(pieces.map((piece) => Buffer.from(piece)));

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...pieces, bytes.subarray(from)];
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const cell = fc.string({ unit: fc.constantFrom("a", "é", "雪", "😀", '"', ",", "\n", " ", "'") });
// csv-stringify writes a row of one empty cell as a blank line, so every row has two.
const row = fc.tuple(cell, cell);
const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });

describe("the rows of a CSV file", () => {
  it("are the ones that were written but for empty ones, each with the line it begins in, whatever the line ends and the pieces", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(row, lineEnd)), fc.boolean(), sizes, async (written, mark, at) => {
        let text = "";
        const expected = written.map(([cells, end]) => {
          const line = text.split(/\r\n?|\n/).length;
          text += stringify([cells], { record_delimiter: "" }) + end;
          return { line, cells };
        });
        const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`);
        const rows = expected.filter(({ cells }) => cells.some((text) => text.trim() !== ""));
        assert.deepEqual(await read(cut(bytes, at)), { rows, fault: null });
      }),
    ));

  it("are the same for any bytes however these are cut, and the reading always ends", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Buffer.from('a,",\r\n\0é')), { maxLength: 30 }),
        sizes,
        async (raw, at) => {
          const bytes = Uint8Array.from(raw);
          const pieces = await read(cut(bytes, at));
          const whole = await read([bytes]);
          assert.deepEqual(pieces.rows, whole.rows);
          // A line with two faults may be named for either.
          assert.equal(pieces.fault === null, whole.fault === null);
        },
      ),
    ));

  it("keep the line breaks inside quotes, as line feeds", async () => {
    const { rows } = await readText('a,"x\r\ny\rz"\r', "\nb,c");
    assert.deepEqual(rows, [
      { line: 1, cells: ["a", "x\ny\nz"] },
      { line: 4, cells: ["b", "c"] },
    ]);
  });

  it("leave out blank lines and still count them", async () => {
    assert.deepEqual((await readText("\r\n\na\n\r\n\nb")).rows, [
      { line: 3, cells: ["a"] },
      { line: 6, cells: ["b"] },
    ]);
  });
});

const cells = ({ rows }: { readonly rows: readonly CsvRow[] }) => rows.map((row) => row.cells);
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("a CSV file as spreadsheets save it", () => {
  for (const [name, text] of [
    ["commas", "id,name\n1,a;b\n"],
    ["semicolons", "id;name\n1;a,b\n"],
    ["tabs", "id\tname\n1\ta,b\n"],
    ["bars", "id|name\n1|a,b\n"],
    ["semicolons by quotes with commas in them", '"id";"name, first, last"\n1;a,b\n'],
    ["what its line sep= says", "sep=;\nid;a,b,c,d\n1;a,b\n"],
    ["what its quoted line sep= says", '"sep=\t"\r\nid\ta,b\r\n1\ta,b\r\n'],
  ] as const) {
    it(`is cut into cells by ${name}, in one piece or character by character`, async () => {
      for (const { rows, fault } of [await readText(text), await readText(...text)]) {
        assert.equal(fault, null);
        assert.deepEqual(
          rows.map((row) => row.cells.length),
          [2, 2],
        );
        assert.equal(rows.at(-1)?.line, text.startsWith("sep") || text.startsWith('"sep') ? 3 : 2);
      }
    });
  }

  it("is read in each encoding, with and without a mark, however the bytes are cut", async () => {
    const text = "id;name\r\n1;Zoë 雪 😀\r\n2;b";
    const expected = [
      ["id", "name"],
      ["1", "Zoë 雪 😀"],
      ["2", "b"],
    ];
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      utf16be(text),
      utf16be(`\ufeff${text}`),
    ]) {
      for (const pieces of [[bytes], cut(bytes, Array(bytes.length).fill(1))]) {
        const seen = await read(pieces);
        assert.equal(seen.fault, null);
        assert.deepEqual(cells(seen), expected);
        assert.deepEqual(
          seen.rows.map(({ line }) => line),
          [1, 2, 3],
        );
      }
    }
  });

  it("is read as Windows-1252 where its bytes are nothing else, and says from which line on", async () => {
    const bytes = Buffer.concat([
      Buffer.from("id;name\n1;a\n2;Caf"),
      Uint8Array.of(0xe9),
      Buffer.from("\n3;S"),
      Uint8Array.of(0xc3),
      Buffer.from("O "),
      Uint8Array.of(0x80),
    ]);
    assert.deepEqual(cells(await read([bytes])), [
      ["id", "name"],
      ["1", "a"],
      ["2", "Café"],
      ["3", "SÃO €"],
    ]);
    const [note, ...more] = await readNotes([bytes]);
    assert.equal(note?.line, 3);
    assert.match(note.detail, /Windows-1252/);
    assert.deepEqual(more, []);
  });

  for (const [name, before, broken] of [
    ["is UTF-8 in a line before", "é\nb\n", [0x43, 0xe9, 0x0a]],
    ["is Cyrillic of another code page", "a\nb\n", [0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0, 0x0a]],
    ["has a byte that is no character of it", "a\nb\n", [0x43, 0x8d, 0x0a]],
  ] as const) {
    it(`is not taken for Windows-1252 when it ${name}`, async () => {
      const { fault } = await read([Buffer.from(before), Uint8Array.from(broken)]);
      assert.equal(fault?.line, 3);
      assert.match(fault.detail, /not UTF-8/);
    });
  }

  it("is not Windows-1252 further on when a line is UTF-8", async () => {
    const { fault } = await read([Uint8Array.of(0x43, 0xe9, 0x0a), Buffer.from("é")]);
    assert.equal(fault?.line, 2);
    assert.match(fault.detail, /not Windows-1252/);
  });

  it("names the line of UTF-16 that is broken", async () => {
    const bytes = Buffer.concat([Buffer.from("\ufeffa\r\nb\r\n", "utf16le"), Uint8Array.of(0x00, 0xd8, 0x61, 0x00)]);
    const { fault } = await read([bytes]);
    assert.equal(fault?.line, 3);
    assert.match(fault.detail, /not UTF-16/);
  });
});

describe("the fault that ends the reading", () => {
  for (const [name, text, line, detail] of [
    ["a quote is never closed", 'a\nb,"c\nd\n', 2, /^a quote that begins in this row is never closed/],
    ["a quote is closed by a later row's", 'a\nb,"c\nd,"e"\n', 2, /^text follows a closing quote/],
    ["a quote stands inside a plain field", 'a\nb,c "d"\ne\n', 2, /^a quote stands inside a field/],
    ["a row has more than 1 MiB", `a\nb\n"${"c".repeat(2 ** 20 + 9)}\n`, 3, /^the row has more than 1 MiB/],
  ] as const) {
    it(`names line ${line} when ${name}, after every row before it`, async () => {
      const { rows, fault } = await readText(text);
      assert.equal(fault?.line, line);
      assert.match(fault.detail, detail);
      assert.deepEqual(
        rows.map((row) => row.line),
        Array.from({ length: line - 1 }, (_, no) => no + 1),
      );
    });
  }

  for (const [name, broken] of [
    ["a character cut off by the line's end", [0xc3, 0x0a]],
    ["a character cut off by the file's end", [0xe9, 0x9b]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
  ] as const) {
    it(`names the very line that holds ${name}, in one piece or byte by byte`, async () => {
      for (const start of ["a\r\nb\r\nc", "a\rb\rc"]) {
        const bytes = Buffer.concat([Buffer.from(start), Uint8Array.from(broken)]);
        for (const pieces of [[bytes], cut(bytes, Array(bytes.length).fill(1))]) {
          const { rows, fault } = await read(pieces);
          assert.equal(fault?.line, 3);
          assert.match(fault.detail, /not UTF-8/);
          assert.deepEqual(
            rows.slice(0, 2).map((row) => row.cells),
            [["a"], ["b"]],
          );
        }
      }
    });
  }

  it("is the line that is not UTF-8, not the quote that was open when the reading ended there", async () => {
    const { fault } = await read([Buffer.from('a\n"b\nc'), Uint8Array.of(0x81), Buffer.from('\n"\n')]);
    assert.equal(fault?.line, 3);
    assert.match(fault.detail, /not UTF-8/);
  });

  it("lets go of the bytes that were not read", async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.from('a,"b"c\n');
      } finally {
        ended = true;
      }
    }
    const { fault } = await read(endless());
    assert.equal(fault?.line, 1);
    assert.ok(ended);
  });

  it("is none when the bytes themselves fail: that rejects, with the cause", async () => {
    const lost = new Error("the disk is gone");
    async function* breaking() {
      yield Buffer.from("a\n");
      throw lost;
    }
    await assert.rejects(read(breaking()), (error) => error === lost);
  });
});
