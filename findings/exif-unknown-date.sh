#!/usr/bin/env bash
# Guess: a date that EXIF itself calls unknown (blanks between the colons, EXIF 2.32, 4.6.5 "DateTimeOriginal") comes as
# nothing, or as its text; in no case as a moment.
# What came: exifr 7.1.3 gives a real Date, 30 November 1899, at the machine's midnight. exif-reader 2.0.3 gives null.
# Why it matters: a camera whose clock was never set writes blanks. Such photos then sort before all others, fail a
# "taken on the day of the visit" rule for the wrong reason, or look re-used from the same moment as one another.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exifr@7.1.3 exif-reader@2.0.3 sharp@0.35.5
cat >look.mjs <<'JS'
import exifReader from "exif-reader";
import exifr from "exifr";
import sharp from "sharp";

const photo = await sharp({ create: { width: 32, height: 16, channels: 3, background: "#456" } })
  .jpeg()
  .withExif({ IFD2: { DateTimeOriginal: "    :  :     :  :  " } })
  .toBuffer();
const byExifr = (await exifr.parse(photo)).DateTimeOriginal;
const byExifReader = exifReader((await sharp(photo).metadata()).exif).Photo.DateTimeOriginal;
console.log({ byExifr, byExifReader });
const is1899 = byExifr instanceof Date && byExifr.getFullYear() === 1899 && byExifr.getMonth() === 10;
process.exit(is1899 && byExifReader === null ? 0 : 1);
JS
node look.mjs
