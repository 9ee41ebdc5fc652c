#!/usr/bin/env bash
# Guess: with undici's cache interceptor a request for a range gets that range: from the server, or cut out of the whole
# body in the cache.
# What came (undici 8.12.4): once the whole photo is in the cache, `Range: bytes=500-509` gets 200 with all 1,000 bytes,
# and the server is not asked. Before that, the same request got 206 with 10 bytes. A server may ignore Range (RFC 9110,
# 14.2), so the 200 is allowed; that the same server's answer changes with what was asked earlier is the surprise.
# Why it matters: code that only ever saw 206 from its host, and puts the body at the offset it asked for, writes the
# head of the photo into its middle. Look at the status, and at content-range, each time.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@8.12.4 node@24.21.0
cat >look.mjs <<'JS'
import http from "node:http";
import { Agent, interceptors, request } from "undici";

const photo = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));
let asked = 0;
const server = http.createServer((q, r) => {
  asked += 1;
  const headers = { "cache-control": "max-age=60", etag: '"1"' };
  const range = /bytes=(\d+)-(\d+)/.exec(q.headers.range ?? "");
  if (range === null) return r.writeHead(200, headers).end(photo);
  const [from, to] = [Number(range[1]), Number(range[2])];
  const partial = { ...headers, "content-range": `bytes ${from}-${to}/1000` };
  return r.writeHead(206, partial).end(photo.subarray(from, to + 1));
});
await new Promise((go) => server.listen(0, "127.0.0.1", go));
const dispatcher = new Agent().compose(interceptors.cache());
async function get(headers) {
  const before = asked;
  const answer = await request(`http://127.0.0.1:${server.address().port}/p.jpg`, { dispatcher, headers });
  const length = (await answer.body.arrayBuffer()).byteLength;
  return `${answer.statusCode}, ${length} bytes, ${asked - before} asked`;
}
const part = { range: "bytes=500-509" };
const seen = [await get(part), await get({}), await get(part)];
console.log(seen);
server.close();
server.closeAllConnections();
const same = seen.join(" · ") === "206, 10 bytes, 1 asked · 200, 1000 bytes, 1 asked · 200, 1000 bytes, 0 asked";
process.exit(same ? 0 : 1);
JS
node_modules/.bin/node look.mjs
