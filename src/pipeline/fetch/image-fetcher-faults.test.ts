/** Every way in which a host goes wrong on a real socket, and the code and the sentence that it ends with. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";

const PHOTO = patternOf(100_000);
const FILE: Route = { kind: "file", bytes: PHOTO, etag: '"v1"' };
const NOW = Date.parse("2026-11-23T12:00:00Z");

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
function open(route: Route, options: Parameters<typeof startFetching>[0] = {}, query = "") {
  paths += 1;
  const path = `/fault/${paths}`;
  host.route(path, route);
  fetching = startFetching({ now: NOW, ...options });
  return { image: fetching.open(host.url(path) + query), path };
}

describe("an answer without an image", () => {
  givenTheHost();

  const expired = "?X-Amz-Date=20261123T110000Z&X-Amz-Expires=600&X-Amz-Signature=secret";
  const fresh = "?X-Amz-Date=20261123T110000Z&X-Amz-Expires=86400&X-Amz-Signature=secret";
  for (const [status, query, code] of [
    [404, "", "not_found"],
    [410, "", "not_found"],
    [401, "", "forbidden"],
    [403, "", "forbidden"],
    [403, fresh, "forbidden"],
    [403, expired, "url_expired"],
    [400, expired, "url_expired"],
    [404, expired, "not_found"],
    [400, "", "http_error"],
    [402, "", "http_error"],
    [304, "", "http_error"],
    [300, "", "http_error"],
    [206, "", "http_error"],
    [204, "", "empty_body"],
  ] as const) {
    it(`is ${code} at ${status}${query === "" ? "" : ` for ${query === fresh ? "a signed" : "an expired"} URL`}, at once`, async () => {
      const { image, path } = open({ kind: "status", status }, {}, query);
      await assert.rejects(image.prefix(1), (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, /127\.0\.0\.1/);
        assert.doesNotMatch(error.message, /secret|\?/);
        return true;
      });
      // Some hosts refuse nothing but the range.
      assert.equal(host.hits(path), [400, 403, 206].includes(status) && code !== "url_expired" ? 2 : 1);
      assert.equal(image.attempts(), 1);
    });
  }

  for (const status of [408, 425, 500, 502, 503, 504]) {
    it(`is asked for again at ${status}`, async () => {
      const { image } = open({ kind: "at-first", times: 3, first: { kind: "status", status }, next: FILE });
      assert.equal((await image.prefix(1)).bytes.length, 1);
      assert.equal(image.attempts(), 4);
      assert.deepEqual(fetching.waits, [249, 499, 999]);
    });
  }

  it("is http_error when it stays at 503", async () => {
    const { image, path } = open({ kind: "status", status: 503 });
    await assert.rejects(image.prefix(1), {
      code: "http_error",
      message: "127.0.0.1 answered 503 Service Unavailable",
    });
    assert.equal(host.hits(path), 4);
    assert.equal(image.attempts(), 4);
  });
});

describe("a host that asks to wait", () => {
  givenTheHost();

  const limited = (retryAfter: string): Route => ({
    kind: "at-first",
    times: 1,
    first: { kind: "status", status: 429, headers: { "retry-after": retryAfter } },
    next: FILE,
  });

  it("is given the seconds it asked for", async () => {
    const { image } = open(limited("7"));
    await image.prefix(1);
    assert.deepEqual(fetching.waits, [7_000]);
  });

  it("is left alone until the date it named", async () => {
    const { image } = open(limited("Mon, 23 Nov 2026 12:00:09 GMT"));
    await image.prefix(1);
    assert.deepEqual(fetching.waits, [9_000]);
  });

  it("is asked once a second or less when its wish cannot be read", async () => {
    const { image } = open(limited("soon"));
    await image.prefix(1);
    assert.deepEqual(fetching.waits, [3_000]);
  });

  it("is asked again after a minute at the latest, and costs its image neither an attempt nor time", async () => {
    const { image, path } = open(limited("86400"));
    await image.prefix(1);
    assert.deepEqual(fetching.waits, [60_000]);
    assert.deepEqual([image.attempts(), host.hits(path)], [1, 2]);
  });
});

describe("redirects", () => {
  givenTheHost();

  it("are followed, relative and absolute, and the goal is asked directly from then on", async () => {
    host.route("/goal", FILE);
    host.route("/hop", { kind: "redirect", to: host.url("/goal"), status: 308 });
    const { image, path } = open({ kind: "redirect", to: "/hop" });
    await image.prefix(1);
    await image.whole();
    assert.deepEqual([host.hits(path), host.hits("/goal")], [1, 2]);
    assert.equal(image.attempts(), 1);
  });

  it("are followed five times and no more", async () => {
    for (let hop = 1; hop < 6; hop += 1) host.route(`/chain/${hop}`, { kind: "redirect", to: `/chain/${hop + 1}` });
    host.route("/chain/6", FILE);
    fetching = startFetching();
    assert.equal((await fetching.open(host.url("/chain/1")).prefix(1)).bytes.length, 1);
    host.route("/chain/0", { kind: "redirect", to: "/chain/1" });
    await assert.rejects(fetching.open(host.url("/chain/0")).prefix(1), {
      code: "too_many_redirects",
      message: "more than 5 redirects, the last one by 127.0.0.1",
    });
  });

  it("in a circle are named", async () => {
    host.route("/loop/a", { kind: "redirect", to: "/loop/b" });
    host.route("/loop/b", { kind: "redirect", to: "/loop/a#again" });
    fetching = startFetching();
    await assert.rejects(fetching.open(host.url("/loop/a")).prefix(1), {
      code: "too_many_redirects",
      message: /circle/,
    });
    assert.equal(host.hits("/loop/a"), 1);
  });

  for (const [to, code] of [
    ["http://169.254.169.254/latest/meta-data/", "blocked_address"],
    ["http://[::ffff:10.0.0.1]/", "blocked_address"],
    ["http://localhost/", "blocked_address"],
    ["file:///etc/passwd", "invalid_url"],
    ["http://user:password@127.0.0.1/", "invalid_url"],
    ["http://127.0.0.1:22/", "invalid_url"],
    ["http://[", "invalid_url"],
  ] as const) {
    it(`to ${to} end as ${code}`, async () => {
      const { image } = open({ kind: "redirect", to });
      await assert.rejects(image.prefix(1), { code });
      assert.equal(image.attempts(), 1);
    });
  }

  it("to a URL that may not be fetched say who named it", async () => {
    const { image } = open({ kind: "redirect", to: "http://127.0.0.1:22/?token=secret" });
    const message = "127.0.0.1 redirected to where nothing is fetched: port 22 may not be fetched from";
    await assert.rejects(image.prefix(1), { code: "invalid_url", message });
  });
});

describe("a failure behind a redirect to another host", () => {
  givenTheHost();

  let cdn: ImageHost;
  before(async () => {
    cdn = await startImageHost({ "/hang": { kind: "hang" } }, { name: "localhost" });
  });
  after(async () => await cdn.close());
  const allowHosts = ["127.0.0.1", "localhost"];
  const redirectTo = (path: string): Route => ({ kind: "redirect", to: cdn.url(`${path}?token=secret`) });

  it("names both hosts and no query", async () => {
    const { image } = open(redirectTo("/absent"), { allowHosts }, "?key=secret");
    const message = "localhost answered 404 Not Found; redirected from 127.0.0.1";
    await assert.rejects(image.prefix(1), { code: "not_found", message });
  });

  it("names both when the other host cannot be reached, after all attempts", async () => {
    const { image } = open(
      { kind: "redirect", to: "http://localhost:1/" },
      { allowHosts: [...allowHosts, "localhost:1"] },
    );
    const message = "no connection to localhost (ECONNREFUSED); redirected from 127.0.0.1";
    await assert.rejects(image.prefix(1), { code: "connect_failed", message });
    assert.equal(image.attempts(), 4);
  });

  it("names both when the image's time ends there", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { image } = open(redirectTo("/hang"), { allowHosts, settings: { imageDeadlineMs: 60_000 } });
    const message = "not fetched from localhost within 60000 ms, attempt 1 was under way; redirected from 127.0.0.1";
    const ended = assert.rejects(image.prefix(1), { code: "timeout", message });
    await cdn.askedTimes("/hang", 1);
    t.mock.timers.tick(60_000);
    await ended;
  });

  it("names both though a part had come from there already", async () => {
    cdn.route("/moved", { kind: "at-first", times: 1, first: FILE, next: { kind: "status", status: 403 } });
    const { image } = open(redirectTo("/moved"), { allowHosts });
    await image.prefix(1);
    await assert.rejects(image.whole(), { message: "localhost answered 403 Forbidden; redirected from 127.0.0.1" });
  });

  it("names the first alone when the redirect stayed with it", async () => {
    const { image } = open({ kind: "redirect", to: "/absent" });
    await assert.rejects(image.prefix(1), { message: "127.0.0.1 answered 404 Not Found" });
  });

  it("leaves an abort's reason as it is", async () => {
    const aborting = new AbortController();
    const { path } = open(redirectTo("/hang"), { allowHosts });
    const fetched = fetching.open(host.url(path), { signal: aborting.signal }).prefix(1);
    await cdn.askedTimes("/hang", 2);
    const reason = new Error("the job was cancelled");
    aborting.abort(reason);
    await assert.rejects(fetched, reason);
  });
});

describe("a connection that fails", () => {
  givenTheHost();

  const chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\nabc";
  for (const [name, route, message] of [
    ["is reset", { kind: "reset" }, "the connection to 127.0.0.1 broke (ECONNRESET)"],
    ["is closed without an answer", { kind: "close" }, "127.0.0.1 closed the connection before it had answered"],
    [
      "breaks off in the middle of a body",
      { kind: "short-body", bytes: PHOTO, sent: 50_000 },
      "127.0.0.1 broke off in the middle of a body",
    ],
    [
      "breaks off in the middle of the first header",
      { kind: "raw", text: "HTTP/1.1 200 OK\r\ncontent-le" },
      "127.0.0.1 closed the connection before it had answered",
    ],
    ["breaks off in a chunk", { kind: "raw", text: chunk }, "127.0.0.1 broke off in the middle of a body"],
  ] as const satisfies readonly (readonly [string, Route, string])[]) {
    it(`is tried again when it ${name}`, async () => {
      const { image } = open({ kind: "at-first", times: 2, first: route, next: FILE });
      assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(PHOTO));
      assert.equal(image.attempts(), 3);
    });

    it(`ends as connect_failed when it always ${name}`, async () => {
      const { image } = open(route);
      await assert.rejects(image.whole(), { code: "connect_failed", message });
      assert.equal(image.attempts(), 4);
    });
  }

  it("costs no attempt when the host had closed it while it was idle", async () => {
    const { image, path } = open(FILE);
    await image.prefix(1);
    // undici takes a connection for free one turn of the loop after its answer.
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    host.route(path, { kind: "at-first", times: 2, first: { kind: "close" }, next: FILE });
    assert.equal((await image.whole()).length, PHOTO.length);
    assert.equal(image.attempts(), 1);
    assert.deepEqual(fetching.waits, []);
  });

  it("ends as timeout when no headers come", async () => {
    const { image } = open({ kind: "hang" }, { settings: { headersMs: 20, maxAttempts: 2 } });
    await assert.rejects(image.prefix(1), { code: "timeout", message: "127.0.0.1 did not answer within 20 ms" });
    assert.equal(image.attempts(), 2);
  });

  it("ends as timeout when a body stops", async () => {
    const { image } = open(
      { kind: "hang-in-body", bytes: PHOTO, sent: 9_000 },
      { settings: { bodyIdleMs: 20, maxAttempts: 1 } },
    );
    await assert.rejects(image.whole(), { code: "timeout", message: /nothing more for 20 ms/ });
  });
});

describe("an abort", () => {
  givenTheHost();

  it("ends a request under way with the caller's reason", async () => {
    const aborting = new AbortController();
    const { path } = open({ kind: "hang" });
    const fetched = fetching.open(host.url(path), { signal: aborting.signal }).prefix(1);
    await host.askedTimes(path, 1);
    const reason = new Error("the job was cancelled");
    aborting.abort(reason);
    await assert.rejects(fetched, reason);
  });

  it("ends a body under way", async () => {
    const aborting = new AbortController();
    const { path } = open({ kind: "hang-in-body", bytes: PHOTO, sent: 9_000 });
    const image = fetching.open(host.url(path), { signal: aborting.signal });
    await image.prefix(1);
    const rest = image.whole();
    aborting.abort();
    await assert.rejects(rest, { name: "AbortError" });
    await assert.rejects(image.whole(), { name: "AbortError" });
  });

  it("ends a back-off", async () => {
    const aborting = new AbortController();
    const onWait = async () => aborting.abort();
    const { path } = open({ kind: "status", status: 500 }, { onWait });
    await assert.rejects(fetching.open(host.url(path), { signal: aborting.signal }).prefix(1), { name: "AbortError" });
    assert.equal(host.hits(path), 1);
  });

  it("before the first request means that none is made", async () => {
    const { path } = open(FILE);
    await assert.rejects(fetching.open(host.url(path), { signal: AbortSignal.abort() }).prefix(1), {
      name: "AbortError",
    });
    assert.equal(host.hits(path), 0);
  });
});
