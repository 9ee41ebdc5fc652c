/** What a fetcher asks a healthy host for, and which bytes it hands out, over real sockets. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type FileRoute, type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";
import { userAgentFor } from "./settings.ts";

const KILO = 1_024;
const PHOTO = patternOf(300 * KILO);
const SMALL = patternOf(5_000, 2);

describe("fetching from a healthy host", () => {
  let host: ImageHost;
  let fetching: TestFetching;
  before(async () => {
    host = await startImageHost();
  });
  after(async () => await host.close());
  afterEach(async () => await fetching.close());

  /** Serves a file under a path of its own and opens it. */
  function open(path: string, file: Partial<FileRoute> = {}, settings = {}) {
    host.route(path, { kind: "file", bytes: PHOTO, etag: '"v1"', ...file });
    fetching = startFetching({ settings });
    return fetching.open(host.url(path));
  }
  const rangesOf = (path: string) => host.asked(path).map(({ range }) => range);

  it("asks for nothing before it is asked", () => {
    const image = open("/lazy");
    assert.equal(host.hits("/lazy"), 0);
    assert.equal(image.attempts(), 0);
    assert.equal(image.totalBytes(), null);
  });

  it("asks honestly for the first 32 K, shows what it was asked for, and learns the length", async () => {
    const image = open("/first");
    const { bytes, complete } = await image.prefix(100);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(PHOTO.subarray(0, 100)));
    assert.equal(complete, false);
    assert.equal(image.totalBytes(), PHOTO.length);
    assert.equal(image.attempts(), 1);
    const [headers] = host.asked("/first");
    assert.equal(headers?.range, "bytes=0-32767");
    assert.equal(headers?.["accept-encoding"], "identity");
    assert.match(headers?.["user-agent"] ?? "", /^Storewalk/);
  });

  it("names whom to complain to, where somebody said so", async () => {
    await open("/whom", {}, { userAgent: userAgentFor("photos@acme.example") }).prefix(1);
    const { "user-agent": agent } = host.asked("/whom")[0] ?? {};
    assert.equal(agent, "Storewalk/0.1 (store-visit image measuring; complaints to photos@acme.example)");
  });

  it("asks for no byte twice, and only if the file is the same", async () => {
    const image = open("/more");
    await image.prefix(64 * KILO);
    const { bytes } = await image.prefix(256 * KILO);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(PHOTO.subarray(0, 256 * KILO)));
    await image.prefix(200 * KILO);
    assert.deepEqual(rangesOf("/more"), ["bytes=0-65535", "bytes=65536-262143"]);
    assert.equal(host.asked("/more")[1]?.["if-range"], '"v1"');
  });

  it("asks for the end alone", async () => {
    const image = open("/tail");
    await image.prefix(1);
    assert.deepEqual(Buffer.from(await image.tail(4_096)), Buffer.from(PHOTO.subarray(-4_096)));
    await image.tail(100);
    assert.deepEqual(rangesOf("/tail"), ["bytes=0-32767", `bytes=${PHOTO.length - 4_096}-${PHOTO.length - 1}`]);
  });

  it("asks for the last bytes of a file whose length it does not know", async () => {
    const image = open("/suffix");
    assert.deepEqual(Buffer.from(await image.tail(4_096)), Buffer.from(PHOTO.subarray(-4_096)));
    assert.deepEqual(rangesOf("/suffix"), ["bytes=-4096"]);
    assert.equal(image.totalBytes(), PHOTO.length);
  });

  it("completes the file instead of asking for its end when little is missing", async () => {
    const bytes = PHOTO.subarray(0, 90 * KILO);
    const image = open("/rest", { bytes });
    await image.prefix(1);
    assert.deepEqual(Buffer.from(await image.tail(10)), Buffer.from(bytes.subarray(-10)));
    const whole = await image.whole();
    assert.deepEqual(Buffer.from(whole), Buffer.from(bytes));
    assert.equal(host.hits("/rest"), 2);
  });

  it("gets a tail that is longer than what is missing", async () => {
    const image = open("/long-tail");
    await image.prefix(1);
    assert.deepEqual(Buffer.from(await image.tail(290 * KILO)), Buffer.from(PHOTO.subarray(-290 * KILO)));
    assert.equal((await image.tail(999 * KILO)).length, PHOTO.length);
  });

  it("fetches a small file with one request, whatever is asked of it", async () => {
    const image = open("/small", { bytes: SMALL });
    assert.equal((await image.prefix(10)).complete, true);
    assert.equal((await image.tail(4_096)).length, 4_096);
    assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(SMALL));
    assert.equal(host.hits("/small"), 1);
  });

  it("fetches each file of a host that has small ones with one request, once it knows the first of them", async () => {
    open("/many-small", { bytes: PHOTO.subarray(0, 44 * KILO) });
    for (let time = 0; time < 20; time += 1) {
      const image = fetching.open(host.url("/many-small"));
      const { complete } = await image.prefix(8 * KILO);
      if (!complete) await image.prefix(20 * KILO);
      assert.equal((await image.tail(4_096)).length, 4_096);
      image.release();
    }
    assert.equal(host.hits("/many-small"), 21);
  });

  it("fetches the whole file, with and without a beginning", async () => {
    const image = open("/whole");
    assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(PHOTO));
    assert.deepEqual(rangesOf("/whole"), [undefined]);
    const begun = fetching.open(host.url("/whole"));
    await begun.prefix(1);
    await begun.tail(10);
    assert.deepEqual(Buffer.from(await begun.whole()), Buffer.from(PHOTO));
    assert.equal(host.hits("/whole"), 4);
  });

  for (const [name, file] of [
    ["ignores ranges", { ranges: "ignored" }],
    ["ignores ranges and does not tell the length", { ranges: "ignored", chunked: true }],
    ["refuses ranges", { ranges: "refused" }],
    ["hides the length", { ranges: "unknown-total" }],
    ["sends parts in chunks", { chunked: true }],
  ] as const satisfies readonly (readonly [string, Partial<FileRoute>])[]) {
    it(`gets beginning, end and all of a file from a host that ${name}`, async () => {
      const image = open(`/odd/${name.replaceAll(" ", "-")}`, file);
      const { bytes } = await image.prefix(70 * KILO);
      assert.deepEqual(Buffer.from(bytes), Buffer.from(PHOTO.subarray(0, bytes.length)));
      assert.ok(bytes.length >= 70 * KILO);
      assert.deepEqual(Buffer.from(await image.tail(4_096)), Buffer.from(PHOTO.subarray(-4_096)));
      assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(PHOTO));
      assert.equal(image.totalBytes(), PHOTO.length);
      assert.equal(image.attempts(), 1);
    });
  }

  it("completes a file of hidden length from where it is, without asking for a byte twice", async () => {
    const image = open("/hidden", { ranges: "unknown-total" });
    await image.prefix(1);
    assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(PHOTO));
    assert.deepEqual(rangesOf("/hidden"), ["bytes=0-32767", "bytes=32768-", `bytes=${PHOTO.length}-`]);
  });

  it("reads a body that is whole already on to its end with no second request", async () => {
    const image = open("/flowing", { ranges: "ignored" });
    const { bytes, complete } = await image.prefix(1);
    assert.ok(!complete && bytes.length < PHOTO.length);
    assert.deepEqual(Buffer.from(await image.tail(10)), Buffer.from(PHOTO.subarray(-10)));
    assert.equal(host.hits("/flowing"), 1);
  });

  it("remembers a host that ignores ranges and does not ask it for parts again", async () => {
    const image = open("/forgetful/a", { ranges: "ignored" });
    await image.whole();
    await fetching.open(host.url("/forgetful/a")).prefix(1);
    const next = fetching.open(host.url("/forgetful/a"));
    await next.prefix(1);
    assert.deepEqual(rangesOf("/forgetful/a"), [undefined, "bytes=0-32767", undefined]);
  });

  it("asks such a host for parts again once it says that it serves them", async () => {
    await open("/mended", { ranges: "ignored" }).whole();
    const ask = async () => await fetching.open(host.url("/mended")).prefix(1);
    await ask();
    host.route("/mended", { kind: "file", bytes: PHOTO });
    await ask();
    await ask();
    assert.deepEqual(rangesOf("/mended"), [undefined, "bytes=0-32767", undefined, "bytes=0-32767"]);
  });

  it("asks such a host for parts again after a while", async () => {
    await open("/awhile", { ranges: "ignored" }).whole();
    const ask = async () => await fetching.open(host.url("/awhile")).prefix(1);
    await ask();
    await ask();
    await fetching.clock.sleep(300_000, new AbortController().signal);
    await ask();
    assert.deepEqual(rangesOf("/awhile"), [undefined, "bytes=0-32767", undefined, "bytes=0-32767"]);
  });

  it("uses connections again", async () => {
    const before = host.connections();
    open("/reuse");
    for (let time = 0; time < 10; time += 1) {
      const image = fetching.open(host.url("/reuse"));
      await image.prefix(1);
      await image.tail(10);
    }
    assert.equal(host.hits("/reuse"), 20);
    assert.ok(host.connections() - before <= 2);
  });

  it("starts over when the file changed before any byte was handed out", async () => {
    const newer = patternOf(PHOTO.length, 3);
    const crumb: Route = { kind: "wrong-range", contentRange: "bytes 0-9/200", bytes: PHOTO.subarray(0, 10) };
    const image = open("/changed-early");
    host.route("/changed-early", { kind: "at-first", times: 1, first: crumb, next: { kind: "file", bytes: newer } });
    const { bytes } = await image.prefix(64 * KILO);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(newer.subarray(0, 64 * KILO)));
    assert.deepEqual(rangesOf("/changed-early"), ["bytes=0-65535", "bytes=10-199", "bytes=0-65535"]);
  });

  it("does not go on with the beginning of a newer file after the end of an older one", async () => {
    const image = open("/changed-end");
    await image.tail(4_096);
    host.route("/changed-end", { kind: "file", bytes: patternOf(PHOTO.length, 3), etag: '"v2"' });
    await assert.rejects(image.prefix(1), { code: "corrupt", message: /changed while it was being read/ });
  });

  for (const ranges of ["honoured", "ignored"] as const) {
    it(`never mixes two versions of a file when ranges are ${ranges}`, async () => {
      const path = `/changed-late/${ranges}`;
      const image = open(path);
      await image.prefix(1);
      host.route(path, { kind: "file", bytes: patternOf(PHOTO.length, 4), etag: '"v2"', ranges });
      await assert.rejects(image.whole(), { code: "corrupt" });
    });
  }

  it("goes on when a host stops serving ranges in the middle of an unchanged file", async () => {
    const image = open("/weak", { etag: 'W/"v1"' });
    await image.prefix(1);
    host.route("/weak", { kind: "file", bytes: PHOTO, ranges: "ignored" });
    assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(PHOTO));
    assert.equal(host.asked("/weak")[1]?.["if-range"], undefined);
  });

  it("does not fetch more than the limit", async () => {
    const limit = { maxImageBytes: 100 * KILO };
    for (const file of [{}, { ranges: "ignored" }, { ranges: "ignored", chunked: true }, { chunked: true }] as const) {
      const image = open("/large", file, limit);
      await assert.rejects(image.whole(), { code: "body_too_large", message: /at most 102400/ });
      await assert.rejects(image.prefix(200 * KILO), { code: "body_too_large" });
      await fetching.close();
    }
  });

  it("still tells the beginning of a file that is over the limit", async () => {
    const image = open("/large-head", {}, { maxImageBytes: 100 * KILO });
    assert.equal((await image.prefix(1_000)).bytes.length, 1_000);
  });

  for (const ranges of ["honoured", "ignored", "refused"] as const) {
    it(`names an empty file when ranges are ${ranges}`, async () => {
      const image = open(`/empty/${ranges}`, { bytes: new Uint8Array(0), ranges });
      await assert.rejects(image.prefix(1), { code: "empty_body" });
      assert.equal(image.attempts(), 1);
    });
  }

  it("names a bad URL without a request", async () => {
    fetching = startFetching();
    const image = fetching.open("http://user@a.example/a.jpg");
    await assert.rejects(image.prefix(1), { code: "invalid_url" });
  });
});
