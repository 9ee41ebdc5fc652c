#!/usr/bin/env bash
# Guess: a statement of node:sqlite that is run with a parameter missing, or with a value that SQLite has no type for,
# throws.
# What came (Node 24.21.0): undefined, and a Date that is not the first argument, throw. But a Date that IS the first
# argument is an object, so it is read as the list of named parameters (it has none), and the arguments after it move up
# one place: run(new Date(), 7) for (taken_at, store) stores 7 as the time and NULL as the store. A parameter left
# without a value, named or not, is NULL without an error.
# Why it matters: the row is written, "changes" is 1, the time is a store's number and the store is gone. A misspelt
# name among the parameters does the same in small: a hole in the row that nobody hears of until the report.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat >look.mjs <<'JS'
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(":memory:");
db.exec("create table photo (id integer primary key, taken_at, store)");
const insert = db.prepare("insert into photo (taken_at, store) values (?, ?)");
const run = (...values) => {
  try {
    return insert.run(...values).changes;
  } catch (error) {
    return error.code;
  }
};
const day = new Date("2026-11-27T10:00:00Z");
const seen = {
  "Date first": run(day, 7),
  "Date second": run(7, day),
  undefined: run(7, undefined),
  "one missing": run(7),
  "name missing": db.prepare("insert into photo (taken_at, store) values ($takenAt, $store)").run({ store: 7 }).changes,
};
const rows = db.prepare("select taken_at, store from photo order by id").all();
const stored = rows.map((row) => `${row.taken_at} ${row.store}`).join(" · ");
console.log(seen, stored);
const same =
  Object.values(seen).join() === "1,ERR_INVALID_ARG_TYPE,ERR_INVALID_ARG_TYPE,1,1" &&
  stored === "7 null · 7 null · null 7";
process.exit(same ? 0 : 1);
JS
node_modules/.bin/node --disable-warning=ExperimentalWarning look.mjs
