#!/usr/bin/env bash
# Guess: ssim.js says of a black and a white picture that they have nothing in common (about 0), and of a picture with itself 1, by each of its
# algorithms and at any size.
# Came: ssim.js 3.5.0 does so from 11 × 11 pixels on, its window. Below, as for the 8 × 8 pictures that hashes are made of, `weber`, which it
# takes when nothing is said, says 1 for black and white, "the same", and `fast` says NaN, of a picture with itself too. Neither throws.
# `bezkrovny` stays right.
# Why it matters: small previews are compared to see whether a photo was edited. By default every one is found to be the same; NaN is below no
# limit and above none, so with `fast` the answer depends on how the question is written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ssim.js@3.5.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { ssim } from "ssim.js";

const flat = (side, level) => ({
  width: side,
  height: side,
  data: Uint8ClampedArray.from({ length: side * side * 4 }, (_, at) => (at % 4 === 3 ? 255 : level)),
});
const likeness = (side, other, algorithm) => ssim(flat(side, 0), flat(side, other), algorithm && { ssim: algorithm }).mssim;
for (const algorithm of [undefined, "bezkrovny", "fast", "weber"]) {
  const of = (side) => `${likeness(side, 0, algorithm).toFixed(2)} with itself, ${likeness(side, 255, algorithm).toFixed(2)} with white`;
  console.log(`${algorithm ?? "by default"}: black of 8 × 8 has ${of(8)}; of 11 × 11 ${of(11)}`);
  assert.ok(likeness(11, 0, algorithm) === 1 && likeness(11, 255, algorithm) < 0.01);
}
assert.ok(likeness(8, 255, "bezkrovny") < 0.01);
assert.deepEqual([likeness(8, 255, "weber"), likeness(8, 255)], [1, 1]);
assert.ok(Number.isNaN(likeness(8, 0, "fast")));
END
node look.mjs
