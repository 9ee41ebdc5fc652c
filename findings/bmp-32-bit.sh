#!/usr/bin/env bash
# Guess: the pure JavaScript BMP readers agree on a plain 32-bit picture (BITMAPINFOHEADER, BI_RGB): the fourth byte of
# a pixel is unused there, so the picture is opaque.
# What came, for pixels whose fourth byte is 0, as Windows writes them:
#   bmp-ts 1.0.9    opaque (alpha 255)
#   bmp-js 0.1.0    the fourth byte is taken for alpha: the whole picture is transparent
#   fast-bmp 4.0.1  refuses it for "unsupported color masks", having read the first pixels as the masks, which a
#                   file with BI_RGB does not have
# Why it matters: laid on white, as thumbnails are, a screenshot of a shelf plan is a white page, and all such pictures
# have the same perceptual hash.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bmp-js@0.1.0 bmp-ts@1.0.9 fast-bmp@4.0.1
cat >look.mjs <<'JS'
import bmpJs from "bmp-js";
import * as bmpTs from "bmp-ts";
import * as fastBmp from "fast-bmp";

const [width, height] = [5, 3];
const photo = Buffer.alloc(54 + width * height * 4);
photo.write("BM");
photo.writeUInt32LE(photo.length, 2);
photo.writeUInt32LE(54, 10);
photo.writeUInt32LE(40, 14);
photo.writeInt32LE(width, 18);
photo.writeInt32LE(height, 22);
photo.writeUInt16LE(1, 26);
photo.writeUInt16LE(32, 28);
for (let at = 54; at < photo.length; at += 4) photo.set([10, 100, 200, 0], at);

let refusal;
try {
  refusal = fastBmp.decode(photo);
} catch (error) {
  refusal = error.message;
}
const first = (decoded) => [...decoded.data.subarray(0, 4)].join();
const seen = { "bmp-js": first(bmpJs.decode(photo)), "bmp-ts": first(bmpTs.decode(photo)), "fast-bmp": refusal };
console.log("alpha, blue, green, red:", seen);
const same = seen["bmp-js"] === "0,10,100,200" && seen["bmp-ts"] === "255,10,100,200" && /color masks/.test(refusal);
process.exit(same ? 0 : 1);
JS
node look.mjs
