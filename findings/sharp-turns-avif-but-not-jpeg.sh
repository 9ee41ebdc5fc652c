#!/usr/bin/env bash
# Guess: sharp's metadata() gives the stored width and height and the orientation beside them, whatever the format it wrote itself.
# Came, sharp 0.35.5, 123 × 45 written with `withMetadata({ orientation: 6 })`: JPEG says 123 × 45, orientation 6; AVIF says 45 × 123.
# There the orientation became a transform of the container (`irot`), which metadata() applies. image-size 2.1.0 and image-meta 0.3.0 say 123 × 45 for both.
# Why it matters: width and height change places with the library and the format. A sum of both does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sharp@0.35.5 image-size@2.1.0 image-meta@0.3.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { imageMeta } from "image-meta";
import { imageSize } from "image-size";
import sharp from "sharp";

const picture = () => sharp({ create: { width: 123, height: 45, channels: 3, background: "red" } }).withMetadata({ orientation: 6 });
const seen = {};
for (const format of ["jpeg", "avif"]) {
  const bytes = await picture().toFormat(format).toBuffer();
  const [bySharp, bySize, byMeta] = [await sharp(bytes).metadata(), imageSize(bytes), imageMeta(bytes)];
  seen[format] = [bySharp, bySize, byMeta].map(({ width, height }) => `${width} × ${height}`).join(", ");
}
console.table(seen);
assert.deepEqual(seen, { jpeg: "123 × 45, 123 × 45, 123 × 45", avif: "45 × 123, 123 × 45, 123 × 45" });
END
node look.mjs
