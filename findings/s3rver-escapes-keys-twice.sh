#!/usr/bin/env bash
# Guess: an emulator of S3 lists a key under the name that it was put under.
# What came (@20minutes/s3rver 5.0.0): `a&b.jpg` stands in the list as `a&amp;amp;b.jpg`, `it's.jpg` as `it&amp;#x27;s.jpg`: it
# escapes values for a builder that escapes them too. encoding-type=url is not heeded.
# Why it matters: a test that lists and then reads such keys fails against the emulator with NoSuchKey, and a client that is
# made to pass it is wrong against AWS.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @20minutes/s3rver@5.0.0
cat >look.cjs <<'JS'
const S3rver = require("@20minutes/s3rver");

(async () => {
  const server = new S3rver({ directory: "./data", address: "127.0.0.1", port: 0, silent: true, vhostBuckets: false, configureBuckets: [{ name: "b" }] });
  const { port } = await server.run();
  const at = `http://127.0.0.1:${port}/b`;
  for (const key of ["a%26b.jpg", "it%27s.jpg", "plain.jpg"]) await fetch(`${at}/${key}`, { method: "PUT", body: "x" });
  const xml = await (await fetch(`${at}?list-type=2`)).text();
  const keys = [...xml.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
  console.log(keys);
  const same = keys.join() === "a&amp;amp;b.jpg,it&amp;#x27;s.jpg,plain.jpg";
  process.exit(same ? 0 : 1);
})();
JS
mkdir -p data
node look.cjs
