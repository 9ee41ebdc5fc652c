/** Sick hosts: when the breaker opens and closes, what their images are told, and that other hosts' images notice nothing. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";
import { createBreaker } from "./breaker.ts";
import { createHosts } from "./hosts.ts";
import { DEFAULT_FETCH_SETTINGS } from "./settings.ts";

const FILE: Route = { kind: "file", bytes: patternOf(1_000) };

describe("a breaker", () => {
  function setup() {
    let now = 0;
    const breaker = createBreaker({ failures: 3, openMs: 1_000, maxOpenMs: 4_000, now: () => now });
    const fail = (times: number) => {
      for (let time = 0; time < times; time += 1) breaker.failed(false);
    };
    const pass = (ms: number) => {
      now += ms;
    };
    return { breaker, fail, pass };
  }

  it("stays closed while successes come between the failures", () => {
    const { breaker, fail } = setup();
    fail(2);
    breaker.succeeded();
    fail(2);
    assert.deepEqual(breaker.admit(), { kind: "send", probe: false });
  });

  it("opens after so many failures in a row and says for how long", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(400);
    assert.deepEqual(breaker.admit(), { kind: "open", waitMs: 600 });
    assert.equal(breaker.closed, false);
  });

  it("lets one probe through and makes the others wait for its end", async () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(1_000);
    assert.deepEqual(breaker.peek(), { kind: "send", probe: true });
    assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
    const other = breaker.admit();
    assert.equal(other.kind, "probing");
    breaker.succeeded();
    if (other.kind === "probing") await other.settled;
    assert.deepEqual(breaker.admit(), { kind: "send", probe: false });
  });

  it("opens for twice as long after each failed probe, up to its limit", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    const opened: number[] = [];
    for (let probe = 0; probe < 4; probe += 1) {
      const open = breaker.admit();
      assert.ok(open.kind === "open");
      opened.push(open.waitMs);
      pass(open.waitMs);
      assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
      breaker.failed(true);
    }
    assert.deepEqual(opened, [1_000, 2_000, 4_000, 4_000]);
  });

  it("learns nothing from requests sent before it opened", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(999);
    fail(5);
    assert.deepEqual(breaker.admit(), { kind: "open", waitMs: 1 });
  });

  it("lets another probe through when one ended without a verdict", () => {
    const { breaker, fail, pass } = setup();
    fail(3);
    pass(1_000);
    breaker.admit();
    breaker.abandoned(true);
    assert.deepEqual(breaker.admit(), { kind: "send", probe: true });
  });
});

describe("what is known of hosts", () => {
  it("is bounded, and kept for those in use", async () => {
    const hosts = createHosts({ settings: DEFAULT_FETCH_SETTINGS, now: Date.now, maxHosts: 10 });
    const used = hosts.of("http://used.example");
    await used.places.acquire("job", new AbortController().signal);
    const sick = hosts.of("http://sick.example");
    for (let time = 0; time < 10; time += 1) sick.breaker.failed(false);
    for (let other = 0; other < 1_000; other += 1) hosts.of(`http://${other}.example`);
    assert.ok(hosts.size <= 10);
    assert.equal(hosts.of("http://used.example"), used);
    assert.equal(hosts.of("http://sick.example"), sick);
  });

  it("is bounded though every host is sick", () => {
    const hosts = createHosts({ settings: DEFAULT_FETCH_SETTINGS, now: Date.now, maxHosts: 10 });
    for (let other = 0; other < 100; other += 1) {
      const { breaker } = hosts.of(`http://${other}.example`);
      for (let time = 0; time < 10; time += 1) breaker.failed(false);
    }
    assert.ok(hosts.size <= 10);
  });
});

describe("what is known of a busy host", () => {
  it("outlives that of hosts asked for before it, though it rests for a moment", () => {
    const hosts = createHosts({ settings: DEFAULT_FETCH_SETTINGS, now: Date.now, maxHosts: 10 });
    const busy = hosts.of("http://busy.example");
    for (let other = 0; other < 100; other += 1) {
      hosts.of(`http://${other}.example`);
      assert.equal(hosts.of("http://busy.example"), busy);
    }
  });

  it("does not hold that ranges are ignored for more than five minutes", () => {
    let now = 0;
    const { ranges } = createHosts({ settings: DEFAULT_FETCH_SETTINGS, now: () => now }).of("http://a.example");
    assert.equal(ranges.ignored, false);
    ranges.wereIgnored();
    now += 299_999;
    assert.equal(ranges.ignored, true);
    now += 1;
    assert.equal(ranges.ignored, false);
  });
});

describe("a sick host", () => {
  let sick: ImageHost;
  let well: ImageHost;
  let fetching: TestFetching;
  before(async () => {
    sick = await startImageHost();
    well = await startImageHost({ "/a": FILE });
  });
  after(async () => {
    await sick.close();
    await well.close();
  });
  afterEach(async () => await fetching.close());

  it("is left alone once its breaker is open, and its images are told so", async () => {
    sick.route("/dead", { kind: "reset" });
    fetching = startFetching({
      settings: { breakerFailures: 4, maxAttempts: 5, backoffMs: 0, imageDeadlineMs: 20_000 },
    });
    const first = fetching.open(sick.url("/dead"));
    await assert.rejects(first.prefix(1), {
      code: "host_unavailable",
      message: /left alone for another 1000 ms after failures in a row, the last: the connection to 127\.0\.0\.1 broke/,
    });
    assert.deepEqual([sick.hits("/dead"), first.attempts()], [4, 5]);
  });

  it("costs an attempt and its open time each time an image is held back", async () => {
    sick.route("/down", { kind: "status", status: 500 });
    fetching = startFetching({ settings: { breakerFailures: 2, maxAttempts: 2, backoffMs: 0 } });
    const opener = fetching.open(sick.url("/down"));
    await assert.rejects(opener.prefix(1), { code: "http_error" });
    assert.equal(sick.hits("/down"), 2);
    const held = fetching.open(sick.url("/down"));
    await assert.rejects(held.prefix(1), { code: "http_error" });
    assert.deepEqual(fetching.waits, [0, 1_000]);
    assert.equal(sick.hits("/down"), 3);
    assert.equal(held.attempts(), 2);
  });

  it("is host_unavailable when the open time would pass an image's deadline, or its attempts", async () => {
    sick.route("/gone", { kind: "status", status: 500 });
    fetching = startFetching({ settings: { breakerFailures: 1, maxAttempts: 1, imageDeadlineMs: 900 } });
    await assert.rejects(fetching.open(sick.url("/gone")).prefix(1), { code: "http_error" });
    const held = fetching.open(sick.url("/gone"));
    await assert.rejects(held.prefix(1), { code: "host_unavailable", message: /the last: 127\.0\.0\.1 answered 500/ });
    assert.equal(held.attempts(), 1);
    assert.equal(sick.hits("/gone"), 1);
    await fetching.close();

    fetching = startFetching({ settings: { breakerFailures: 1, maxAttempts: 9, backoffMs: 0, imageDeadlineMs: 900 } });
    await assert.rejects(fetching.open(sick.url("/gone")).prefix(1), { code: "host_unavailable", message: /deadline/ });
    assert.equal(sick.hits("/gone"), 2);
  });

  it("is sent one probe, and all waiting images once that went well", async () => {
    sick.route("/recovers", { kind: "at-first", times: 2, first: { kind: "status", status: 502 }, next: FILE });
    fetching = startFetching({ settings: { breakerFailures: 2, backoffMs: 0 } });
    const images = Array.from({ length: 20 }, () => fetching.open(sick.url("/recovers")));
    const prefixes = await Promise.all(images.slice(0, 2).map((image) => image.prefix(1)));
    prefixes.push(...(await Promise.all(images.slice(2).map((image) => image.prefix(1)))));
    assert.ok(prefixes.every(({ complete }) => complete));
    assert.equal(sick.hits("/recovers"), 22);
  });

  it("gets the places back of those whom its breaker turned away at the last moment", async () => {
    sick.route("/crowd", { kind: "at-first", times: 2, first: { kind: "status", status: 502 }, next: FILE });
    fetching = startFetching({
      settings: { connections: 1, connectionsPerHost: 1, breakerFailures: 1, maxAttempts: 20, backoffMs: 0 },
    });
    const images = Array.from({ length: 5 }, () => fetching.open(sick.url("/crowd")).prefix(1));
    assert.ok((await Promise.all(images)).every(({ complete }) => complete));
    assert.equal(sick.hits("/crowd"), 7);
  });

  it("does not open its breaker by answering that files are missing", async () => {
    fetching = startFetching({ settings: { breakerFailures: 2 } });
    for (let time = 0; time < 5; time += 1) {
      await assert.rejects(fetching.open(sick.url("/missing")).prefix(1), { code: "not_found" });
    }
    assert.equal(sick.hits("/missing"), 5);
  });

  it("holds none of the places that the others need", async () => {
    sick.route("/hang", { kind: "hang" });
    fetching = startFetching({ settings: { connections: 3, connectionsPerHost: 2 } });
    const aborting = new AbortController();
    const stuck = Array.from({ length: 30 }, () => {
      const image = fetching.open(sick.url("/hang"), { lane: "sick", signal: aborting.signal });
      return assert.rejects(image.prefix(1), { name: "AbortError" });
    });
    await sick.askedTimes("/hang", 2);
    for (let time = 0; time < 10; time += 1) {
      assert.equal((await fetching.open(well.url("/a"), { lane: "well" }).prefix(1)).complete, true);
    }
    assert.equal(sick.hits("/hang"), 2);
    aborting.abort();
    await Promise.all(stuck);
  });

  it("holds no place while an image backs off from it", async () => {
    const { promise: backingOff, resolve: onBackOff } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: endBackOff } = Promise.withResolvers<void>();
    sick.route("/slow-retry", { kind: "at-first", times: 1, first: { kind: "status", status: 503 }, next: FILE });
    fetching = startFetching({
      settings: { connections: 1, connectionsPerHost: 1 },
      onWait: async () => {
        onBackOff();
        await goOn;
      },
    });
    const waiting = fetching.open(sick.url("/slow-retry")).prefix(1);
    await backingOff;
    assert.equal((await fetching.open(well.url("/a")).prefix(1)).complete, true);
    assert.equal((await fetching.open(sick.url("/slow-retry")).prefix(1)).complete, true);
    endBackOff();
    assert.equal((await waiting).complete, true);
  });
});
