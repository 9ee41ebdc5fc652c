#!/usr/bin/env bash
# Guess: libraries that measure a HEIC from its boxes say the size of the picture that it shows.
# Came, for a picture of 65 × 49: image-size 2.1.0 and image-meta 0.3.0 say 66 × 64, the coded size with its padding, and
# probe-image-size 7.5.0 says nothing. For a file whose first and main picture is 64 × 64 and whose second is larger, all three say the
# size of the second, 128 × 96. heic-decode 2.1.0 (libheif) shows 65 × 49 and 64 × 64. Both files are made by libheif 1.15.1.
# Why it matters: phones crop in HEIC and put more than one picture into a file. The perimeter is then that of no picture one can see.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund image-size@2.1.0 image-meta@0.3.0 probe-image-size@7.5.0 heic-decode@2.1.0
base64 -d > odd.heic <<'END'
AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAABrm1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAAAAAAAADnBpdG0AAAAAAAIAAAAQaWRhdAAAAAAAQQAx
AAAAOGlsb2MBAAAAREAAAgABAAAAAAAAAc4AAQAAAAAAAAAaAAIAAQAAAAAAAAABAAAAAAAAAAgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAQABAABodmMxAAAAABVpbmZl
AgAAAAACAABncmlkAAAAANlpcHJwAAAAt2lwY28AAAB3aHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DIAABABhAAQwB//8DcAAAAwCQAAADAAADAB66AkAhAAEAK0IBAQNw
AAADAJAAAAMAAAMAHqAkgQcnlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPBiQAAABRpc3BlAAAAAAAAAEIAAABAAAAAFGlzcGUAAAAAAAAAQQAAADEAAAAQcGl4aQAA
AAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAACJtZGF0AAAAFigBrwQUSYD4A6OdMNQF2cpArCfuhPg=
END
base64 -d > two.heic <<'END'
AAAAKGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZm1pZjFoZWljbWlhZgAAAgttZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAAB
AAAANGlsb2MAAAAAREAAAgABAAAAAAI7AAEAAAAAAAAAEgACAAAAAAJNAAEAAAAAAAAAFgAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAFWluZmUCAAAA
AAIAAGh2YzEAAAABZGlwcnAAAAFAaXBjbwAAAHhodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMA
kAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABAAAAAEHBpeGkAAAAAAwgICAAAAHhodmNDAQNwAAAAAAAA
AAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBAgYWW6kkprm4EBAwIAAAMAAgAAAwACECIAAQAHRAHB
crAiQAAAABRpc3BlAAAAAAAAAIAAAABgAAAAEHBpeGkAAAAAAwgICAAAABxpcG1hAAAAAAAAAAIAAQOBAoMAAgOEBYYAAAAwbWRhdAAAAA4oAa8EGPwd1z6YM9xxgAAAABIo
Aa8EGPwd1z6YM9wjKsdUu2A=
END
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import decode from "heic-decode";
import { imageMeta } from "image-meta";
import { imageSize } from "image-size";
import probe from "probe-image-size";

const measurers = { "heic-decode": (buffer) => decode({ buffer }), "image-size": imageSize, "image-meta": imageMeta, "probe-image-size": probe.sync };
const seen = {};
for (const [name, measure] of Object.entries(measurers)) {
  seen[name] = {};
  for (const file of ["odd.heic", "two.heic"]) {
    const size = await measure(readFileSync(file));
    seen[name][file] = size ? `${size.width} × ${size.height}` : "nothing";
  }
}
console.table(seen);
assert.deepEqual(seen, {
  "heic-decode": { "odd.heic": "65 × 49", "two.heic": "64 × 64" },
  "image-size": { "odd.heic": "66 × 64", "two.heic": "128 × 96" },
  "image-meta": { "odd.heic": "66 × 64", "two.heic": "128 × 96" },
  "probe-image-size": { "odd.heic": "nothing", "two.heic": "128 × 96" },
});
END
node look.mjs
