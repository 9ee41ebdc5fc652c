#!/usr/bin/env bash
# Guess: a number with its unit in the format, 2.5 under `0.0\ \m` (Excel shows "2.5 m"), is a number for every reader.
# Came: exceljs 4.4.0 reads the first of January 1900, noon. It takes quoted words out of a format before it looks for the letters of a
# date, but not letters after a backslash. `0\ \d` (days) goes the same way. SheetJS 0.18.5 with cellDates and read-excel-file 9.3.17
# read 2.5, and so does exceljs for `0.0 "m"`, which shows the same.
# Why it matters: metres of shelf are what planograms count in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { inspect } from "node:util";
import excel from "exceljs";
import readExcelFile from "read-excel-file/node";
import xlsx from "xlsx";

const formats = ["0.0\\ \\m", "0\\ \\d", '0.0 "m"'];
const book = new excel.Workbook();
const sheet = book.addWorksheet("shelves");
sheet.addRow([2.5, 2.5, 2.5]);
for (const [at, format] of formats.entries()) sheet.getCell(1, at + 1).numFmt = format;
const bytes = Buffer.from(await book.xlsx.writeBuffer());

const again = new excel.Workbook();
await again.xlsx.load(bytes);
const rows = {
  exceljs: again.worksheets[0].getRow(1).values.slice(1),
  SheetJS: xlsx.utils.sheet_to_json(xlsx.read(bytes, { cellDates: true }).Sheets.shelves, { header: 1 })[0],
  "read-excel-file": (await readExcelFile(bytes))[0].data[0],
};
const seen = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, Object.fromEntries(row.map((value, at) => [formats[at], inspect(value)]))]));
console.table(seen);
const numbers = Object.fromEntries(formats.map((format) => [format, "2.5"]));
const noon = "1900-01-01T12:00:00.000Z";
assert.deepEqual(seen, { exceljs: { ...numbers, [formats[0]]: noon, [formats[1]]: noon }, SheetJS: numbers, "read-excel-file": numbers });
END
node look.mjs
