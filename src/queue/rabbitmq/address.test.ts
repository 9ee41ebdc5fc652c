import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { addressFromUrl } from "./address.ts";

describe("addressFromUrl", () => {
  it("reads every part", () => {
    assert.deepEqual(addressFromUrl("amqps://us%40er:p%2Fw@broker.example:5999/%2Fstaging"), {
      hostname: "broker.example",
      port: 5999,
      username: "us@er",
      password: "p/w",
      vhost: "/staging",
      tls: true,
      shown: "amqps://broker.example:5999/%2Fstaging",
    });
  });

  it("fills in what RabbitMQ takes for granted", () => {
    const { port, username, password, vhost, tls } = addressFromUrl("amqp://localhost");
    assert.deepEqual([port, username, password, vhost, tls], [5672, "guest", "guest", "/", false]);
    assert.equal(addressFromUrl("amqps://localhost/").port, 5671);
  });

  it("takes an IPv6 address out of its brackets", () => {
    assert.equal(addressFromUrl("amqp://[::1]:5672").hostname, "::1");
  });

  for (const [url, wanted] of [
    ["amqp://user:s3cret@", /no URL/],
    ["user:s3cret@host:5672", /another scheme/],
    ["http://user:s3cret@host", /another scheme/],
    ["amqp://user:12/s3cret@host", /an @ behind the host/],
    ["amqp://user:12#s3cret@host", /an @ behind the host/],
    ["amqp:///vhost", /no host/],
    ["amqp://user:s3cret%@host", /password with a %/],
    ["amqp://user:s3cret@host/a/b", /slash/],
  ] as const) {
    it(`says what is wrong with ${url} and keeps the password to itself`, () => {
      assert.throws(
        () => addressFromUrl(url),
        (error: unknown) => {
          assert.match(String(error), wanted);
          assert.doesNotMatch(inspect(error), /s3cret/);
          return true;
        },
      );
    });
  }
});
