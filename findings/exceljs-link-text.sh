#!/usr/bin/env bash
# Guess: cell.text of exceljs is a string for every kind of cell, as its types say (readonly text: string).
# What came (exceljs 4.4.0): for a link whose words have formats of their own (bold in the middle, say) it is an object,
# { richText: [...] }, and `${cell.text}` is "[object Object]". A formatted cell without link gives a string.
# Why it matters: store names and photo captions are often pasted with formats. They land in the ledger as "[object
# Object]", all of them equal, so that they also count as one store.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0
cat >look.mjs <<'JS'
import ExcelJS from "exceljs";

const words = { richText: [{ text: "Store " }, { font: { bold: true }, text: "12" }] };
const book = new ExcelJS.Workbook();
const sheet = book.addWorksheet("visits");
sheet.getCell("A1").value = words;
sheet.getCell("A2").value = { text: words, hyperlink: "https://photos.example/12.jpg" };
const again = new ExcelJS.Workbook();
await again.xlsx.load(await book.xlsx.writeBuffer());
const [plain, linked] = ["A1", "A2"].map((at) => again.worksheets[0].getCell(at).text);
console.log({ plain, linked, written: `${linked}` });
process.exit(plain === "Store 12" && typeof linked === "object" && `${linked}` === "[object Object]" ? 0 : 1);
JS
node look.mjs
