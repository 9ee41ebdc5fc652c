#!/usr/bin/env bash
# Guess: a date that ExcelJS writes is the same instant, or at least the same wall clock, when SheetJS reads it, wherever the process runs.
# Came, exceljs 4.4.0 and xlsx 0.18.5, 2026-11-27 10:30:00 written: read as 10:30:00 in UTC, and in Asia/Kolkata as 10:29:50 on the wall
# clock there. Ten seconds are gone: the zone's offset of 1899, +05:53:20 (Calcutta's local mean time) comes in with Excel's day zero,
# to the minute where the engine gives whole minutes only.
# Why it matters: photos of one second no longer belong to their visit, and only on machines in some countries.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import excel from "exceljs";
import xlsx from "xlsx";

const zone = process.argv[2];
if (zone === undefined) {
  const seen = {};
  for (const TZ of ["UTC", "Asia/Kolkata"]) {
    seen[TZ] = execFileSync(process.execPath, ["look.mjs", TZ], { env: { ...process.env, TZ }, encoding: "utf8" }).trim();
  }
  console.table(seen);
  assert.deepEqual(seen, { UTC: "10:30:00", "Asia/Kolkata": "10:29:50" });
} else {
  const book = new excel.Workbook();
  const sheet = book.addWorksheet("visits");
  sheet.addRow([new Date("2026-11-27T10:30:00Z")]);
  const bytes = await book.xlsx.writeBuffer();
  const { v: date } = xlsx.read(bytes, { cellDates: true }).Sheets.visits.A1;
  const two = (number) => String(number).padStart(2, "0");
  console.log([date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":"));
}
END
node look.mjs
