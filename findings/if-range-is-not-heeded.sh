#!/usr/bin/env bash
# Guess: servers that send an ETag and serve ranges heed If-Range (RFC 9110 §13.1.5): with the ETag of an older file they send the whole new one.
# Came: http-server 14.1.1, serve-handler 6.1.8 (the command `serve`) and sirv 3.0.2 with `etag: true` send a part of the NEW file as 206.
# @fastify/static 10.1.11, asked the same, sends the whole file as 200.
# Why it matters: a photo that is replaced between two requests becomes the head of one picture and the tail of another. A fetcher
# must compare the ETags of its parts itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund http-server@14.1.1 serve-handler@6.1.8 sirv@3.0.2 fastify@5.12.8 @fastify/static@10.1.11
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import httpServer from "http-server";
import serveHandler from "serve-handler";
import sirv from "sirv";

const folder = process.cwd();
writeFileSync("photo.jpg", new Uint8Array(100_000).fill(1));
const files = sirv(folder, { dev: true, etag: true });
const ofFastify = fastify();
await ofFastify.register(fastifyStatic, { root: folder });
await ofFastify.ready();
const servers = {
  "http-server": httpServer.createServer({ root: folder }).server,
  "serve-handler": createServer((request, response) => serveHandler(request, response, { public: folder, etag: true })),
  sirv: createServer((request, response) => files(request, response)),
  fastify: ofFastify.server,
};
const seen = {};
for (const [name, server] of Object.entries(servers)) {
  writeFileSync("photo.jpg", new Uint8Array(100_000).fill(1));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ask = async (headers) => {
    const url = `http://127.0.0.1:${server.address().port}/photo.jpg`;
    const answer = await fetch(url, { headers: { connection: "close", ...headers } });
    return { status: answer.status, etag: answer.headers.get("etag"), first: new Uint8Array(await answer.arrayBuffer())[0] };
  };
  const before = await ask({});
  assert.ok(before.etag, `${name} sends an ETag`);
  writeFileSync("photo.jpg", new Uint8Array(120_000).fill(2));
  const after = await ask({ range: "bytes=1000-1999", "if-range": before.etag });
  seen[name] = `${after.status}, a byte of the ${after.first === 2 ? "new" : "old"} file`;
  server.close();
}
console.table(seen);
assert.deepEqual(seen, {
  "http-server": "206, a byte of the new file",
  "serve-handler": "206, a byte of the new file",
  sirv: "206, a byte of the new file",
  fastify: "200, a byte of the new file",
});
END
node look.mjs
