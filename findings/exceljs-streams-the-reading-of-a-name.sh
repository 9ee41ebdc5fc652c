#!/usr/bin/env bash
# Guess: the streaming reader of exceljs gives the same values as its reader of whole files.
# Came (exceljs 4.4.0): of a name with its reading above it (furigana, which Excel stores whenever Japanese is typed) it gives the reading
# alone. A formula's date comes as a number, its TRUE as 1, its error as nothing.
# Why it matters: the streaming reader is for the big sheets. Stores of one reading and other signs become one store.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 jszip@3.10.1
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import excel from "exceljs";
import zip from "jszip";

const book = new excel.Workbook();
const sheet = book.addWorksheet("stores");
sheet.addRow(["新宿店", { formula: "DATE(2026,11,27)", result: new Date("2026-11-27") }, { formula: "2>1", result: true }, { formula: "1/0", result: { error: "#DIV/0!" } }]);
sheet.getCell("B1").numFmt = "yyyy-mm-dd";
const parts = await zip.loadAsync(await book.xlsx.writeBuffer());
const words = await parts.file("xl/sharedStrings.xml").async("string");
parts.file("xl/sharedStrings.xml", words.replace("新宿店</t>", '新宿店</t><rPh sb="0" eb="3"><t>シンジュクテン</t></rPh>'));
writeFileSync("stores.xlsx", await parts.generateAsync({ type: "nodebuffer" }));

const valuesOf = (row) => row.values.slice(1).map((value) => inspect(value?.formula === undefined ? value : value.result));
const stream = async (path) => {
  for await (const sheet of new excel.stream.xlsx.WorkbookReader(path, { worksheets: "emit", sharedStrings: "cache", styles: "cache" })) {
    for await (const row of sheet) return valuesOf(row);
  }
};
const whole = new excel.Workbook();
await whole.xlsx.readFile("stores.xlsx");
const seen = { whole: valuesOf(whole.worksheets[0].getRow(1)), stream: await stream("stores.xlsx") };
console.table(seen);
assert.deepEqual(seen, {
  whole: ["'新宿店'", "2026-11-27T00:00:00.000Z", "true", "{ error: '#DIV/0!' }"],
  stream: ["'シンジュクテン'", "46353", "1", "undefined"],
});
END
node look.mjs
