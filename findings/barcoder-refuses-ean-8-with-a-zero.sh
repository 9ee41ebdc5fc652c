#!/usr/bin/env bash
# Guess: a checker of article numbers accepts each EAN-8 whose check digit is right.
# Came: barcoder 2.0.1 refuses every one that begins with 0, 1,000 of 1,000, and accepts all that begin with another digit. gtin 1.0.2 and
# gtin-validator 1.0.0 accept both. The zero falls off where the number is counted, and seven digits are too few.
# Why it matters: EAN-8 with 0 in front are for a retailer's own use, so all of a chain's own labels fail at once and nobody else's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund barcoder@2.0.1 gtin@1.0.2 gtin-validator@1.0.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import barcoder from "barcoder";
import gtin from "gtin";
import gtinValidator from "gtin-validator";

const checked = (seven) => `${seven}${(10 - ([...seven].reduce((sum, digit, at) => sum + digit * (at % 2 === 0 ? 3 : 1), 0) % 10)) % 10}`;
const thousand = (first) => Array.from({ length: 1000 }, (_, at) => checked(`${first}${String(at * 997).padStart(6, "0")}`));
const checkers = { barcoder: (number) => barcoder.validate(number), gtin: gtin.isValid, "gtin-validator": (number) => gtinValidator.isValidGTIN(number) };
const seen = {};
for (const [name, accepts] of Object.entries(checkers)) {
  seen[name] = { "0 in front": thousand("0").filter(accepts).length, "4 in front": thousand("4").filter(accepts).length };
}
console.table(seen);
const all = { "0 in front": 1000, "4 in front": 1000 };
assert.deepEqual(seen, { barcoder: { ...all, "0 in front": 0 }, gtin: all, "gtin-validator": all });
END
node look.mjs
