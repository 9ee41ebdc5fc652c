#!/usr/bin/env bash
# Guess (taken for granted): the target of a cell's hyperlink is read as the address that was put in.
# What came: SheetJS xlsx 0.18.5 leaves the XML escape in it: https://photos.example/p?store=1&amp;photo=2. exceljs
# 4.4.0 reads the same file right. The text of a cell is unescaped by both.
# Why it matters: field teams paste photos as links, and signed or parametrised addresses have an & in them. Such an
# address fetches another picture (the parameter's name is now "amp;photo") or a 403.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0
cat >look.mjs <<'JS'
import ExcelJS from "exceljs";
import XLSX from "xlsx";

const address = "https://photos.example/p?store=1&photo=2";
const book = new ExcelJS.Workbook();
book.addWorksheet("visits").getCell("A1").value = { text: address, hyperlink: address };
const file = await book.xlsx.writeBuffer();

const cell = XLSX.read(file).Sheets.visits.A1;
const again = new ExcelJS.Workbook();
await again.xlsx.load(file);
const byExcelJs = again.worksheets[0].getCell("A1").hyperlink;
const photo = new URL(cell.l.Target).searchParams.get("photo");
console.log({ text: cell.v, target: cell.l.Target, byExcelJs, photo });
const same =
  cell.v === address &&
  cell.l.Target === "https://photos.example/p?store=1&amp;photo=2" &&
  byExcelJs === address &&
  photo === null;
process.exit(same ? 0 : 1);
JS
node look.mjs
