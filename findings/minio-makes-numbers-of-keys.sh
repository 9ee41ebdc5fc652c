#!/usr/bin/env bash
# Guess: a client for buckets lists a key as the text that it was put under.
# Came: minio 8.0.7 lists `00123` as "123", `1.10` as "1.1" and `0x10` as "16". @aws-lite/s3 0.2.7 lists the numbers 123,
# 1.1 and 16, and true for the key `true`. The server (s3rver 5.0.0) sends all four as they are.
# Why it matters: folders and keys named after store numbers are usual. The next request asks for a key that is not there, or for the
# photo of another store.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @20minutes/s3rver@5.0.0 minio@8.0.7 @aws-lite/client@0.23.7 @aws-lite/s3@0.2.7
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import S3rver from "@20minutes/s3rver";
import awsLite from "@aws-lite/client";
import { Client } from "minio";

mkdirSync("data");
const server = new S3rver({ directory: "data", address: "127.0.0.1", port: 0, silent: true, vhostBuckets: false, configureBuckets: [{ name: "photos" }] });
const { port } = await server.run();
const endpoint = `http://127.0.0.1:${port}`;
const region = "us-east-1";
const keys = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
for (const key of ["00123", "0x10", "1.10", "true"]) await fetch(`${endpoint}/photos/${key}`, { method: "PUT", body: "x" });

const minio = new Client({ endPoint: "127.0.0.1", port, useSSL: false, region, accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey });
const lite = await awsLite({ ...keys, endpoint, region, plugins: [import("@aws-lite/s3")] });
const seen = {
  "the server": [...(await (await fetch(`${endpoint}/photos?list-type=2`)).text()).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key),
  minio: (await minio.listObjectsV2("photos").toArray()).map((object) => object.name),
  "@aws-lite/s3": (await lite.S3.ListObjectsV2({ Bucket: "photos" })).Contents.map((object) => object.Key),
};
console.log(seen);
assert.deepEqual(seen, {
  "the server": ["00123", "0x10", "1.10", "true"],
  minio: ["123", "16", "1.1", "true"],
  "@aws-lite/s3": [123, 16, 1.1, true],
});
process.exit();
END
node look.mjs
