#!/usr/bin/env bash
# Guess: a library that lists BMP among its formats reads the size of an OS/2 bitmap (BITMAPCOREHEADER, 12 bytes, the oldest kind), or refuses it.
# Came: image-size 2.1.0 says 1310750 × 1572865 for one of 30 × 20, without a word. It reads two 16-bit numbers as one of 32 bits.
# probe-image-size 7.5.0 and image-meta 0.3.0 say 30 × 20.
# Why it matters: a size that no picture has, in a report that adds sizes up.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund image-size@2.1.0 probe-image-size@7.5.0 image-meta@0.3.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { imageMeta } from "image-meta";
import { imageSize } from "image-size";
import probe from "probe-image-size";

const [width, height, stride] = [30, 20, 92];
const bitmap = Buffer.alloc(26 + stride * height);
bitmap.write("BM");
bitmap.writeUInt32LE(bitmap.length, 2);
bitmap.writeUInt32LE(26, 10);
bitmap.writeUInt32LE(12, 14);
bitmap.writeUInt16LE(width, 18);
bitmap.writeUInt16LE(height, 20);
bitmap.writeUInt16LE(1, 22);
bitmap.writeUInt16LE(24, 24);
const sizes = { "image-size": imageSize(bitmap), "probe-image-size": probe.sync(bitmap), "image-meta": imageMeta(bitmap) };
const seen = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, `${size.width} × ${size.height}`]));
console.table(seen);
assert.deepEqual(seen, { "image-size": "1310750 × 1572865", "probe-image-size": "30 × 20", "image-meta": "30 × 20" });
END
node look.mjs
