#!/usr/bin/env bash
# Guess: a reader finds the EXIF segment of a JPEG wherever it stands among the segments before the picture. EXIF asks writers for the
# first place, but a comment, XMP or a long colour profile in front is common, and decoders do not mind.
# Came: jpeg-exif 1.1.4 finds nothing behind a comment or XMP. fast-exif 2.0.1 and exif 0.6.0 fail where XMP stands in front (both are
# APP1). exifr 7.1.3 finds nothing behind 240 KB of profile if it is given a path, and everything if it is given the bytes. exifreader
# 4.46.0 and sharp 0.35.5 find it in every place.
# Why it matters: the photo has its time, place and turn, and is judged as if it had none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sharp@0.35.5 piexifjs@1.0.6 jpeg-exif@1.1.4 fast-exif@2.0.1 exif@0.6.0 exifr@7.1.3 exifreader@4.46.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import exif from "exif";
import exifr from "exifr";
import exifReader from "exifreader";
import fastExif from "fast-exif";
import jpegExif from "jpeg-exif";
import piexif from "piexifjs";
import sharp from "sharp";

const plain = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#888" } }).jpeg().toBuffer();
const body = Buffer.from(piexif.dump({ "0th": { 274: 6 }, Exif: { 36867: "2026:11:27 10:30:00" } }), "latin1");
const segment = (marker, content) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const description = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""/></rdf:RDF>';
const inFront = {
  nothing: [],
  "a comment": [segment(0xfe, Buffer.from("aisle 3"))],
  XMP: [segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/">${description}</x:xmpmeta>`))],
  "a long profile": [1, 2, 3, 4].map((part) => segment(0xe2, Buffer.concat([Buffer.from(`ICC_PROFILE\0${String.fromCharCode(part, 4)}`), Buffer.alloc(60_000)]))),
};
const readers = {
  "jpeg-exif": async (path, bytes) => jpegExif.fromBuffer(bytes).Orientation,
  "fast-exif": async (path) => (await fastExif.read(path))?.image.Orientation,
  exif: (path) => new Promise((resolve, reject) => exif.ExifImage({ image: path }, (error, data) => (error ? reject(error) : resolve(data.image.Orientation)))),
  "exifr, a path": (path) => exifr.orientation(path),
  "exifr, bytes": (path, bytes) => exifr.orientation(bytes),
  exifreader: async (path, bytes) => exifReader.load(bytes).Orientation?.value,
  sharp: async (path, bytes) => (await sharp(bytes).metadata()).orientation,
};
const seen = {};
for (const [reader, read] of Object.entries(readers)) {
  seen[reader] = {};
  for (const [front, segments] of Object.entries(inFront)) {
    const bytes = Buffer.concat([plain.subarray(0, 2), ...segments, segment(0xe1, body), plain.subarray(2)]);
    writeFileSync("photo.jpg", bytes);
    seen[reader][front] = await read("photo.jpg", bytes).then((turn) => turn ?? "none", () => "error");
  }
}
console.table(seen);
const row = (...turns) => Object.fromEntries(Object.keys(inFront).map((front, at) => [front, turns[at]]));
assert.deepEqual(seen, {
  "jpeg-exif": row(6, "none", "none", 6),
  "fast-exif": row(6, 6, "error", "none"),
  exif: row(6, 6, "error", 6),
  "exifr, a path": row(6, 6, 6, "none"),
  "exifr, bytes": row(6, 6, 6, 6),
  exifreader: row(6, 6, 6, 6),
  sharp: row(6, 6, 6, 6),
});
END
node look.mjs
