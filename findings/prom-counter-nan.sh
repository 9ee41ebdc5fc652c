#!/usr/bin/env bash
# Guess: a counter of prom-client refuses NaN, as it refuses text and negative numbers, and as the histogram does.
# What came (prom-client 15.1.3): counter.inc(NaN) is taken without an error. From then on the counter stands at "Nan",
# and every later inc() leaves it there. The histogram refuses NaN ("Value is not a valid number").
# Why it matters: a counter of bytes fed with Number(headers["content-length"]) is dead after the first answer without
# that header, until the process restarts. rate() gives NaN, and no alert on it fires.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3
cat >look.mjs <<'JS'
import client from "prom-client";

const bytes = new client.Counter({ name: "bytes", help: "bytes fetched" });
const sizes = new client.Histogram({ name: "sizes", help: "sizes of bodies", buckets: [1_000] });
const attempt = (work) => {
  try {
    work();
    return "taken";
  } catch (error) {
    return error.message;
  }
};
bytes.inc(1_000);
const seen = {
  "counter, NaN": attempt(() => bytes.inc(Number(undefined))),
  "counter, text": attempt(() => bytes.inc("12")),
  "histogram, NaN": attempt(() => sizes.observe(Number(undefined))),
};
bytes.inc(5_000);
const line = (await client.register.metrics()).split("\n").find((text) => text.startsWith("bytes "));
console.log(seen, line);
const same =
  seen["counter, NaN"] === "taken" &&
  /not a valid number/.test(seen["counter, text"]) &&
  /not a valid number/.test(seen["histogram, NaN"]) &&
  /^bytes nan$/i.test(line);
process.exit(same ? 0 : 1);
JS
node look.mjs
