/** Sick hosts: what their images are told, and that other hosts' images notice nothing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "node:test";
import { ImageFault } from "../../domain/error-codes.ts";
import { systemClock } from "../../process/clock.ts";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";
import { createHosts, type Host } from "./hosts.ts";
import { createPaceMemory, openPaceTable } from "./pace-table.ts";
import { DEFAULT_FETCH_SETTINGS } from "./settings.ts";

const FILE: Route = { kind: "file", bytes: patternOf(1_000) };
const never = new AbortController().signal;

async function failTenTimes({ gate }: Host): Promise<void> {
  for (let time = 0; time < 10; time += 1) {
    const pass = await gate.enter("job", never, "behind");
    pass.leave({ kind: "failed", answered: false, repeated: false, trouble: "no connection" });
  }
}

type End = { readonly code: string; readonly detail: string; readonly attempts: number };

/** Asks for all at once. */
async function endsOf(fetching: TestFetching, urls: readonly string[]): Promise<readonly End[]> {
  return await Promise.all(
    urls.map(async (url): Promise<End> => {
      const image = fetching.open(url);
      try {
        await image.prefix(1);
        return { code: "", detail: "", attempts: image.attempts() };
      } catch (error) {
        if (!(error instanceof ImageFault)) throw error;
        return { code: error.code, detail: error.message, attempts: image.attempts() };
      }
    }),
  );
}

describe("what is known of hosts", () => {
  it("is bounded, and kept for those in use", async () => {
    const hosts = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: systemClock,
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
      maxHosts: 10,
    });
    const used = hosts.of("http://used.example");
    await used.gate.enter("job", never, "behind");
    const sick = hosts.of("http://sick.example");
    await failTenTimes(sick);
    for (let other = 0; other < 1_000; other += 1) hosts.of(`http://${other}.example`);
    assert.ok(hosts.size <= 10);
    assert.equal(hosts.of("http://used.example"), used);
    assert.equal(hosts.of("http://sick.example"), sick);
  });

  it("tells a host that is waited for by enough from those that are not", async () => {
    const hosts = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: systemClock,
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
    });
    const { gate } = hosts.of("http://busy.example:81");
    const ending = new AbortController();
    const enter = () => gate.enter("job", ending.signal, "behind").catch(() => null);
    const entered = Array.from({ length: gate.reading.places + 7 }, enter);
    const isCrowded = hosts.crowdOf("busy.example:81");
    assert.equal(isCrowded(), false);
    entered.push(enter());
    assert.equal(isCrowded(), true);
    assert.deepEqual([hosts.crowdOf("busy.example")(), hosts.crowdOf("other.example")()], [false, false]);
    (await entered[0])?.leave({ kind: "silent" });
    assert.equal(isCrowded(), false);
    ending.abort();
    await Promise.all(entered);
  });

  it("has no timer for a host that nobody waits for any more", async () => {
    const looks: AbortSignal[] = [];
    const { gate } = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: {
        now: () => 0,
        async sleep(_ms, signal) {
          looks.push(signal);
          await once(signal, "abort");
        },
      },
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
    }).of("http://busy.example");
    const pass = await gate.enter("job", never, "behind");
    pass.leave({ kind: "refused", waitMs: 60_000, asks: true, overtaken: false, trouble: "busy" });
    const ending = new AbortController();
    const waiting = gate.enter("job", ending.signal, "behind");
    assert.deepEqual(
      looks.map(({ aborted }) => aborted),
      [false],
    );
    ending.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.deepEqual(
      looks.map(({ aborted }) => aborted),
      [true],
    );
  });

  it("is bounded though every host is sick", async () => {
    const hosts = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: systemClock,
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
      maxHosts: 10,
    });
    for (let other = 0; other < 100; other += 1) await failTenTimes(hosts.of(`http://${other}.example`));
    assert.ok(hosts.size <= 10);
  });
});

describe("what is known of a busy host", () => {
  it("outlives that of hosts asked for before it, though it rests for a moment", () => {
    const hosts = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: systemClock,
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
      maxHosts: 10,
    });
    const busy = hosts.of("http://busy.example");
    for (let other = 0; other < 100; other += 1) {
      hosts.of(`http://${other}.example`);
      assert.equal(hosts.of("http://busy.example"), busy);
    }
  });

  it("does not hold that ranges are ignored for more than five minutes", () => {
    let now = 0;
    const { ranges } = createHosts({
      settings: DEFAULT_FETCH_SETTINGS,
      clock: { ...systemClock, now: () => now },
      paces: openPaceTable(createPaceMemory(1), 0),
      onHostGivenUp: () => {},
    }).of("http://a.example");
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

  it("is left alone while its breaker is open, which costs its images no attempt", async () => {
    sick.route("/dead", { kind: "reset" });
    fetching = startFetching({ settings: { breakerFailures: 2, maxAttempts: 2, backoffMs: 0 } });
    const opener = fetching.open(sick.url("/dead"));
    await assert.rejects(opener.prefix(1), { code: "connect_failed" });
    const held = fetching.open(sick.url("/dead"));
    await assert.rejects(held.prefix(1), { code: "connect_failed" });
    assert.deepEqual(fetching.waits, [0, 1_000, 0, 2_000]);
    assert.deepEqual([sick.hits("/dead"), opener.attempts(), held.attempts()], [4, 2, 2]);
  });

  it("does not stop its images' time by failing them, but by having them wait", async () => {
    sick.route("/dead", { kind: "reset" });
    fetching = startFetching({
      settings: { breakerFailures: 1, maxAttempts: 3, backoffMs: 0, imageDeadlineMs: 60_000, breakerOpenMs: 600_000 },
    });
    const image = fetching.open(sick.url("/dead"));
    await assert.rejects(image.prefix(1), { code: "connect_failed", message: /broke \(ECONNRESET\)|closed/ });
    assert.equal(image.attempts(), 3);
  });

  it("is given up when it never answers well: who was asked for tells its own failure, the others the host's last", async () => {
    sick.route("/silent", { kind: "reset" });
    fetching = startFetching({ settings: { connectionsPerHost: 2, maxAttempts: 4 } });
    const ends = await endsOf(fetching, Array<string>(100).fill(sick.url("/silent")));
    const asked = ends.filter(({ attempts }) => attempts > 0);
    assert.equal(
      sick.hits("/silent"),
      asked.reduce((sum, { attempts }) => sum + attempts, 0),
    );
    assert.deepEqual(new Set(asked.map(({ code }) => code)), new Set(["connect_failed"]));
    const never = ends.filter(({ attempts }) => attempts === 0);
    assert.ok(never.length > 50, `${never.length}`);
    for (const { code, detail } of never) {
      assert.equal(code, "host_unavailable");
      assert.match(detail, /^127\.0\.0\.1 was given up after \d+ s without a good answer, the last failure: .*127/);
    }
  });

  it("is asked again by one image half a minute after it was given up", async () => {
    sick.route("/dead", { kind: "reset" });
    const told: string[] = [];
    fetching = startFetching({
      settings: { breakerFailures: 1, hostGiveUpMs: 3_000, maxAttempts: 20, backoffMs: 0 },
      onHostGivenUp: (sentence) => void told.push(sentence),
    });
    await assert.rejects(fetching.open(sick.url("/dead")).prefix(1), {
      code: "connect_failed",
      message: /; not asked again, as its host was given up$/,
    });
    await assert.rejects(fetching.open(sick.url("/dead")).prefix(1), { code: "host_unavailable" });
    await fetching.clock.sleep(30_000, never);
    await assert.rejects(fetching.open(sick.url("/dead")).prefix(1), { code: "connect_failed" });
    assert.equal(told.length, 1);
    await fetching.clock.sleep(30_000, never);
    sick.route("/dead", FILE);
    assert.equal((await fetching.open(sick.url("/dead")).prefix(1)).complete, true);
  });

  it("that answers well now and then is waited for", async () => {
    sick.route("/now-and-then", FILE);
    fetching = startFetching({ settings: { breakerFailures: 1, maxAttempts: 99, backoffMs: 0 } });
    await fetching.open(sick.url("/now-and-then")).prefix(1);
    sick.route("/now-and-then", { kind: "at-first", times: 8, first: { kind: "reset" }, next: FILE });
    assert.equal((await fetching.open(sick.url("/now-and-then")).prefix(1)).complete, true);
    assert.ok(fetching.waits.reduce((sum, ms) => sum + ms, 0) > 30_000);
  });

  it("is not taken for its sick files: they fail as their own, the well ones are served", async () => {
    sick.route("/sick", { kind: "status", status: 500 });
    sick.route("/well", FILE);
    fetching = startFetching();
    for (const order of [
      [...Array<string>(60).fill("/sick"), ...Array<string>(60).fill("/well")],
      Array.from({ length: 120 }, (_, no) => (no % 2 === 0 ? "/sick" : "/well")),
    ]) {
      const ends = await endsOf(
        fetching,
        order.map((path) => sick.url(path)),
      );
      for (const [no, { code, attempts }] of ends.entries()) {
        assert.deepEqual([code, attempts], order[no] === "/sick" ? ["http_error", 4] : ["", 1]);
      }
    }
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
