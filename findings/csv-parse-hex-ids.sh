#!/usr/bin/env bash
# Guess: `cast: true` of csv-parse makes numbers of decimal numbers and leaves what it cannot read whole as text.
# What came (csv-parse 7.0.3): a field that starts with 0x becomes 0, whatever follows. The test for "is a number" reads
# hexadecimal (0x1F is 31, so it passes); the conversion, parseFloat, stops at the x.
# Why it matters: device ids and hashes are written this way. All of them become the same id 0: a column of a thousand
# photos' hashes says that every photo is the same one.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3
cat >look.mjs <<'JS'
import { parse } from "csv-parse/sync";

const rows = parse("phash\n0x1F\n0xC3A5\n0x7e\n", { cast: true, columns: true });
const hashes = rows.map((row) => row.phash);
console.log({ hashes, different: new Set(hashes).size });
process.exit(hashes.join() === "0,0,0" ? 0 : 1);
JS
node look.mjs
