import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { receivedCookies } from "./cookies.ts";
import { AT_HOME, wayBehind } from "./way.ts";

const isHome = (from: string, to: string) => wayBehind(AT_HOME, new URL(from), new URL(to), {}).isHome;

describe("the way of an image's requests", () => {
  it("is at home within its origin, and where its own host leads from http to https", () => {
    assert.ok(isHome("https://h.example/a", "https://h.example/b"));
    assert.ok(isHome("https://h.example:8443/a", "https://h.example:8443/b"));
    assert.ok(isHome("http://h.example/a", "https://h.example/a"));
    for (const [from, to] of [
      ["https://h.example/a", "http://h.example/a"],
      ["https://h.example/a", "https://h.example:8443/a"],
      ["http://h.example:8080/a", "https://h.example/a"],
      ["http://h.example/a", "https://h.example:8443/a"],
      ["http://h.example/a", "https://www.h.example/a"],
      ["https://h.example/a", "https://h.example./a"],
    ] as const) {
      assert.equal(isHome(from, to), false, `${from} to ${to}`);
    }
  });

  it("never comes home again", () => {
    const [home, other] = [new URL("https://h.example/"), new URL("https://other.example/")];
    assert.equal(wayBehind(wayBehind(AT_HOME, home, other, {}), other, home, {}).isHome, false);
  });
});

describe("cookies that were received", () => {
  it("take the place of those of their name, and go when they are ended", () => {
    assert.equal(receivedCookies("", undefined), "");
    assert.equal(receivedCookies("a=1; b=2", undefined), "a=1; b=2");
    assert.equal(receivedCookies("a=1; b=2", ["b=3; Secure", "c = 4 ; Path=/"]), "a=1; b=3; c=4");
    assert.equal(receivedCookies("a=1; b=2", "a=gone; Max-Age=0; Path=/"), "b=2");
    assert.equal(receivedCookies("a=1", "a=gone; max-age=-1"), "");
    assert.equal(receivedCookies("", 'a="quoted"'), 'a="quoted"');
  });

  it("are left out where they are no cookies, and where they are too many or too long", () => {
    for (const odd of ["", "=1", "a", "a b=1", "ä=1", "a=\u00e4", "a=1\u0007"])
      assert.equal(receivedCookies("", odd), "", odd);
    const many = Array.from({ length: 30 }, (_, no) => `c${no}=1`);
    assert.equal(receivedCookies("", many).split("; ").length, 20);
    assert.equal(receivedCookies("a=1", `b=${"x".repeat(5_000)}`), "a=1");
  });
});
