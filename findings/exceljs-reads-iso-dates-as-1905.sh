#!/usr/bin/env bash
# Guess: a workbook that SheetJS writes with real dates (`cellDates`) has the same dates when ExcelJS reads it.
# Came: xlsx 0.18.5 writes 2026-11-27 10:30 as an ISO date cell (`t="d"`), which the format allows; exceljs 4.4.0 reads its year as a
# serial number of days: 1905-07-18. No error, a valid date, in the wrong century.
# Why it matters: visit times of a whole season become one day of 1905.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import excel from "exceljs";
import xlsx from "xlsx";

const visit = new Date("2026-11-27T10:30:00Z");
const book = xlsx.utils.book_new();
xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([["visit_time"], [visit]], { cellDates: true }), "visits");
const bytes = xlsx.write(book, { type: "buffer", bookType: "xlsx", cellDates: true });
const read = new excel.Workbook();
await read.xlsx.load(bytes);
const value = read.worksheets[0].getCell("A2").value;
console.log(`written ${visit.toISOString()}, read ${value.toISOString()}`);
assert.equal(value.toISOString(), "1905-07-18T00:00:00.000Z");
END
node look.mjs
