import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createUrlJudge } from "./judge-url.ts";

const judge = createUrlJudge(["10.0.0.5:8080"]);

describe("a URL judged by its text", () => {
  for (const [url, code, detail] of [
    ["ftp://cdn.example/a.jpg", "invalid_url", /scheme must be http or https, got "ftp"/],
    ["file:shelf.jpg", "invalid_url", /scheme must be http or https, got "file"/],
    ["not a url", "invalid_url", /not a URL/],
    ["https://", "invalid_url", /not a URL/],
    ["https://cdn.example:25/a.jpg", "invalid_url", /port 25/],
    [
      "http://10.0.0.6/a.jpg",
      "blocked_address",
      /10\.0\.0\.6 is not a host on the public internet; an operator may allow it in STOREWALK_ALLOW_HOSTS$/,
    ],
    ["http://[::1]/a.jpg", "blocked_address", /::1 is not a host/],
    ["http://0x7f.1/a.jpg", "blocked_address", /127\.0\.0\.1 is not a host/],
    ["http://LOCALHOST/a.jpg", "blocked_address", /localhost is not a host/],
    ["http://photos.localhost./a.jpg", "blocked_address", /photos\.localhost is not/],
  ] as const) {
    it(`would fail as ${code}: ${url}`, () => {
      const fault = judge(url);
      assert.equal(fault?.code, code);
      assert.match(fault?.detail ?? "", detail);
    });
  }

  for (const url of [
    "https://cdn.example/shelf 3.jpg",
    " https://cdn.example/a.jpg\r\n",
    "http://10.0.0.5:8080/a.jpg",
    "http://8.8.8.8/a.jpg",
    "s3://bucket/key.jpg",
    "upload:aa/1.jpg",
  ]) {
    it(`may be fetched: ${JSON.stringify(url)}`, () => assert.equal(judge(url), null));
  }
});
