/** Hosts that never end, that lie, or that send what nobody wants: each meets a limit, on a real socket. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";

const PHOTO = patternOf(100_000);
const FILE: Route = { kind: "file", bytes: PHOTO, etag: '"v1"' };

type Answer = Extract<Route, { kind: "custom" }>["answer"];

let host: ImageHost;
let fetching: TestFetching;
/** In each group for itself: a hook of the whole file would be one of every file that shares its process. */
function givenTheHost(): void {
  before(async () => {
    host = await startImageHost();
  });
  after(async () => await host.close());
  afterEach(async () => await fetching.close());
}

let paths = 0;
/** Serves the route under a path of its own and opens it. */
function open(route: Route, options: Parameters<typeof startFetching>[0] = {}) {
  paths += 1;
  const path = `/hostile/${paths}`;
  host.route(path, route);
  fetching = startFetching(options);
  return { image: fetching.open(host.url(path)), path };
}

describe("a host that never comes to an end", () => {
  givenTheHost();

  it("is left at the image's deadline", async () => {
    const { image } = open({ kind: "hang" }, { settings: { imageDeadlineMs: 30 } });
    await assert.rejects(image.prefix(1), {
      code: "timeout",
      message: "not fetched from 127.0.0.1 within 30 ms, attempt 1 was under way",
    });
  });

  it("is left at the deadline though it drips on and on", async () => {
    const route: Route = { kind: "drip", length: 1_000, onAsked: (send) => send(Uint8Array.of(1, 2, 3)) };
    const { image } = open(route, { settings: { imageDeadlineMs: 300 } });
    await assert.rejects(image.whole(), { code: "timeout", message: /within 300 ms/ });
  });

  it("is left after some interim answers", async () => {
    const { image } = open({ kind: "endless", what: "early-hints" });
    await assert.rejects(image.prefix(1), { code: "http_error", message: "127.0.0.1 sent 17 interim answers (1xx)" });
    assert.equal(image.attempts(), 1);
  });

  it("is left when chunk extensions alone go over the limit on the wire", async () => {
    const { image } = open({ kind: "endless", what: "chunk-extension" }, { maxWireBytes: 300_000 });
    await assert.rejects(image.prefix(1), {
      code: "body_too_large",
      message: /more than 300000 bytes for one request, .*\(STOREWALK_MAX_IMAGE_BYTES\)$/,
    });
  });

  it("is left when the body goes over the limit", async () => {
    const { image } = open({ kind: "endless", what: "body" }, { settings: { maxImageBytes: 500_000 } });
    await assert.rejects(image.whole(), {
      code: "body_too_large",
      message: "the file does not end after 500000 bytes, at most 500000 are allowed (STOREWALK_MAX_IMAGE_BYTES)",
    });
  });

  it("is left when its headers are too long", async () => {
    const { image } = open({ kind: "header-bomb", bytes: 40_000 });
    await assert.rejects(image.prefix(1), {
      code: "http_error",
      message: "127.0.0.1 sent more than 16384 bytes of headers",
    });
    assert.equal(image.attempts(), 1);
  });

  it("counts each request's bytes on the wire afresh", async () => {
    const { image, path } = open(FILE, { maxWireBytes: 120_000 });
    await image.whole();
    for (let time = 0; time < 3; time += 1) await fetching.open(host.url(path)).whole();
    assert.equal(host.hits(path), 4);
  });
});

describe("a body that nobody wants", () => {
  givenTheHost();

  // With one place a host's next request waits until the connection is free again or gone.
  const settings = { connectionsPerHost: 1 };

  for (const [length, connections] of [
    [9_000, 1],
    [5_000_000, 2],
  ] as const) {
    it(`of ${length} bytes costs the next request ${connections === 1 ? "no" : "a"} new connection`, async () => {
      const answer: Answer = (_request, response) => response.writeHead(404).end(new Uint8Array(length));
      const { image, path } = open({ kind: "custom", answer }, { settings });
      const before = host.connections();
      await assert.rejects(image.prefix(1), { code: "not_found" });
      await assert.rejects(fetching.open(host.url(path)).prefix(1), { code: "not_found" });
      assert.equal(host.connections() - before, connections);
    });
  }

  it("gives up its place by the next turn of the loop, though it has not come to its end", async () => {
    const route: Route = { kind: "drip", length: 1_000_000, onAsked: (send) => send(PHOTO) };
    const { image } = open(route, { settings });
    await image.prefix(1);
    host.route("/next", FILE);
    assert.equal((await fetching.open(host.url("/next")).whole()).length, PHOTO.length);
  });
});

describe("a host that lies", () => {
  givenTheHost();

  for (const [contentRange, length] of [
    ["bytes 1-65536/100000", 65_536],
    ["bytes 1-65535/100000", 65_535],
    ["bytes 0-99999/100000", 100_000],
    ["bytes 0-65535/65535", 65_536],
    ["bytes 65535-0/100000", 65_536],
    ["pixels 0-65535/100000", 65_536],
    ["bytes */100000", 65_536],
    ["nonsense", 65_536],
    ["bytes 0-9/100000", 65_536],
  ] as const) {
    it(`about its range with "${contentRange}" is not believed`, async () => {
      const { image } = open({ kind: "wrong-range", contentRange, bytes: PHOTO.subarray(0, length) });
      await assert.rejects(image.prefix(1), { code: "http_error" });
    });
  }

  for (const lengths of ["5\r\ncontent-length: 6", "5, 5", "5\r\ntransfer-encoding: chunked", "9".repeat(30)]) {
    it(`about its length (${JSON.stringify(lengths)}) is named, and asked again`, async () => {
      const { image } = open({ kind: "raw", text: `HTTP/1.1 200 OK\r\ncontent-length: ${lengths}\r\n\r\nhello` });
      const message = "127.0.0.1 sent headers whose lengths contradict each other, or that break off";
      await assert.rejects(image.prefix(1), { code: "http_error", message });
      assert.equal(image.attempts(), 4);
    });
  }

  for (const [name, head] of [
    ["000", "HTTP/1.1 000 Nothing"],
    ["099", "HTTP/1.1 099 Nothing"],
    ["an unasked 100", "HTTP/1.1 100 Continue"],
    ["an unasked 101", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade"],
    ["a 101 to nothing", "HTTP/1.1 101 Switching Protocols"],
  ] as const) {
    it(`about its status with ${name} is named, once`, async () => {
      const { image } = open({ kind: "raw", text: `${head}\r\n\r\n` });
      const message = "127.0.0.1 answered with a status below 102, which is no answer to a GET";
      await assert.rejects(image.prefix(1), { code: "http_error", message });
      assert.equal(image.attempts(), 1);
    });
  }

  it("about how much it sends is taken for broken off", async () => {
    const { image } = open({ kind: "wrong-range", contentRange: "bytes 0-32767/100000", bytes: PHOTO.subarray(0, 9) });
    await assert.rejects(image.prefix(1), {
      code: "connect_failed",
      message: "127.0.0.1 broke off after 9 of 32768 bytes",
    });
  });

  it("with a 206 to a request without range is not believed", async () => {
    const { image } = open({ kind: "wrong-range", contentRange: "bytes 0-9/10", bytes: PHOTO.subarray(0, 10) });
    await assert.rejects(image.whole(), { code: "http_error", message: /the whole file/ });
  });

  it("and compresses what was asked for plain is refused, not inflated", async () => {
    const { image } = open({ kind: "gzip", bytes: new Uint8Array(1_000_000) });
    await assert.rejects(image.prefix(1), { code: "http_error", message: /encoding "gzip"/ });
  });

  for (const text of ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 2OO OK\r\n\r\n", "\u0000\u0001\u0002\u0003"]) {
    it(`and speaks no HTTP (${JSON.stringify(text)}) is named`, async () => {
      const { image } = open({ kind: "raw", text });
      await assert.rejects(image.prefix(1), { code: "http_error", message: /does not answer in HTTP/ });
    });
  }
});
