#!/usr/bin/env bash
# Guess: a NULL inside a PostgreSQL array comes as null, as pg (node-postgres) gives it.
# Came: postgres 3.4.9 (postgres.js) makes the word "NULL" of it in text[] and int8[], false in bool[], NaN in int4[], an invalid Date in
# timestamptz[], and throws a SyntaxError for jsonb[]. A text[] that holds NULL and the word 'NULL' has two equal members. pg 8.23.1 has
# null in all of them.
# Why it matters: an answer that was not given becomes "no" (false), and a missing store number becomes a store named NULL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund postgres@3.4.9 pg@8.23.1 @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import pg from "pg";
import postgres from "postgres";

const db = await PGlite.create();
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0 });
await server.start();
const at = { host: "127.0.0.1", port: Number(server.getServerConn().split(":").at(-1)), user: "postgres", database: "postgres" };
const arrays = {
  text: `'{a,NULL,"NULL"}'::text[]`,
  int8: "'{7,NULL}'::int8[]",
  int4: "'{7,NULL}'::int4[]",
  bool: "'{t,f,NULL}'::bool[]",
  timestamptz: "'{NULL}'::timestamptz[]",
  jsonb: `'{"{}",NULL}'::jsonb[]`,
};
const askAll = async (ask) => {
  const seen = {};
  for (const [kind, array] of Object.entries(arrays)) {
    seen[kind] = await ask(`select ${array} as list`).then(([row]) => inspect(row.list), (error) => error.name);
  }
  return seen;
};
const client = new pg.Client(at);
await client.connect();
const byPg = await askAll(async (text) => (await client.query(text)).rows);
await client.end();
const sql = postgres({ ...at, max: 1 });
const byPostgresJs = await askAll((text) => sql.unsafe(text));
await sql.end();
await server.stop();
await db.close();
console.table({ pg: byPg, "postgres.js": byPostgresJs });
assert.deepEqual(byPg, {
  text: "[ 'a', null, 'NULL' ]",
  int8: "[ '7', null ]",
  int4: "[ 7, null ]",
  bool: "[ true, false, null ]",
  timestamptz: "[ null ]",
  jsonb: "[ {}, null ]",
});
assert.deepEqual(byPostgresJs, {
  text: "[ 'a', 'NULL', 'NULL' ]",
  int8: "[ '7', 'NULL' ]",
  int4: "[ 7, NaN ]",
  bool: "[ true, false, false ]",
  timestamptz: "[ Invalid Date ]",
  jsonb: "SyntaxError",
});
END
node look.mjs
