/**
 * Whether any text that a client submits makes the real service connect where it must not. Runs in a network that owns every address, so that each
 * connection arrives somewhere: at a public address that is listed here, or at a canary.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, isIP } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Result, StorewalkError } from "../../../sdk/src/client.ts";
import { PRIVATE_HOSTS } from "../../../src/testing/private-hosts.ts";
import { HOSTILE_URLS, type HostileUrl, locationOf } from "./hostile-urls.ts";
import { enterOwnNetwork } from "./own-network.ts";
import { PUBLIC_EDGES, urlHost } from "./public-addresses.ts";
import {
  codeOfDelivery,
  HONEST,
  inTurns,
  openNetwork,
  openService,
  PHOTO,
  resultsOf,
  runJob,
  thumbnailOf,
  triedDeliveries,
  visitOf,
  type World,
} from "./world.ts";

const { skip } = enterOwnNetwork(import.meta.url);

const REDIRECTS = [301, 302, 303, 307, 308];
const REDIRECTABLE = HOSTILE_URLS.filter(({ redirected }) => redirected !== null);
const EDGE_PHOTOS = PUBLIC_EDGES.map((address) => `http://${urlHost(address)}/photo.png`);
const REBINDING = Array.from({ length: 20 }, (_, no) => no);
const rebinding = (way: string, no: number) => `rebinding-${way}${no}.test`;
const LOCATIONS = [
  ...REDIRECTABLE.map(({ url }) => locationOf(url)),
  ...EDGE_PHOTOS,
  ...REBINDING.map((no) => `http://${rebinding("hop", no)}/photo.png`),
];
const FIRST_EDGE = REDIRECTABLE.length;
const FIRST_REBINDING = FIRST_EDGE + EDGE_PHOTOS.length;
const ENDPOINTS_AT_A_TIME = 100;

/** URLs that came out otherwise than they must, as `url: code`. */
function surprises(expected: readonly (string | null)[], urls: readonly string[], codes: readonly (string | null)[]) {
  assert.equal(codes.length, urls.length);
  return urls.flatMap((url, no) => (codes[no] === expected[no] ? [] : [`${url}: ${codes[no]}, not ${expected[no]}`]));
}

const codesOf = (results: readonly { readonly code: string | null }[]) => results.map(({ code }) => code);

const ends: (() => void)[] = [];
const ending = { after: (end: () => void) => void ends.unshift(end) };
let world: World;

before(async () => {
  if (skip) return;
  const network = await openNetwork(ending, LOCATIONS);
  world = { ...network, ...(await openService(ending)) };
});
after(() => {
  for (const end of ends) end();
});

describe("a hostile URL", { skip }, () => {
  let canariesBefore = 0;
  const newCanaries = () => world.network.canaries.slice(canariesBefore);
  beforeEach(() => {
    canariesBefore = world.network.canaries.length;
  });

  it("is one of more than two hundred, no two alike", () => {
    assert.equal(new Set(HOSTILE_URLS.map(({ url }) => url)).size, HOSTILE_URLS.length);
    assert.ok(REDIRECTABLE.length > 200, `${REDIRECTABLE.length}`);
  });

  it("reaches no canary as an image, and fails with the code of its kind", async () => {
    const urls = [...HOSTILE_URLS.map(({ url }) => url), `${world.address}/openapi.json`];
    const results = await resultsOf(world, urls);
    assert.deepEqual(
      surprises([...HOSTILE_URLS.map(({ code }) => code), "blocked_address"], urls, codesOf(results)),
      [],
    );
    assert.deepEqual(newCanaries(), []);
  });

  it("reaches no canary as the target of a redirect, of any kind", async () => {
    const urls = REDIRECTS.flatMap((status) => REDIRECTABLE.map((_, no) => `${HONEST}/to/${status}/${no}`));
    const expected = REDIRECTS.flatMap(() => REDIRECTABLE.map(({ redirected }) => redirected));
    const results = await resultsOf(world, urls);
    const named = urls.map((url, no) => `${url} to ${REDIRECTABLE[no % REDIRECTABLE.length]?.url}`);
    assert.deepEqual(surprises(expected, named, codesOf(results)), []);
    assert.deepEqual(newCanaries(), []);
  });

  it("reaches no canary from the manifest of an upload", async () => {
    const photos = [{ name: "shelf.png", content: new Blob([PHOTO]) }];
    const urls = HOSTILE_URLS.map(({ url }) => url);
    const results = await resultsOf(world, ["file:shelf.png", ...urls], photos);
    const expected = [null, ...HOSTILE_URLS.map(({ code }) => code)];
    assert.deepEqual(surprises(expected, ["file:shelf.png", ...urls], codesOf(results)), []);
    assert.deepEqual(newCanaries(), []);
  });

  it("names no file of the machine, alone or from the manifest of an upload", async () => {
    const urls = ["file:///etc/passwd", "file:../../etc/passwd", "file:/etc/passwd", "file://localhost/etc/passwd"];
    assert.deepEqual(codesOf(await resultsOf(world, urls)), Array(urls.length).fill("invalid_url"));
    for (const url of urls) {
      const photos = [{ name: "shelf.png", content: new Blob([PHOTO]) }];
      await assert.rejects(resultsOf(world, ["file:shelf.png", url], photos), { code: "invalid_submission" });
    }
  });

  it("reaches no canary as the callback of a job", async () => {
    const refused: string[] = [];
    const byJob = new Map<number, HostileUrl>();
    await inTurns(HOSTILE_URLS, 16, async (hostile) => {
      const visits = [visitOf([`${HONEST}/photo.png`])];
      try {
        byJob.set((await world.storewalk.jobs.create({ visits, callback_url: hostile.url })).job_id, hostile);
      } catch (error) {
        assert.ok(error instanceof StorewalkError && error.code === "invalid_submission", String(error));
        refused.push(hostile.url);
      }
    });
    const isTaken = ({ url }: HostileUrl) => /^https?:$/.test(URL.parse(url)?.protocol ?? "") && url.length <= 2_048;
    assert.deepEqual(
      refused.toSorted(),
      HOSTILE_URLS.filter((hostile) => !isTaken(hostile))
        .map(({ url }) => url)
        .toSorted(),
    );
    const deliveries = await triedDeliveries(world, byJob.size, ({ webhook_id: id }) => id === null);
    const expected = deliveries.map(({ job_id: id }) => byJob.get(id ?? 0)?.code ?? "unknown");
    assert.deepEqual(
      surprises(
        expected,
        deliveries.map(({ url }) => url),
        deliveries.map(codeOfDelivery),
      ),
      [],
    );
    assert.deepEqual(newCanaries(), []);
  });

  it("reaches no canary as a registered endpoint", async () => {
    const { webhooks } = world.storewalk;
    const waiting = new Map(HOSTILE_URLS.map((hostile) => [hostile.url, hostile]));
    const refused: string[] = [];
    while (waiting.size > 0) {
      const ids: number[] = [];
      const tried: HostileUrl[] = [];
      for (const hostile of waiting.values()) {
        if (ids.length === ENDPOINTS_AT_A_TIME) break;
        waiting.delete(hostile.url);
        try {
          ids.push((await webhooks.create({ url: hostile.url })).id);
          tried.push(hostile);
        } catch (error) {
          assert.ok(error instanceof StorewalkError && error.code === "invalid_body", String(error));
          refused.push(hostile.url);
        }
      }
      await inTurns(ids, 16, async (id) => void (await webhooks.ping(id)));
      const deliveries = await triedDeliveries(world, ids.length, ({ event }) => event === "ping");
      const byId = new Map(deliveries.map((delivery) => [delivery.webhook_id, codeOfDelivery(delivery)]));
      const codes = ids.map((id) => byId.get(id) ?? null);
      assert.deepEqual(
        surprises(
          tried.map(({ code }) => code),
          tried.map(({ url }) => url),
          codes,
        ),
        [],
      );
      await inTurns(ids, 16, (id) => webhooks.remove(id));
    }
    const isTaken = ({ url }: HostileUrl) => /^https?:\/\//.test(url) && url.length <= 2_048;
    assert.deepEqual(
      refused,
      HOSTILE_URLS.filter((hostile) => !isTaken(hostile)).map(({ url }) => url),
    );
    assert.deepEqual(newCanaries(), []);
  });

  it("reaches no canary when a photo that was measured has become a redirect to it by the time of its thumbnail", async () => {
    const { jobId, results } = await runJob(
      world,
      REDIRECTABLE.map((_, no) => `${HONEST}/once/${no}`),
    );
    assert.deepEqual(new Set(codesOf(results)), new Set([null]));
    await inTurns(
      REDIRECTABLE.map((hostile, no) => ({ ...hostile, no })),
      16,
      async ({ no, url, redirected }) => {
        const answer = await thumbnailOf(world, jobId, no);
        assert.match(answer, /^thumbnail_unavailable: /, url);
        if (redirected === "blocked_address") assert.match(answer, /is not a host on the public internet/, url);
      },
    );
    assert.deepEqual(newCanaries(), []);
  });

  it("cannot change its name's address between the check and the connection", async () => {
    const images = REBINDING.map((no) => `http://${rebinding("image", no)}/photo.png`);
    const hops = REBINDING.map((no) => `${HONEST}/to/302/${FIRST_REBINDING + no}`);
    const results = await resultsOf(world, [...images, ...hops]);
    assert.deepEqual(new Set(codesOf(results)), new Set([null]));
    for (const way of ["image", "hop"]) {
      for (const no of REBINDING) {
        const name = rebinding(way, no);
        assert.deepEqual([name, world.dns.asked(name, "A"), world.dns.asked(name, "AAAA")], [name, 1, 1]);
      }
    }
    assert.deepEqual(newCanaries(), []);
  });

  it("cannot change its name's address between the measuring and the thumbnail, which asks anew and is refused", async () => {
    const { jobId, results } = await runJob(
      world,
      REBINDING.map((no) => `http://${rebinding("thumb", no)}/photo.png`),
    );
    assert.deepEqual(new Set(codesOf(results)), new Set([null]));
    await inTurns(REBINDING, 4, async (no) => {
      assert.match(await thumbnailOf(world, jobId, no), /is not a host on the public internet/);
      assert.equal(world.dns.asked(rebinding("thumb", no), "A"), 2);
    });
    assert.deepEqual(newCanaries(), []);
  });

  it("holds up nobody with a name that is never answered", async () => {
    const numbers = Array.from({ length: 24 }, (_, no) => no);
    const results = await resultsOf(world, [
      ...numbers.map((no) => `http://silence-held${no}.test/photo.png`),
      ...numbers.map((no) => `http://honest-${no}.test/photo.png`),
    ]);
    const silent = results.slice(0, numbers.length);
    const honest = results.slice(numbers.length);
    assert.deepEqual(new Set(codesOf(silent)), new Set(["dns_failed"]));
    assert.deepEqual(new Set(codesOf(honest)), new Set([null]));
    const ends = (of: readonly Result[]) => of.map(({ finished_at: at }) => String(at)).toSorted();
    assert.ok(String(ends(honest).at(-1)) < String(ends(silent)[0]), "honest names must not wait for silent ones");
  });

  it("is told from a public one: every address beside an edge is fetched, redirected to, told and drawn", async () => {
    const { webhooks } = world.storewalk;
    const photos = [{ name: "shelf.png", content: new Blob([PHOTO]) }];
    const hops = EDGE_PHOTOS.map((_, no) => `${HONEST}/to/307/${FIRST_EDGE + no}`);
    const { jobId, results } = await runJob(world, [...EDGE_PHOTOS, ...hops]);
    assert.deepEqual(
      surprises(
        results.map(() => null),
        results.map(({ image_url: url }) => url),
        codesOf(results),
      ),
      [],
    );
    const uploaded = await resultsOf(world, ["file:shelf.png", ...EDGE_PHOTOS], photos);
    assert.deepEqual(new Set(codesOf(uploaded)), new Set([null]));
    await inTurns([...EDGE_PHOTOS.keys()], 8, async (no) => {
      assert.equal(await thumbnailOf(world, jobId, no), "image/webp", EDGE_PHOTOS[no]);
    });

    const ids = new Map<number, string>();
    for (const address of PUBLIC_EDGES) {
      ids.set((await webhooks.create({ url: `http://${urlHost(address)}/hook` })).id, address);
    }
    for (const id of ids.keys()) await webhooks.ping(id);
    const deliveries = await triedDeliveries(world, ids.size, ({ event }) => event === "ping");
    assert.deepEqual(
      deliveries.filter(({ status }) => status !== "delivered"),
      [],
    );

    const unserved = PUBLIC_EDGES.filter((address) => !world.network.served.has(address));
    assert.deepEqual(unserved, []);
    assert.deepEqual(newCanaries(), []);
  });
});

describe("the canaries", { skip }, () => {
  /** What no connection can be made to in any network without more words: broadcast, multicast, link-local without a zone. */
  const UNCONNECTABLE = /^(?:22[4-9]\.|23\d\.|(?:127|255)\.255\.255\.255$|ff|fe[89ab])/;

  it("sit at every address that a hostile host is written for", async () => {
    const { network } = world;
    const hosts = PRIVATE_HOSTS.map((host) => new URL(`http://${host}/`).hostname.replace(/^\[(.*)\]$/, "$1"));
    const addresses = [...new Set(hosts)].filter((host) => isIP(host) !== 0 && !UNCONNECTABLE.test(host));
    assert.ok(addresses.length > 100, `${addresses.length}`);
    for (const host of addresses) {
      const before = network.canaries.length;
      const socket = connect({ host, port: 80 });
      await once(socket, "close");
      assert.equal(network.canaries.length, before + 1, host);
    }
  });

  it("count the connections of a service that was allowed to go there", async () => {
    const { network } = world;
    const before = network.canaries.length;
    const allowed = ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "[fd00:ec2::254]", "cname.test:8000"];
    const service = await openService(ending, { STOREWALK_ALLOW_HOSTS: allowed.join(",") });
    const urls = allowed.map((host) => `http://${host}/photo.png`);
    assert.deepEqual(new Set(codesOf(await resultsOf(service, urls))), new Set(["connect_failed"]));
    assert.deepEqual(network.canaries.slice(before).toSorted(), [
      "10.0.0.1 80",
      "10.0.0.1 8000",
      "127.0.0.1 80",
      "169.254.169.254 80",
      "::1 80",
      "fd00:ec2::254 80",
    ]);
  });
});
