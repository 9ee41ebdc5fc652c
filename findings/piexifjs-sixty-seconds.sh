#!/usr/bin/env bash
# Guess: piexifjs, which writes a place into a photo from a browser, makes of 12.2 degrees what a clock makes of it: 12° 12' 0". Minutes and
# seconds are below 60.
# Came: piexifjs 1.0.6 cuts the minutes off before it rounds the seconds: 12° 11' 60.00". So it does for 395 of the 999 degrees below 100 that
# have one digit behind the point; 19.1 comes out as 19° 6' 0". Added up, the place is right.
# Why it matters: "seconds of 60 are no place", which looks like a rule against forged GPS, would throw away places of honest photos.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund piexifjs@1.0.6
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import piexif from "piexifjs";

const partsOf = (degrees) => piexif.GPSHelper.degToDmsRational(degrees).map(([over, under]) => over / under);
console.log("19.1:", partsOf(19.1).join(" "), "· 12.2:", partsOf(12.2).join(" "));
assert.deepEqual([partsOf(19.1), partsOf(12.2)], [[19, 6, 0], [12, 11, 60]]);
const tenths = Array.from({ length: 999 }, (_, no) => (no + 1) / 10);
const sixty = tenths.filter((degrees) => partsOf(degrees)[2] === 60);
console.log(`${sixty.length} of ${tenths.length} have 60 seconds`);
assert.equal(sixty.length, 395);
END
node look.mjs
