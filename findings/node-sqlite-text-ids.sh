#!/usr/bin/env bash
# Guess (taken for granted): a whole JavaScript number put into a TEXT column of SQLite by node:sqlite is its digits.
# What came (Node 24.21.0): 123 is stored as "123.0". node:sqlite binds each number as a REAL, and the TEXT affinity
# writes a REAL with its point; `? / 2` with 1 is 0.5 for the same reason. 123n and "123" are stored as "123".
# Why it matters: a store id that came as a number from JSON and as text from a CSV is two stores in `group by`, and the
# join with the store master finds one of them.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat >look.mjs <<'JS'
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(":memory:");
db.exec("create table photo (store text)");
const insert = db.prepare("insert into photo values (?)");
for (const store of [123, 123n, "123"]) insert.run(store);
const groups = db.prepare("select store, count(*) as photos from photo group by store order by store").all();
const seen = groups.map((row) => `${row.store}: ${row.photos}`).join(" · ");
const half = db.prepare("select ? / 2 as half").get(1).half;
console.log(seen, half);
process.exit(seen === "123: 2 · 123.0: 1" && half === 0.5 ? 0 : 1);
JS
node_modules/.bin/node --disable-warning=ExperimentalWarning look.mjs
