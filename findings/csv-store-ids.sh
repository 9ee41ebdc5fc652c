#!/usr/bin/env bash
# Guess: exceljs' csv.read and SheetJS leave an id as it stands in the file: text stays text where making it a number
# loses something (leading zeros, digits past 2^53).
# What came (exceljs 4.4.0, SheetJS xlsx 0.18.5, no options):
#   00123                 123 in both: stores 00123 and 123 are one
#   12345678901234567890  12345678901234567000 in both: ids that differ in the last digits are one
#   0x1F                  31 in both
#   1E5                   100000 in both
#   2-3 (aisle 2, bay 3)  SheetJS: 36925, the third of February 2001; exceljs leaves it
# Why it matters: photos of two stores are counted for one, and the join with the store master finds nobody. SheetJS
# keeps the text with { raw: true }, exceljs with { map: (value) => value }.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5
cat >look.mjs <<'JS'
import { Readable } from "node:stream";
import ExcelJS from "exceljs";
import XLSX from "xlsx";

const ids = ["00123", "12345678901234567890", "0x1F", "1E5", "2-3"];
const csv = `store\n${ids.join("\n")}\n`;
const sheet = await new ExcelJS.Workbook().csv.read(Readable.from([csv]));
const plain = await new ExcelJS.Workbook().csv.read(Readable.from([csv]), { map: (value) => value });
const column = (of) => ids.map((_, i) => of.getCell(i + 2, 1).value);
const cells = (options) =>
  XLSX.utils.sheet_to_json(XLSX.read(csv, { type: "string", ...options }).Sheets.Sheet1).map((row) => row.store);
const seen = { exceljs: column(sheet), sheetjs: cells({}), mapped: column(plain), raw: cells({ raw: true }) };
console.log(seen);
const same =
  seen.exceljs.join() === "123,12345678901234567000,31,100000,2-3" &&
  seen.sheetjs.join() === "123,12345678901234567000,31,100000,36925" &&
  seen.mapped.join() === ids.join() &&
  seen.raw.join() === ids.join();
process.exit(same ? 0 : 1);
JS
node look.mjs
