#!/usr/bin/env bash
# Guess: every JPEG reader steps over fill bytes: "any marker may optionally be preceded by any number of fill bytes,
# which are bytes assigned code X'FF'" (ITU-T T.81, B.1.1.2).
# What came: image-size 2.1.0 throws "Corrupt JPG, exceeded buffer limits" on a photo with three of them before its
# frame header. sharp 0.35.5 and probe-image-size 7.5.0 give its size.
# Why it matters: some encoders pad so. A good photo is reported as corrupt, with the blame on the shop.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund image-size@2.1.0 probe-image-size@7.5.0 sharp@0.35.5
cat >look.mjs <<'JS'
import { imageSize } from "image-size";
import probe from "probe-image-size";
import sharp from "sharp";

const plain = await sharp({ create: { width: 101, height: 61, channels: 3, background: "#456" } }).jpeg().toBuffer();
const frame = plain.indexOf(Buffer.from([0xff, 0xc0]));
const photo = Buffer.concat([plain.subarray(0, frame), Buffer.from([0xff, 0xff, 0xff]), plain.subarray(frame)]);

const { width } = await sharp(photo).metadata();
const decoded = (await sharp(photo).raw().toBuffer()).length;
let refusal;
try {
  refusal = imageSize(photo);
} catch (error) {
  refusal = error.message;
}
console.log({ sharp: width, decoded, probe: probe.sync(photo).width, "image-size": refusal });
const fine = width === 101 && decoded === 101 * 61 * 3 && probe.sync(photo).width === 101;
process.exit(fine && /Corrupt JPG/.test(refusal) ? 0 : 1);
JS
node look.mjs
