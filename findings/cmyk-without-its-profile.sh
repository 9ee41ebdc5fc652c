#!/usr/bin/env bash
# Guess: jpeg-js and Jimp show a CMYK JPEG (a photo of print work, as agencies send them) in about the colours that sharp shows, within 30 of 255.
# Came: a green of (0, 160, 0), written and read by sharp 0.35.5, is (26, 159, 34) for sharp and (71, 255, 0) for jpeg-js 0.4.4, and Jimp
# 1.6.1 after it: they multiply the inks and ignore the colour profile in the file.
# Why it matters: brightness and colour that are measured depend on the decoder by a hundred levels.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sharp@0.35.5 jpeg-js@0.4.4 jimp@1.6.1
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { Jimp } from "jimp";
import jpeg from "jpeg-js";
import sharp from "sharp";

const cmyk = await sharp({ create: { width: 32, height: 32, channels: 3, background: "#00a000" } }).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
const seen = {
  sharp: [...(await sharp(cmyk).toColourspace("srgb").raw().toBuffer()).subarray(0, 3)],
  "jpeg-js": [...jpeg.decode(cmyk).data.subarray(0, 3)],
  jimp: [...(await Jimp.read(cmyk)).bitmap.data.subarray(0, 3)],
};
console.table(seen);
assert.ok(seen.sharp[1] < 190 && seen["jpeg-js"][1] === 255 && seen.jimp[1] === 255);
END
node look.mjs
