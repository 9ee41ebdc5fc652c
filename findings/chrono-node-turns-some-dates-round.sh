#!/usr/bin/env bash
# Guess: a parser that reads 11/12/2026 in the American order refuses 20/11/2026, as there is no month 20.
# Came: chrono-node 2.10.3 turns day and month round where the month would not exist. In one column 20/11/2026 is the 20th of November
# and 11/12/2026 the 12th of November, of one person who wrote all dates day first.
# Why it matters: of a month's visits those until the 12th move to other months, the others stay: no error, no pattern that a reader sees.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund chrono-node@2.10.3
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import * as chrono from "chrono-node";

const day = (text) => {
  const date = chrono.parseDate(text);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
};
const seen = { "20/11/2026": day("20/11/2026"), "11/12/2026": day("11/12/2026") };
console.table(seen);
assert.deepEqual(seen, { "20/11/2026": "2026-11-20", "11/12/2026": "2026-11-12" });
END
node look.mjs
