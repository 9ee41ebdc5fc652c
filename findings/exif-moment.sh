#!/usr/bin/env bash
# Guess: readers that make a moment of DateTimeOriginal use OffsetTimeOriginal where the photo has it, and so agree.
# What came, for 09:30:15 with offset +09:00 (00:30:15 UTC), on a machine in New York:
#   exifr 7.1.3         13:30:15 UTC: the machine's zone, the offset is not looked at
#   exif-reader 2.0.3   09:30:15 UTC: taken for UTC, the offset is given beside it and not used
#   exif-parser 0.1.12  09:30:15 UTC
# None is right; two of them are 4 hours apart from the third, by where the code runs.
# Why it matters: "was the photo taken during the visit" is answered differently on a laptop and in a container, and
# wrongly on both. Take the text and the offset, and make the moment yourself.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exifr@7.1.3 exif-reader@2.0.3 exif-parser@0.1.12 sharp@0.35.5
cat >look.mjs <<'JS'
import exifReader from "exif-reader";
import exifr from "exifr";
import parser from "exif-parser";
import sharp from "sharp";

const photo = await sharp({ create: { width: 32, height: 16, channels: 3, background: "#456" } })
  .jpeg()
  .withExif({ IFD2: { DateTimeOriginal: "2026:07:01 09:30:15", OffsetTimeOriginal: "+09:00" } })
  .toBuffer();
const seen = {
  exifr: (await exifr.parse(photo)).DateTimeOriginal.toISOString(),
  "exif-reader": exifReader((await sharp(photo).metadata()).exif).Photo.DateTimeOriginal.toISOString(),
  "exif-parser": new Date(parser.create(photo).parse().tags.DateTimeOriginal * 1_000).toISOString(),
};
console.log(seen);
const same =
  seen.exifr === "2026-07-01T13:30:15.000Z" &&
  seen["exif-reader"] === "2026-07-01T09:30:15.000Z" &&
  seen["exif-parser"] === "2026-07-01T09:30:15.000Z";
process.exit(same ? 0 : 1);
JS
TZ=America/New_York node look.mjs
