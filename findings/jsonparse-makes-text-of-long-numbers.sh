#!/usr/bin/env bash
# Guess: a streaming parser gives the values that JSON.parse gives: a number is a number, rounded where it is too long.
# Came: jsonparse 1.3.1 (the parser inside JSONStream and big-json) gives a whole number of more than 16 digits as a string, and its
# neighbour in the same list as a number. @streamparser/json 0.0.26 gives numbers.
# Why it matters: the numbers of pallets have 18 digits. One field has two types, so `===` and maps part what belongs together, and only
# for some rows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsonparse@1.3.1 big-json@3.2.0 @streamparser/json@0.0.26
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { JSONParser } from "@streamparser/json";
import bigJson from "big-json";
import JsonParse from "jsonparse";

const text = "[9007199254740991,106141411234567897]";
const byJsonparse = () => {
  const parser = new JsonParse();
  let whole;
  parser.onValue = function (value) {
    if (this.stack.length === 0) whole = value;
  };
  parser.write(text);
  return whole;
};
const byStreamparser = () => {
  const parser = new JSONParser({ paths: ["$"] });
  let whole;
  parser.onValue = ({ value }) => {
    whole = value;
  };
  parser.write(text);
  return whole;
};
const seen = {
  "JSON.parse": JSON.parse(text),
  "@streamparser/json": byStreamparser(),
  jsonparse: byJsonparse(),
  "big-json": await new Promise((resolve) => {
    const stream = bigJson.createParseStream();
    stream.on("data", resolve);
    stream.end(text);
  }),
};
console.log(seen);
assert.deepEqual(seen, {
  "JSON.parse": [9007199254740991, 106141411234567900],
  "@streamparser/json": [9007199254740991, 106141411234567900],
  jsonparse: [9007199254740991, "106141411234567897"],
  "big-json": [9007199254740991, "106141411234567897"],
});
END
node look.mjs
