#!/usr/bin/env bash
# Guess: a JavaScript array as the parameter of a jsonb column fails with pg whether it is empty or not: pg writes it as
# a PostgreSQL array, which is no JSON.
# What came (pg 8.23.1 on PGlite 0.5.14, a PostgreSQL 18.6): [1] and [{ url }] fail with "invalid input syntax for type
# json". An empty array is taken and stored as {}: PostgreSQL's empty array is also JSON's empty object.
# Why it matters: a visit without photos is the row that nobody tests, and it is stored as an object. photos.length is
# then undefined, and jsonb_array_length() fails for the whole report.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pg@8.23.1 @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17
cat >look.mjs <<'JS'
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import pg from "pg";

const server = new PGLiteSocketServer({ db: await PGlite.create(), host: "127.0.0.1", port: 0 });
await server.start();
const port = Number(server.getServerConn().split(":").at(-1));
const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
await client.connect();
await client.query("create table visit (photos jsonb)");
const store = (photos) =>
  client.query("insert into visit values ($1)", [photos]).then(
    () => "stored",
    (error) => error.code,
  );
const seen = { empty: await store([]), number: await store([1]), object: await store([{ url: "x" }]) };
const { rows } = await client.query("select photos::text, jsonb_typeof(photos) as kind from visit");
await client.end();
await server.stop();
console.log(seen, rows);
const same =
  Object.values(seen).join() === "stored,22P02,22P02" &&
  rows.length === 1 &&
  rows[0].photos === "{}" &&
  rows[0].kind === "object";
process.exit(same ? 0 : 1);
JS
node look.mjs
