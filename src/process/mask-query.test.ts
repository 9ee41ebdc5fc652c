import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { maskTarget, maskUrls } from "./mask-query.ts";

describe("a request's target in the log", () => {
  for (const [target, shown] of [
    ["/api/visits", "/api/visits"],
    ["/api/visits?area=7&startdate=2024-01-01", "/api/visits?area=*&startdate=*"],
    ["/x?token&a=1=2?b=3", "/x?*&a=*"],
    ["/x?", "/x?*"],
    ["http://user:password@host/x?a=1", "/x?a=*"],
    ["http://host?a=1", "?a=*"],
    ["*", "*"],
  ] as const) {
    it(`is ${shown} for ${target}`, () => assert.equal(maskTarget(target), shown));
  }

  it("is cut when it is long", () => assert.equal(maskTarget(`/${"x".repeat(9_000)}`).length, 300));
});

describe("a text in which URLs are masked", () => {
  it("keeps hosts, paths and names of parameters", () => {
    const text =
      "no answer from https://photos.example:81/a/1.jpg?X-Amz-Signature=s3cret&n=1 after 5 s, see file:///x/y.ts:3";
    const shown =
      "no answer from https://photos.example:81/a/1.jpg?X-Amz-Signature=*&n=* after 5 s, see file:///x/y.ts:3";
    assert.equal(maskUrls(text), shown);
  });

  it("shows no user and password", () => {
    assert.equal(maskUrls("postgres://u:pw@db/x and HTTP://u@h/"), "postgres://*@db/x and HTTP://*@h/");
  });

  it("stays the JSON that it was, without any value, whatever the values are", () => {
    const value = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => `s3cret${text.replaceAll(/[\s&]/g, "")}`);
    fc.assert(
      fc.property(value, value, fc.string(), (first, second, after) => {
        const url = `https://photos.example/1.jpg?a=${first}&b=${second}`;
        const masked = maskUrls(JSON.stringify({ err: { message: `failed: ${url} ${after}`, url }, last: 1 }));
        const parsed: { err: { message: string; url: string }; last: number } = JSON.parse(masked);
        assert.equal(parsed.err.url, "https://photos.example/1.jpg?a=*&b=*");
        assert.ok(!parsed.err.message.includes("s3cret"), parsed.err.message);
        assert.equal(parsed.last, 1);
      }),
    );
  });
});
