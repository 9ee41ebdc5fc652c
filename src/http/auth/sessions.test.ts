/** Browsers: sessions and their cookie, pages of other sites, and a service that has no keys yet. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { SCOPES, type Scope } from "../../domain/scopes.ts";
import { createKeyRing } from "../../keys/key-ring.ts";
import { AUTH_SECRET, type HttpService, startHttpService } from "../../testing/http-service.ts";

const JOB = {
  count: 1,
  visits: [{ store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" }],
};
const PAGE = { "sec-fetch-site": "same-origin" };

async function setup(t: TestContext, scopes: readonly Scope[] = SCOPES) {
  const service = await startHttpService(t, { auth: "required" });
  const ring = createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
  const { key, text } = await ring.make({ tenant: "default", name: "test", scopes, expiresInMs: null });
  return { service, ring, key, text };
}

async function signIn(service: HttpService, key: string, headers: Record<string, string> = PAGE) {
  const answer = await service.call("POST", "/api/v1/session", { key }, headers);
  const set = answer.headers.get("set-cookie") ?? "";
  return { ...answer, set, cookie: set.split(";", 1)[0] ?? "" };
}

/** fetch() does not let a program say which Host it means. */
function statusUnderName(service: HttpService, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(service.address + path, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("error", reject).end();
  });
}

describe("signing in", () => {
  it("exchanges a key for a cookie that no script and no other site has", async (t) => {
    const { service, key, text } = await setup(t);
    const { status, body, set, cookie } = await signIn(service, text);
    assert.deepEqual([status, body.key_id, body.keys_needed, body.all_tenants], [200, key.id, true, true]);
    assert.match(set, /^storewalk_session=[0-9A-Za-z]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    assert.doesNotMatch(set, new RegExp(text));
    const who = await service.call("GET", "/api/v1/session", undefined, { cookie });
    assert.equal(who.body.key_id, key.id);
  });

  it("gives a page that came by TLS a cookie that goes by TLS only", async (t) => {
    const { service, text } = await setup(t);
    const { set } = await signIn(service, text, { ...PAGE, origin: "https://storewalk.example" });
    assert.match(set, /; Secure$/);
  });

  it("says what is wrong with a key", async (t) => {
    const { service, ring, text } = await setup(t);
    const misspelt = await signIn(service, text.slice(0, -1));
    assert.deepEqual([misspelt.status, misspelt.body.detail], [401, "the API key is misspelt, or not whole"]);
    assert.equal(misspelt.set, "");
    const other = await ring.make({ tenant: "default", name: "gone", scopes: SCOPES, expiresInMs: null });
    await ring.revoke(other.key.id);
    assert.match(String((await signIn(service, other.text)).body.detail), /was revoked/);
  });

  it("ends with signing out, also where the cookie is kept", async (t) => {
    const { service, text } = await setup(t);
    const { cookie } = await signIn(service, text);
    const out = await service.call("DELETE", "/api/v1/session", undefined, { cookie, ...PAGE });
    assert.equal(out.status, 204);
    assert.match(out.headers.get("set-cookie") ?? "", /^storewalk_session=; Path=\/; Max-Age=0;/);
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, { cookie })).status, 401);
    const who = await service.call("GET", "/api/v1/session", undefined, { cookie });
    assert.deepEqual([who.body.keys_needed, who.body.key_id, who.body.scopes], [true, null, []]);
  });

  it("ends with its key", async (t) => {
    const { service, key, text } = await setup(t);
    const { cookie } = await signIn(service, text);
    await service.call("POST", `/api/v1/keys/${key.id}/revoke`, undefined, { authorization: `Bearer ${text}` });
    const { status, body } = await service.call("GET", "/api/v1/jobs", undefined, { cookie });
    assert.deepEqual([status, body.detail], [401, "the session is over; sign in again"]);
  });

  it("takes no cookie twice, nor one that cannot be ours", async (t) => {
    const { service, text } = await setup(t);
    const { cookie } = await signIn(service, text);
    for (const cookies of [`${cookie}; ${cookie}`, "storewalk_session=", "storewalk_session=x", `x${cookie}`]) {
      const { status } = await service.call("GET", "/api/v1/jobs", undefined, { cookie: cookies });
      assert.equal(status, 401, cookies);
    }
  });
});

describe("a change that a page of another site asks for", () => {
  for (const [what, headers, status] of [
    ["of another site, by Fetch Metadata", { "sec-fetch-site": "cross-site" }, 403],
    ["of another port or subdomain", { "sec-fetch-site": "same-site" }, 403],
    ["of another origin, from a browser without Fetch Metadata", { origin: "http://evil.example" }, 403],
    ["of no origin that can be told", { origin: "null" }, 403],
    ["of ours", PAGE, 201],
  ] as const) {
    it(`is answered ${status} with a cookie from a page ${what}`, async (t) => {
      const { service, text } = await setup(t);
      const { cookie } = await signIn(service, text);
      const answer = await service.call("POST", "/api/v1/jobs", JOB, { cookie, ...headers });
      assert.equal(answer.status, status);
      if (status === 403) assert.equal(answer.body.code, "cross_site");
    });

    it(`is answered ${status} without keys from a page ${what}`, async (t) => {
      const service = await startHttpService(t);
      assert.equal((await service.call("POST", "/api/v1/jobs", JOB, headers)).status, status);
      assert.equal((await service.call("POST", "/api/submit", JOB, headers)).status, status);
    });
  }

  it("is refused with a cookie when nothing tells which page it was", async (t) => {
    const { service, text } = await setup(t);
    const { cookie } = await signIn(service, text);
    assert.equal((await service.call("POST", "/api/v1/jobs", JOB, { cookie })).status, 403);
    // Its own origin is enough.
    const own = await service.call("POST", "/api/v1/jobs", JOB, { cookie, origin: service.address });
    assert.equal(own.status, 201);
  });

  it("goes through with a key in a header, which no page can make a browser send", async (t) => {
    const { service, text } = await setup(t);
    const headers = { "x-api-key": text, "sec-fetch-site": "cross-site" };
    assert.equal((await service.call("POST", "/api/v1/jobs", JOB, headers)).status, 201);
  });

  it("cannot sign anybody in", async (t) => {
    const { service, text } = await setup(t);
    assert.equal((await signIn(service, text, { "sec-fetch-site": "cross-site" })).status, 403);
  });
});

describe("a service that has no keys", () => {
  it("answers under names of this machine only, so that no foreign name can be pointed at it", async (t) => {
    const service = await startHttpService(t);
    const { port } = new URL(service.address);
    for (const name of ["127.0.0.1", "localhost", "app.localhost", "[::1]", "192.168.1.5"]) {
      assert.equal(await statusUnderName(service, `${name}:${port}`, "/api/v1/jobs"), 200, name);
    }
    for (const name of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"]) {
      assert.equal(await statusUnderName(service, `${name}:${port}`, "/api/v1/jobs"), 421, name);
      assert.equal(await statusUnderName(service, name, "/api/status?jobid=1"), 421, name);
    }
  });

  it("answers under any name where keys are asked for, or were switched off", async (t) => {
    assert.equal(await statusUnderName((await setup(t)).service, "walk.example", "/api/v1/jobs"), 401);
    assert.equal(
      await statusUnderName(await startHttpService(t, { auth: "off" }), "walk.example", "/api/v1/jobs"),
      200,
    );
  });

  it("asks for keys from the first one on, and goes on asking when that one is revoked", async (t) => {
    const service = await startHttpService(t);
    const made = await service.call("POST", "/api/v1/keys", { name: "first", scopes: ["admin"] });
    assert.equal(made.status, 201);
    assert.equal((await service.call("GET", "/api/v1/jobs")).status, 401);
    const headers = { authorization: `Bearer ${made.body.key}` };
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, headers)).status, 200);
    assert.equal((await service.call("POST", `/api/v1/keys/${made.body.id}/revoke`, undefined, headers)).status, 200);
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, headers)).status, 401);
    assert.equal((await service.call("GET", "/api/v1/jobs")).status, 401);
  });
});

describe("the log of changes", () => {
  it("tells who changed what, from where, and nothing that was refused or only tried", async (t) => {
    const { service, key, text } = await setup(t);
    const headers = { authorization: `Bearer ${text}`, "x-request-id": "r-1" };
    await service.call("POST", "/api/v1/jobs", JOB, headers);
    await service.call("POST", "/api/v1/jobs?dry_run=true", JOB, headers);
    await service.call("POST", "/api/v1/jobs", { count: 7 }, headers);
    await service.call("POST", "/api/v1/jobs/1/cancel", undefined, headers);
    await service.call("POST", "/api/v1/jobs/99/cancel", undefined, headers);
    const { cookie } = await signIn(service, text);
    await service.call("POST", "/api/v1/webhooks", { url: "https://a.example/" }, { cookie, ...PAGE });
    const { body } = await service.call("GET", "/api/v1/audit", undefined, headers);
    assert.ok(Array.isArray(body.data));
    assert.deepEqual(
      body.data.map(({ action, target, key_id, address }) => [action, target, key_id === key.id, address]),
      [
        ["createWebhook", "/api/v1/webhooks/1", true, "127.0.0.1"],
        ["signIn", "/api/v1/session", true, "127.0.0.1"],
        ["cancelJob", "/api/v1/jobs/1/cancel", true, "127.0.0.1"],
        ["createJob", "/api/v1/jobs/1", true, "127.0.0.1"],
      ],
    );
    assert.equal(body.data.at(-1)?.request_id, "r-1");
  });

  it("never holds a change up: what it could not take is in the process's own log, whole", async (t) => {
    const addAuditEntry = async () => Promise.reject(new Error("away"));
    const service = await startHttpService(t, { ledger: { addAuditEntry } });
    assert.equal((await service.call("POST", "/api/v1/jobs", JOB)).status, 201);
    const [line] = service.log.lines.filter(({ action }) => action === "createJob");
    assert.deepEqual([line?.target, line?.level], ["/api/v1/jobs/1", 50]);
  });
});

describe("a key's own limits", () => {
  it("keep it from making a key that may do more, or is another tenant's", async (t) => {
    const { service, text } = await setup(t, ["keys:manage", "jobs:read"]);
    const headers = { authorization: `Bearer ${text}` };
    const make = async (wish: object) => await service.call("POST", "/api/v1/keys", { name: "more", ...wish }, headers);
    assert.equal((await make({ scopes: ["jobs:write"] })).status, 403);
    assert.equal((await make({ scopes: ["admin"] })).status, 403);
    assert.equal((await make({ scopes: ["jobs:read"], tenant: "other" })).status, 403);
    assert.equal((await make({ scopes: ["jobs:read"] })).status, 201);
  });

  it("go over to the key that takes its place, which works beside it for the overlap", async (t) => {
    const { service, key, text } = await setup(t, ["keys:manage", "jobs:read"]);
    const headers = { authorization: `Bearer ${text}` };
    const made = await service.call("POST", `/api/v1/keys/${key.id}/rotate`, { overlap_hours: 1 }, headers);
    assert.deepEqual([made.status, made.body.scopes, made.body.tenant], [201, ["jobs:read", "keys:manage"], "default"]);
    const fresh = { authorization: `Bearer ${made.body.key}` };
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, headers)).status, 200);
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, fresh)).status, 200);
    const atOnce = await service.call("POST", `/api/v1/keys/${key.id}/rotate`, { overlap_hours: 0 }, headers);
    assert.equal(atOnce.status, 201);
    assert.equal((await service.call("GET", "/api/v1/jobs", undefined, headers)).status, 401);
    assert.equal((await service.call("POST", `/api/v1/keys/${key.id}/rotate`, {}, fresh)).body.code, "key_over");
  });
});
