#!/usr/bin/env bash
# Guess: a library that signs requests to S3 asks for the key that it was given.
# What came (aws4fetch 1.0.20): the key goes through a URL, which resolves dots: for `visits/../b.jpg` it signs, rightly, a
# request for `b.jpg`. `%2E%2E` is resolved as well. @smithy/signature-v4 5.7.5 and aws4 1.13.2 sign the path as it stands.
# Why it matters: keys may have such parts (S3 takes them literally). Another object is read without any error, or a missing
# one is reported under a name that was never asked for.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws4fetch@1.0.20 aws4@1.13.2
cat >look.mjs <<'JS'
import aws4 from "aws4";
import { AwsV4Signer } from "aws4fetch";

const secrets = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };
const pathOf = async (path) => {
  const signer = new AwsV4Signer({ url: `https://bucket.example${path}`, ...secrets, service: "s3", region: "us-east-1" });
  return (await signer.sign()).url.pathname;
};
const seen = {
  "aws4fetch, ..": await pathOf("/visits/../b.jpg"),
  "aws4fetch, %2E%2E": await pathOf("/visits/%2E%2E/b.jpg"),
  "aws4, ..": aws4.sign({ host: "bucket.example", path: "/visits/../b.jpg", service: "s3", region: "us-east-1" }, secrets).path,
};
console.log(seen);
const same =
  seen["aws4fetch, .."] === "/b.jpg" &&
  seen["aws4fetch, %2E%2E"] === "/b.jpg" &&
  seen["aws4, .."] === "/visits/../b.jpg";
process.exit(same ? 0 : 1);
JS
node look.mjs
