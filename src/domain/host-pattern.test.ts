import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAccessTable, NO_ACCESS } from "./access-table.ts";
import { bucketAddressOf } from "./bucket-address.ts";
import type { HostAccess } from "./host-access.ts";
import { holdsFor, holdsForObject, readPattern } from "./host-pattern.ts";

function isFor(pattern: string, url: string): boolean {
  const read = readPattern(pattern);
  assert.ok(read.kind === "pattern", `${pattern} must be a pattern`);
  const address = bucketAddressOf(url);
  assert.ok(address === null || !("fault" in address), `${url} must be an address`);
  return address === null ? holdsFor(read.pattern, new URL(url)) : holdsForObject(read.pattern, address);
}

describe("a pattern of hosts", () => {
  it("is kept in one way, however it was written", () => {
    const kept = (given: string) => {
      const read = readPattern(given);
      return read.kind === "pattern" ? `${read.pattern.kind} ${read.text}` : read.problem;
    };
    assert.deepEqual(
      [
        " Photos.Example ",
        "https://photos.example:443/",
        "photos.example:8443/Private",
        "*.Example.com",
        "bücher.example",
        "[2001:DB8::1]:8443",
        "s3://Bucket_1/in/",
        "gs://*",
        "az://photos/",
      ].map(kept),
      [
        "web photos.example",
        "web photos.example",
        "web photos.example:8443/Private",
        "web *.example.com",
        "web xn--bcher-kva.example",
        "web [2001:db8::1]:8443",
        "s3 s3://Bucket_1/in/",
        "s3 gs://*",
        "azure az://photos",
      ],
    );
  });

  it("says what is wrong with a text that is none", () => {
    const problems = [
      "",
      "a b",
      "user@host",
      "host?a=1",
      "*",
      "*.com",
      "a.*.com",
      "http://host",
      "ftp://host",
      "s3://",
    ];
    for (const given of [...problems, `${"a".repeat(1_001)}`, "s3://bucket/a\u0007b", "s3://bucket/\ud800"]) {
      assert.equal(readPattern(given).kind, "problem", given);
    }
  });

  it("holds for its host and port, at http's own port as well, and for nothing like it", () => {
    assert.ok(isFor("photos.example", "https://photos.example/a.jpg"));
    assert.ok(isFor("photos.example", "http://PHOTOS.example/a.jpg"));
    assert.ok(isFor("photos.example:8443", "https://photos.example:8443/a.jpg"));
    assert.ok(isFor("photos.example:80", "http://photos.example/a.jpg"));
    for (const url of [
      "https://photos.example:8443/",
      "https://photos.example.evil.example/",
      "https://notphotos.example/",
      "https://photos.example@evil.example/",
      "https://evil.example/photos.example/",
      "https://photos.example./",
      "ftp://photos.example/",
    ]) {
      assert.equal(isFor("photos.example", url), false, url);
    }
  });

  it("holds with a star for every host below its domain and not for the domain", () => {
    assert.ok(isFor("*.example.com", "https://a.example.com/"));
    assert.ok(isFor("*.example.com", "https://a.b.example.com/"));
    assert.equal(isFor("*.example.com", "https://example.com/"), false);
    assert.equal(isFor("*.example.com", "https://notexample.com/"), false);
    assert.equal(isFor("*.example.com", "https://a.example.com.evil.example/"), false);
  });

  it("holds for whole parts of a path, as the URL is sent", () => {
    assert.ok(isFor("h.example/a", "https://h.example/a"));
    assert.ok(isFor("h.example/a", "https://h.example/a/b.jpg?c"));
    assert.ok(isFor("h.example/a/", "https://h.example/a/b.jpg"));
    for (const url of [
      "https://h.example/ab",
      "https://h.example/",
      "https://h.example/a/../b",
      "https://h.example/A/b",
    ]) {
      assert.equal(isFor("h.example/a", url), false, url);
    }
  });

  it("holds for a bucket of its own scheme", () => {
    assert.ok(isFor("s3://bucket", "s3://bucket/key"));
    assert.ok(isFor("s3://bucket/in", "s3://bucket/in/key"));
    assert.ok(isFor("gs://*", "gs://any/key"));
    assert.equal(isFor("s3://bucket", "gs://bucket/key"), false);
    assert.equal(isFor("s3://bucket", "https://bucket/key"), false);
    assert.equal(isFor("s3://bucket", "s3://bucket2/key"), false);
    assert.equal(isFor("*.example.com", "s3://a.example.com/key"), false);
  });

  it("holds for the keys of a bucket as they are written", () => {
    for (const prefix of ["date=2026-01", "a+b", "a (1)", "año", "100%25", "a b?c#d", "x/..", "$web"]) {
      assert.ok(isFor(`s3://bucket/${prefix}`, `s3://bucket/${prefix}/a.jpg`), prefix);
    }
    for (const key of ["other/../plain/x", "./plain/x", "/plain/x", "plain2/x", "PLAIN/x"]) {
      assert.equal(isFor("s3://bucket/plain", `s3://bucket/${key}`), false, key);
    }
    assert.ok(isFor("s3://bucket/plain", "s3://bucket/plain/../other/x"));
    assert.equal(isFor("s3://bucket/a%20b", "s3://bucket/a b/x"), false);
  });
});

describe("a tenant's table of access", () => {
  const row = (pattern: string): HostAccess => ({ kind: "unusable", pattern, why: "" });

  it("gives the most exact row alone", () => {
    const table = createAccessTable(
      [
        "*.example.com",
        "*.b.example.com",
        "a.example.com",
        "a.example.com/private",
        "a.example.com/private/x",
        "s3://*",
        "s3://one",
      ].map(row),
    );
    const patternFor = (url: string) => {
      const address = bucketAddressOf(url);
      assert.ok(address === null || !("fault" in address));
      return (address === null ? table.to(new URL(url)) : table.toObject(address))?.pattern ?? null;
    };
    assert.deepEqual(
      [
        "https://a.example.com/",
        "https://a.example.com/private/y",
        "https://a.example.com/private/x/y",
        "https://c.b.example.com/",
        "https://z.example.com/",
        "https://example.com/",
        "s3://one/a",
        "s3://two/a",
      ].map(patternFor),
      [
        "a.example.com",
        "a.example.com/private",
        "a.example.com/private/x",
        "*.b.example.com",
        "*.example.com",
        null,
        "s3://one",
        "s3://*",
      ],
    );
  });

  it("is nothing without rows", () => {
    assert.equal(createAccessTable([]), NO_ACCESS);
    assert.equal(NO_ACCESS.to(new URL("https://a.example")), null);
  });
});
