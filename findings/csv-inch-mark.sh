#!/usr/bin/env bash
# Guess: a quote inside a field that does not begin with one (5" shelf) is either kept as it is or refused with an
# error.
# What came: papaparse 5.7.1 and fast-csv 5.0.8 keep it, csv-parse 7.0.3 refuses it (INVALID_OPENING_QUOTE). csv-parser
# 3.2.1 takes it for an opening quote: everything up to the next quote, commas and line ends included, becomes one
# field. Three rows of three fields come as one row of two fields, without an error.
# Why it matters: shop fittings are measured in inches. Every visit after the first inch mark is lost in silence.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-parser@3.2.1 papaparse@5.7.1 fast-csv@5.0.8 csv-parse@7.0.3
cat >look.mjs <<'JS'
import { Readable } from "node:stream";
import { parse } from "csv-parse/sync";
import csvParser from "csv-parser";
import { parseString } from "fast-csv";
import Papa from "papaparse";

const csv = '1,5" shelf,http://a/1.jpg\n2,bin,http://a/2.jpg\n3,end,http://a/3.jpg\n';
const gather = async (stream) => {
  const rows = [];
  for await (const row of stream) rows.push(Object.values(row));
  return rows;
};
let refusal;
try {
  parse(csv);
} catch (error) {
  refusal = error.code;
}
const seen = {
  papaparse: Papa.parse(csv, { skipEmptyLines: true }).data,
  "fast-csv": await gather(parseString(csv)),
  "csv-parse": refusal,
  "csv-parser": await gather(Readable.from([Buffer.from(csv)]).pipe(csvParser({ headers: false }))),
};
console.log(seen);
const three = (rows) => rows.length === 3 && rows.every((row) => row.length === 3);
const same =
  three(seen.papaparse) &&
  three(seen["fast-csv"]) &&
  refusal === "INVALID_OPENING_QUOTE" &&
  seen["csv-parser"].length === 1 &&
  seen["csv-parser"][0].length === 2;
process.exit(same ? 0 : 1);
JS
node look.mjs
