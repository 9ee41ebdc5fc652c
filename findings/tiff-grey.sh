#!/usr/bin/env bash
# Guess: what decode-tiff and utif2 decode without an error has the picture's greys.
# What came, against sharp 0.35.5, which wrote both files and reads them back right:
#     decode-tiff 0.2.1  a picture stored with white as 0 (PhotometricInterpretation 0, usual for scans) comes as its
#     negative
#   utif2 4.1.0        a picture of 4 bits a pixel with black as 0 comes black all over
# utif2 reads the first one right.
# Why it matters: scanned planograms and receipts are such files. The picture is wrong without an error, and so are its
# hash and whatever is measured on it.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund decode-tiff@0.2.1 utif2@4.1.0 sharp@0.35.5
cat >look.mjs <<'JS'
import * as decodeTiff from "decode-tiff";
import sharp from "sharp";
import UTIF from "utif2";

const [width, height] = [64, 8];
const greys = Buffer.from(Array.from({ length: width * height }, (_, i) => (i % width) * 4));
const tiff = (options) =>
  sharp(greys, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .tiff({ compression: "none", ...options })
    .toBuffer();
const byUtif = (file) => {
  const [page] = UTIF.decode(file);
  UTIF.decodeImage(file, page);
  return UTIF.toRGBA8(page);
};
const bySharp = (file) => sharp(file).ensureAlpha().toColourspace("srgb").raw().toBuffer();
const [dark, light] = [8 * 4, 56 * 4];
const two = (rgba) => `${rgba[dark]} ${rgba[light]}`;

const whiteIsZero = await tiff({ miniswhite: true });
const fourBits = await tiff({ bitdepth: 4 });
const seen = {
  "white is 0": {
    sharp: two(await bySharp(whiteIsZero)),
    utif2: two(byUtif(whiteIsZero)),
    "decode-tiff": two(decodeTiff.decode(whiteIsZero).data),
  },
  "4 bits": { sharp: two(await bySharp(fourBits)), utif2: two(byUtif(fourBits)) },
};
console.log("grey of a dark and a light pixel:", seen);
const same =
  seen["white is 0"].sharp === "32 224" &&
  seen["white is 0"].utif2 === "32 224" &&
  seen["white is 0"]["decode-tiff"] === "223 31" &&
  seen["4 bits"].sharp === "34 238" &&
  seen["4 bits"].utif2 === "0 0";
process.exit(same ? 0 : 1);
JS
node look.mjs
