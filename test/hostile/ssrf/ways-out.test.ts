/** The guard is a gate only where there is no other way out: every module that can open a connection is named here, with the reason. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../../src/", import.meta.url));

/** What connects or resolves names. Types are free, and so are the operator's own engines, whose addresses are settings. */
const WAYS_OUT: readonly RegExp[] = [
  /^import (?!type )[^;]*\bfrom "(?:undici|node:(?:dgram|dns|dns\/promises))"/m,
  /\bimport\("(?:undici|node:(?:dgram|dns|dns\/promises|net|tls|http|https|http2))"\)/,
  /^import \{[^}]*(?<!type )\b(?:connect|createConnection|Socket|request|get|Agent)\b[^}]*\} from "node:(?:net|tls|http|https|http2)"/m,
  /\bfetch\(|new (?:WebSocket|EventSource)\(/,
];

const KNOWN: Readonly<Record<string, string>> = {
  "pipeline/fetch/bucket-requests.ts": "lists and uploads of buckets, through the guard's connector",
  "pipeline/fetch/get-manifest.ts": "lists of visits for schedules, through the guard's connector",
  "pipeline/fetch/guarded-connector.ts": "the guard's own connections, for images and webhooks",
  "pipeline/fetch/post-webhook.ts": "webhooks, through the guard's connector",
  "pipeline/fetch/resolve-host.ts": "the guard's own look-ups",
};

function modules(): readonly string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/(?:^testing\/|\.test\.ts$|\.contract\.ts$|under-test\.ts$)/.test(path))
    .toSorted();
}

describe("a way out of the service", () => {
  it("is one of those that are named here", () => {
    const found = modules().filter((path) => {
      const text = readFileSync(join(SOURCE, path), "utf8");
      return WAYS_OUT.some((way) => way.test(text));
    });
    assert.deepEqual(found, Object.keys(KNOWN));
  });
});
