#!/usr/bin/env bash
# Guess: a CSV whose header ends in CRLF and whose rows end in LF (a header line pasted on by a Windows editor) has three rows for every parser.
# Came: papaparse 5.7.1 makes ONE row of three: it takes the first line end for the only kind, and the rest of the file becomes cells
# beyond the header. fast-csv, csv-parser and d3-dsv see three.
# Why it matters: two of three photos are gone. With `header: true` they hide in `__parsed_extra`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund papaparse@5.7.1 fast-csv@5.0.8 csv-parser@3.2.1 d3-dsv@3.0.2
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import csvParser from "csv-parser";
import { csvParse } from "d3-dsv";
import { parse as fastCsv } from "fast-csv";
import papa from "papaparse";

const file = "store_id,image_url\r\nS1,http://x/1\nS2,http://x/2\nS3,http://x/3\n";
const through = async (parser) => {
  const rows = [];
  for await (const row of Readable.from([file]).pipe(parser)) rows.push(row);
  return rows.length;
};
const parsed = papa.parse(file, { header: true, skipEmptyLines: true });
const seen = {
  papaparse: parsed.data.length,
  "fast-csv": await through(fastCsv({ headers: true })),
  "csv-parser": await through(csvParser()),
  "d3-dsv": csvParse(file).length,
};
console.table(seen);
console.log("papaparse's row:", parsed.data[0]);
assert.deepEqual(seen, { papaparse: 1, "fast-csv": 3, "csv-parser": 3, "d3-dsv": 3 });
END
node look.mjs
