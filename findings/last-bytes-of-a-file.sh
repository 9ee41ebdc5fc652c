#!/usr/bin/env bash
# Guess: `Range: bytes=-4096` asks for the last 4,096 bytes (RFC 9110 §14.1.2), and whoever serves ranges sends these; of a shorter file all of it.
# Came, with the same request to four servers from npm:
#   sirv 3.0.2          206 with the FIRST 4,097 bytes, `Content-Range: bytes 0-4096/300000`: another part of the file, well labelled
#   http-server 14.1.1  416, though it says `Accept-Ranges: bytes`
#   send 1.2.1          the last 4,096 bytes; but 416 where the file is shorter than that
#   @hapi/inert 7.1.2   the last 4,096 bytes; but 500 where the file is shorter than that
# Why it matters: the end of a photo proves that it is whole. Who takes any 206 for what was asked checks its beginning twice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sirv@3.0.2 http-server@14.1.1 send@1.2.1 @hapi/hapi@21.4.10 @hapi/inert@7.1.2
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import inert from "@hapi/inert";
import hapi from "@hapi/hapi";
import httpServer from "http-server";
import send from "send";
import sirv from "sirv";

writeFileSync("large.jpg", Uint8Array.from({ length: 300_000 }, (_, at) => at % 251));
writeFileSync("small.jpg", new Uint8Array(1_000));
const folder = process.cwd();
const ofHapi = hapi.server({ port: 0, host: "127.0.0.1", debug: false });
await ofHapi.register(inert);
ofHapi.route({ method: "GET", path: "/{path*}", handler: { directory: { path: folder } } });
await ofHapi.start();
const files = sirv(folder);
const servers = {
  sirv: createServer((request, response) => files(request, response)),
  "http-server": httpServer.createServer({ root: folder }).server,
  send: createServer((request, response) => send(request, request.url, { root: folder }).pipe(response)),
  inert: ofHapi.listener,
};
const seen = {};
for (const [name, server] of Object.entries(servers)) {
  if (!server.listening) await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ask = async (path) => {
    const headers = { range: "bytes=-4096", connection: "close" };
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/${path}`, { headers });
    await answer.arrayBuffer();
    return `${answer.status} ${answer.headers.get("content-range") ?? ""}`.trim();
  };
  seen[name] = { large: await ask("large.jpg"), small: await ask("small.jpg") };
  server.close();
}
console.table(seen);
assert.deepEqual(seen, {
  sirv: { large: "206 bytes 0-4096/300000", small: "206 bytes 0-999/1000" },
  "http-server": { large: "416", small: "416" },
  send: { large: "206 bytes 295904-299999/300000", small: "416 bytes */1000" },
  inert: { large: "206 bytes 295904-299999/300000", small: "500" },
});
END
node look.mjs
