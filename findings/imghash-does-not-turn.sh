#!/usr/bin/env bash
# Guess: libraries that make perceptual hashes from a file see the picture as a person does: a JPEG turned by its EXIF orientation and
# the same picture with its pixels turned have (almost) the same hash.
# Came: sharp-phash 2.2.0 does (1 of 64 bits differs). imghash 1.1.4 hashes the stored pixels: 176 of 256 bits differ, as for two strangers.
# Why it matters: a phone's original and its copy from a chat, which bakes the turn in, are not found to be one photo.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sharp@0.35.5 sharp-phash@2.2.0 imghash@1.1.4
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import imghash from "imghash";
import sharp from "sharp";
import phash from "sharp-phash";

const [width, height] = [320, 240];
const pixels = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y += 1) {
  for (let x = 0; x < width; x += 1) {
    const chequer = (((x >> 5) + (y >> 4)) & 1) * 255;
    pixels.set([(x * 255) / width, (y * 255) / height, chequer], (y * width + x) * 3);
  }
}
const tagged = await sharp(pixels, { raw: { width, height, channels: 3 } }).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
const turned = await sharp(tagged).rotate().jpeg({ quality: 95 }).toBuffer();
const apart = (one, other) => [...one].filter((bit, at) => bit !== other[at]).length;
const byPhash = apart(await phash(tagged), await phash(turned));
const byImghash = apart(await imghash.hash(tagged, 16, "binary"), await imghash.hash(turned, 16, "binary"));
console.log(`sharp-phash: ${byPhash} of 64 bits, imghash: ${byImghash} of 256 bits`);
assert.ok(byPhash <= 4 && byImghash >= 100);
END
node look.mjs
