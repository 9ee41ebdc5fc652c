#!/usr/bin/env bash
# Guess: an answer of 416 carries an error text at most.
# Came: serve-handler 6.1.8 (the command `serve`) answers a range behind the end of the file with 416 and the WHOLE file as its body.
# Why it matters: whoever asks for 4 KB of a 30 MB photo and reads error bodies away to keep the connection reads 30 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund serve-handler@6.1.8
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import serveHandler from "serve-handler";

writeFileSync("photo.jpg", new Uint8Array(300_000));
const server = createServer((request, response) => serveHandler(request, response, { public: "." }));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const headers = { range: "bytes=300000-304095", connection: "close" };
const answer = await fetch(`http://127.0.0.1:${server.address().port}/photo.jpg`, { headers });
const bytes = (await answer.arrayBuffer()).byteLength;
server.close();
console.log(`${answer.status}, ${answer.headers.get("content-range")}, ${bytes} bytes`);
assert.deepEqual([answer.status, answer.headers.get("content-range"), bytes], [416, "bytes */300000", 300_000]);
END
node look.mjs
