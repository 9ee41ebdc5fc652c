/** What a host is told of who asks, and what no other host, tenant or sentence may learn of it, over real sockets. */
import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { type AccessTable, createAccessTable, NO_ACCESS } from "../../domain/access-table.ts";
import type { HostAccess, WebAccess } from "../../domain/host-access.ts";
import { createCertificate } from "../../testing/certificate.ts";
import { aWebAccess, TOKEN } from "../../testing/guarded-host.ts";
import { patternOf, startFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../../testing/image-host.ts";

const KILO = 1_024;
const PHOTO = patternOf(300 * KILO);
const FILE = { kind: "file", bytes: PHOTO, etag: '"v1"' } as const;
const CERTIFICATE = createCertificate([], ["127.0.0.1"]);

/** Over https only, as is usual. */
const aRow = ({ host }: ImageHost, row: Partial<WebAccess> = {}) => aWebAccess(host, { overHttp: false, ...row });

/** The tenant's photos are at `home`, over TLS; `other` is another origin, without. */
async function setup(t: TestContext, homeRoutes: Readonly<Record<string, Route>> = {}) {
  const home = await startImageHost(homeRoutes, { tls: CERTIFICATE });
  const other = await startImageHost({}, { tls: CERTIFICATE });
  const fetching = startFetching({ ca: CERTIFICATE.cert });
  t.after(async () => {
    await fetching.close();
    await Promise.all([home.close(), other.close()]);
  });
  const table = createAccessTable([aRow(home)]);
  const open = (url: string, access: () => AccessTable = () => table) => fetching.open(url, { access });
  return { home, other, fetching, open };
}

const said = (asked: readonly IncomingHttpHeaders[]) => asked.map(({ authorization }) => authorization ?? "nothing");

describe("the credentials of a tenant for a host", () => {
  it("go with each request of an image: its beginning, more of it, its end, and what is asked again", async (t) => {
    const busy = { kind: "status", status: 503 } as const;
    const { home, open } = await setup(t, { "/a": { kind: "at-first", times: 1, first: busy, next: FILE } });
    const image = open(home.url("/a"));
    await image.prefix(100);
    await image.prefix(70 * KILO);
    await image.tail(10);
    await image.whole();
    const ranges = home.asked("/a").map(({ range }) => range);
    assert.equal(ranges.length, 5, ranges.join());
    assert.deepEqual(new Set(said(home.asked("/a"))), new Set([TOKEN]));
  });

  it("go with a request that is sent again, as its kept connection was closed", async (t) => {
    const { home, open } = await setup(t, { "/a": FILE, "/b": FILE });
    await open(home.url("/a")).prefix(1);
    home.cutConnections();
    await open(home.url("/b")).prefix(1);
    assert.deepEqual(said(home.asked("/b")), [TOKEN]);
  });

  it("are headers and parameters, these behind what the URL has, which is sent byte for byte", async (t) => {
    const targets: string[] = [];
    const { home, open } = await setup(t, {
      "/a": {
        kind: "custom",
        answer: (request, response) => {
          targets.push(request.url ?? "");
          response.end(PHOTO);
        },
      },
    });
    const headers = [["X-Api-Key", "k-123456"]] as const;
    const query = [["tok en", "a&b=c"]] as const;
    const table = createAccessTable([aRow(home, { headers, query })]);
    for (const url of ["/a", "/a?", "/a?x=%7e+%20&y", "/a?tok%20en=a%26b%3Dc"])
      await open(home.url(url), () => table).prefix(1);
    assert.deepEqual(targets, [
      "/a?tok%20en=a%26b%3Dc",
      "/a?tok%20en=a%26b%3Dc",
      "/a?x=%7e+%20&y&tok%20en=a%26b%3Dc",
      "/a?tok%20en=a%26b%3Dc",
    ]);
    assert.equal(home.asked("/a")[0]?.["x-api-key"], "k-123456");
  });

  it("are nobody else's, on the same connection as well", async (t) => {
    const { home, open } = await setup(t, { "/a": FILE, "/b": FILE });
    await open(home.url("/a")).whole();
    await open(home.url("/b"), () => NO_ACCESS).whole();
    assert.equal(home.connections(), 1);
    assert.deepEqual([said(home.asked("/a"))[0], said(home.asked("/b"))[0]], [TOKEN, "nothing"]);
  });

  it("are those that hold when a request is sent, not when its image began", async (t) => {
    const busy = { kind: "status", status: 503 } as const;
    const { home, open } = await setup(t, { "/a": { kind: "at-first", times: 1, first: busy, next: FILE } });
    const rows: WebAccess["headers"][] = [[["Authorization", "old"]], [["Authorization", "new"]]];
    const tables = rows.map((headers) => createAccessTable([aRow(home, { headers })]));
    await open(home.url("/a"), () => tables[Math.min(home.hits("/a"), 1)] ?? NO_ACCESS).prefix(1);
    assert.deepEqual(said(home.asked("/a")), ["old", "new"]);
  });

  it("do not go over http, which a refusal says, unless their row says otherwise", async (t) => {
    const host = await startImageHost({ "/a": { kind: "status", status: 401 }, "/b": FILE });
    t.after(() => host.close());
    const fetching = startFetching();
    t.after(() => fetching.close());
    const open = (path: string, overHttp: boolean) => {
      const table = createAccessTable([aRow(host, { overHttp, userAgent: "Acme photos (photos@acme.example)" })]);
      return fetching.open(host.url(path), { access: () => table });
    };
    await assert.rejects(open("/a", false).prefix(1), {
      code: "forbidden",
      message: `127.0.0.1 answered 401 Unauthorized; the credentials for ${host.host} were not sent, as they go over https only`,
    });
    await assert.rejects(open("/a", true).prefix(1), {
      message: `127.0.0.1 answered 401 Unauthorized; it was asked with the credentials for ${host.host}`,
    });
    await open("/b", true).prefix(1);
    assert.deepEqual([said(host.asked("/a")), said(host.asked("/b"))], [["nothing", TOKEN], [TOKEN]]);
    assert.equal(host.asked("/a")[0]?.["user-agent"], "Acme photos (photos@acme.example)");
  });

  it("that cannot be opened end an image before its host is asked", async (t) => {
    const { home, open } = await setup(t, { "/a": FILE });
    const row: HostAccess = { kind: "unusable", pattern: home.host, why: "it was kept under another secret" };
    const table = createAccessTable([row]);
    await assert.rejects(open(home.url("/a"), () => table).prefix(1), {
      code: "forbidden",
      message: `the credentials for ${home.host} cannot be used: it was kept under another secret`,
    });
    assert.equal(home.hits("/a"), 0);
    await open(home.url("/a")).prefix(1);
  });
});

describe("the credentials of a tenant at a redirect", () => {
  it("go on within their origin", async (t) => {
    const { home, open } = await setup(t, { "/a": { kind: "redirect", to: "/b" }, "/b": FILE });
    await open(home.url("/a")).prefix(1);
    assert.deepEqual(said(home.asked("/b")), [TOKEN]);
  });

  it("are dropped where it leads to another origin, for all that is asked there, whatever is kept for it", async (t) => {
    const { home, other, open } = await setup(t);
    home.route("/a", { kind: "redirect", to: other.url("/b") });
    other.route("/b", FILE);
    const table = createAccessTable([aRow(home), aRow(other, { headers: [["Authorization", "for the other"]] })]);
    const image = open(home.url("/a"), () => table);
    await image.prefix(100);
    await image.prefix(70 * KILO);
    await image.tail(10);
    assert.deepEqual(said(home.asked("/a")), [TOKEN]);
    assert.deepEqual(said(other.asked("/b")), ["nothing", "nothing", "nothing"]);
    await open(other.url("/b"), () => table).prefix(1);
    assert.equal(said(other.asked("/b")).at(-1), "for the other");
  });

  it("are not taken up again where another origin leads back", async (t) => {
    const { home, other, open } = await setup(t, { "/private": FILE });
    home.route("/a", { kind: "redirect", to: other.url("/b") });
    other.route("/b", { kind: "redirect", to: home.url("/private") });
    const image = open(home.url("/a"));
    await image.prefix(1);
    await image.prefix(70 * KILO);
    assert.deepEqual(said(home.asked("/private")), ["nothing", "nothing"]);
  });

  for (const [name, echo] of [
    ["in its query", (url: string) => `${url}?to=${encodeURIComponent(TOKEN)}`],
    ["in its path, in other letters", (url: string) => `${url}/S3CR3T-of-ACME`],
    ["in its host's name", () => "https://s3cr3t-of-acme.evil.example/"],
  ] as const) {
    it(`are not carried to another host in an address that has them ${name}`, async (t) => {
      const { home, other, open } = await setup(t);
      home.route("/a", { kind: "redirect", to: echo(other.url("/b")) });
      await assert.rejects(open(home.url("/a")).prefix(1), {
        code: "blocked_address",
        message:
          "127.0.0.1 redirected to another host, with the credentials in its address that it had been sent: not followed",
      });
      assert.equal(other.connections(), 0);
    });
  }
});

describe("a cookie", () => {
  /** Redirects to itself until it gets its cookie back. */
  function gate(set: (hit: number) => readonly string[], isLetIn: (cookie: string) => boolean): Route {
    let hits = 0;
    return {
      kind: "custom",
      answer: (request, response) => {
        hits += 1;
        if (isLetIn(request.headers.cookie ?? "")) return void response.end(PHOTO);
        response.writeHead(302, { location: request.url, "set-cookie": [...set(hits)], "content-length": "0" }).end();
      },
    };
  }

  it("that a redirect to itself sets is sent back, with all that is asked for this image, and with no other", async (t) => {
    const { home, open } = await setup(t);
    home.route(
      "/a",
      gate(
        () => ["seen=yes; Path=/; HttpOnly", "lang=en, fr", "old=; Max-Age=0"],
        (cookie) => cookie.includes("seen=yes"),
      ),
    );
    const image = open(home.url("/a"), () => NO_ACCESS);
    await image.prefix(1);
    await image.whole();
    const cookies = () => home.asked("/a").map(({ cookie }) => cookie);
    assert.deepEqual(new Set(cookies()), new Set([undefined, "seen=yes; lang=en, fr"]));
    const before = home.hits("/a");
    await open(home.url("/a")).prefix(1);
    assert.equal(cookies()[before], undefined);
  });

  it("is followed through a gate of several redirects within its origin", async (t) => {
    const { home, open } = await setup(t);
    const toGate = { kind: "redirect", to: "/gate" } as const;
    home.route("/a", {
      kind: "custom",
      answer: ({ headers }, response) => {
        if (headers.cookie === "pass=1") return void response.end(PHOTO);
        response.writeHead(302, { location: toGate.to, "content-length": "0" }).end();
      },
    });
    home.route("/gate", {
      kind: "custom",
      answer: (_request, response) =>
        void response.writeHead(302, { location: "/a", "set-cookie": "pass=1", "content-length": "0" }).end(),
    });
    assert.equal((await open(home.url("/a")).prefix(1)).bytes.length > 0, true);
  });

  it("is not followed round and round", async (t) => {
    const { home, open } = await setup(t);
    home.route(
      "/new",
      gate(
        (hit) => [`id=${hit}`],
        () => false,
      ),
    );
    home.route(
      "/none",
      gate(
        () => [],
        () => false,
      ),
    );
    home.route(
      "/same",
      gate(
        () => ["id=1"],
        () => false,
      ),
    );
    const circle = (also: string) => ({
      code: "too_many_redirects",
      message: `127.0.0.1 redirected in a circle${also}`,
    });
    await assert.rejects(open(home.url("/none")).prefix(1), circle(""));
    await assert.rejects(open(home.url("/same")).prefix(1), circle(", also with the cookie that it set"));
    await assert.rejects(open(home.url("/new")).prefix(1), circle(", also with the cookie that it set"));
    assert.deepEqual(["/none", "/same", "/new"].map(home.hits), [1, 2, 2]);
  });

  it("goes to no other origin", async (t) => {
    const { home, other, open } = await setup(t);
    home.route("/a", {
      kind: "custom",
      answer: (_request, response) =>
        void response.writeHead(302, { location: other.url("/b"), "set-cookie": "id=1", "content-length": "0" }).end(),
    });
    other.route("/b", FILE);
    await open(home.url("/a")).prefix(1);
    assert.equal(other.asked("/b")[0]?.cookie, undefined);
  });
});
