/** Every operation of the API against every kind of caller. The operations come from the OpenAPI document, so that a new route is in it by itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { READ_ONLY, SCOPES, type Scope } from "../../domain/scopes.ts";
import { newApiKey } from "../../keys/api-key.ts";
import { createKeyRing, type KeyRing } from "../../keys/key-ring.ts";
import { type Named, operationsOf, readApiDocument } from "../../testing/api-document.ts";
import { AUTH_SECRET, type HttpService, startHttpService } from "../../testing/http-service.ts";

const VISIT = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };
const JOB = { count: 1, visits: [VISIT], callback_url: "https://a.example/callback" };

/** A body that each operation accepts which must have one. */
const BODIES: Readonly<Record<string, unknown>> = {
  submit: JOB,
  createJob: JOB,
  addVisits: { count: JOB.count, visits: JOB.visits },
  createJobFromBucket: { from: "s3://photos/", visits: "{store}/{date}/{name}.jpg" },
  retryJob: {},
  setJobPriority: { priority: 1 },
  importStores: "store_id,store_name,area_code\nS1,Shop,A1\n",
  createWebhook: { url: "https://a.example/hook" },
  changeWebhook: { description: "new" },
  createSchedule: { name: "new", cron: "0 6 * * 1", source: { url: "https://a.example/visits.csv" } },
  changeSchedule: { name: "newer" },
  keepScheduleFile: { count: 1, visits: [] },
  createAlert: { name: "new", kind: "backlog", threshold: 5 },
  changeAlert: { name: "newer" },
  createKey: { name: "new", scopes: ["jobs:read"] },
  rotateKey: {},
  signIn: { key: "swk_live_none" },
  decideReview: { decision: "accepted" },
  decideReviews: { images: [{ job_id: 1, image: 0 }], decision: "dismissed" },
  findSimilarToPhoto: "a photo",
  putTimeSettings: { dates: "dmy", time_zone: "Asia/Kolkata" },
  addHostAccess: { pattern: "b.example", headers: { Authorization: "Token a" } },
  changeHostAccess: { headers: { Authorization: "Token b" } },
  testHostAccess: { url: "https://photos.example/1.jpg" },
  putTruthSettings: { agent_key: "agent" },
};

const QUERIES: Readonly<Record<string, string>> = {
  status: "?jobid=1",
  findSimilarToUrl: "?url=http://other.example/1.jpg",
};

const ACCESS_OF_A = { pattern: "a.example", headers: { Authorization: "Token s3cr3t-of-a" } };

/** What flags image 0 of job 1. */
const REUSE = {
  jobId: 1,
  image: 0,
  earlier: { jobId: 1, image: 0 },
  kind: "same_bytes",
  score: 1,
  weight: "note",
  why: "the same file, sent twice in one visit",
  threshold: 0.985,
  layOver: null,
} as const;

/** What another tenant owns here, and what each parameter of a path names. */
type Owned = { readonly keyId: string; readonly accessId: string };
const namesIn = (path: string, { keyId, accessId }: Owned) =>
  path
    .replace("/keys/{id}", `/keys/${keyId}`)
    .replace("/access/{id}", `/access/${accessId}`)
    .replaceAll(/\{(id|no)\}/g, "1")
    .replace("{image}", "0")
    .replace("{version}", "1")
    .replace("{store}", "S1")
    .replace("{host}", "photos.example");

async function send(service: HttpService, { method, path, operation }: Named, owned: Owned, key: string | null) {
  const body = BODIES[operation.operationId ?? ""];
  const isText = typeof body === "string";
  const textType = operation.operationId === "importStores" ? "text/csv" : "image/jpeg";
  const query = QUERIES[operation.operationId ?? ""] ?? "";
  const response = await fetch(service.address + namesIn(path, owned) + query, {
    method,
    headers: {
      "x-request-id": "the-same",
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": isText ? textType : "application/json" }),
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream) await response.body?.cancel();
  return { status: response.status, text: isStream ? "" : await response.text() };
}

function wantedScope({ name, operation: { security } }: Named): Scope | null {
  assert.ok(security, `${name} does not say who may use it`);
  if (security.length === 0) return null;
  const [scope] = security[0]?.bearer ?? [];
  const found = SCOPES.find((one) => one === scope);
  assert.ok(found, `${name} asks for ${scope}, which is no scope`);
  return found;
}

function ringOf(service: HttpService): KeyRing {
  return createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
}

const aKey = (ring: KeyRing, wish: { tenant?: string; scopes?: readonly Scope[]; expiresInMs?: number } = {}) =>
  ring.make({
    tenant: "a",
    name: "test",
    scopes: SCOPES.filter((scope) => scope !== "admin"),
    expiresInMs: null,
    ...wish,
  });

/** A service in which tenant a has job 1 with image 0, which is flagged, webhook 1, delivery 1 and a key. */
async function aServiceOfTenantA(t: Parameters<typeof startHttpService>[0]) {
  const service = await startHttpService(t, { auth: "required" });
  const ring = ringOf(service);
  const { text, key } = await aKey(ring);
  const asA = { authorization: `Bearer ${text}` };
  const { callback_url: _, ...job } = JOB;
  assert.equal((await service.call("POST", "/api/v1/jobs", job, asA)).body.job_id, 1);
  assert.equal((await service.call("POST", "/api/v1/webhooks", BODIES.createWebhook, asA)).body.id, 1);
  assert.equal((await service.call("POST", "/api/v1/schedules", BODIES.createSchedule, asA)).body.id, 1);
  assert.equal((await service.call("POST", "/api/v1/alerts", BODIES.createAlert, asA)).body.id, 1);
  assert.equal((await service.call("POST", "/api/v1/webhooks/1/ping", undefined, asA)).body.no, 1);
  const access = await service.call("POST", "/api/v1/hosts/access", ACCESS_OF_A, asA);
  assert.equal(access.status, 201);
  await service.ledger.addReuses([REUSE]);
  const operations = operationsOf(await readApiDocument(service));
  return { service, operations, ring, owned: { keyId: key.id, accessId: String(access.body.id) } };
}

describe("who may use each operation", () => {
  it("is told by the document, with a body to try where one is read", async (t) => {
    const operations = operationsOf(await readApiDocument(await startHttpService(t)));
    assert.ok(operations.length >= 40);
    const without = operations.filter(({ operation }) => operation.requestBody && !BODIES[operation.operationId ?? ""]);
    assert.deepEqual(
      without.map(({ name }) => name),
      [],
    );
  });

  for (const [kind, presented] of [
    ["no key", async () => null],
    ["a key that is misspelt", async (ring) => `${(await aKey(ring)).text.slice(0, -1)}!`],
    ["a key that was never made", async () => newApiKey().text],
    ["another secret under the id of a key", async (ring) => newApiKey((await aKey(ring)).key.id).text],
    ["a key that has expired", async (ring) => (await aKey(ring, { expiresInMs: -1 })).text],
    ["a key that was revoked", revoked],
  ] as readonly [string, (ring: KeyRing) => Promise<string | null>][]) {
    it(`is nobody with ${kind}, where a key is asked for`, async (t) => {
      const { service, operations, ring, owned } = await aServiceOfTenantA(t);
      const key = await presented(ring);
      for (const named of operations) {
        const { status, text } = await send(service, named, owned, key);
        if (wantedScope(named) !== null) assert.equal(status, 401, `${named.name}: ${text}`);
        // Signing in says what is wrong with the key that stands in its body.
        else if (named.operation.operationId !== "signIn") assert.ok(status < 400, `${named.name}: ${status} ${text}`);
      }
    });
  }

  it("is refused a key without its scope, and let through with it alone", async (t) => {
    const { service, operations, ring, owned } = await aServiceOfTenantA(t);
    for (const named of operations) {
      const wanted = wantedScope(named);
      if (wanted === null) continue;
      const others = SCOPES.filter((scope) => scope !== wanted && scope !== "admin");
      const refused = await send(service, named, owned, (await aKey(ring, { scopes: others })).text);
      assert.equal(refused.status, 403, `${named.name} without ${wanted}: ${refused.text}`);
      const let_ = await send(service, named, owned, (await aKey(ring, { scopes: [wanted] })).text);
      // A key cannot give what it has not: that is the one 403 of an operation that one may use.
      const isGiving = ["createKey", "rotateKey"].includes(named.operation.operationId ?? "");
      assert.ok(let_.status !== 401 && (let_.status !== 403 || isGiving), `${named.name} with ${wanted}: ${let_.text}`);
    }
  });

  it("lets the read-only role see and change nothing", async (t) => {
    const { service, operations, ring, owned } = await aServiceOfTenantA(t);
    const { text: key } = await aKey(ring, { scopes: READ_ONLY });
    let seen = 0;
    for (const named of operations) {
      if (wantedScope(named) === null) continue;
      const { status } = await send(service, named, owned, key);
      if (named.method !== "GET") assert.equal(status, 403, named.name);
      else if (status === 200) seen += 1;
    }
    assert.ok(seen >= 15, `${seen} reads`);
  });

  it("answers another tenant, byte for byte, as if there were nothing", async (t) => {
    const { service, operations, ring, owned } = await aServiceOfTenantA(t);
    const empty = await startHttpService(t, { auth: "required" });
    const [{ text: key }, { text: keyOfEmpty }] = [
      await aKey(ring, { tenant: "b" }),
      await aKey(ringOf(empty), { tenant: "b" }),
    ];
    let hidden = 0;
    for (const named of operations) {
      if (!/\{(id|no)\}/.test(named.path) && named.operation.operationId !== "status") continue;
      const there = await send(service, named, owned, key);
      const nowhereThere = await send(empty, named, owned, keyOfEmpty);
      assert.equal(there.status, 404, `${named.name}: ${there.text}`);
      assert.deepEqual(there, nowhereThere, named.name);
      hidden += 1;
    }
    assert.ok(hidden >= 20, `${hidden} operations name something`);
  });

  it("lists for another tenant nothing that is not its own", async (t) => {
    const { service, operations, ring, owned } = await aServiceOfTenantA(t);
    const { text: key, key: own } = await aKey(ring, { tenant: "b" });
    for (const named of operations) {
      if (named.method !== "GET" || named.path.includes("{") || named.operation.operationId === "status") continue;
      const { status, text } = await send(service, named, owned, key);
      // Nothing of a: no image of its job, no webhook, no key but b's own, no change.
      assert.doesNotMatch(text, /photos\.example|a\.example|s3cr3t|"tenant":"a"|"job_id":1\b/, named.name);
      assert.ok(!text.includes(owned.keyId), named.name);
      if (named.operation.operationId === "listKeys") assert.match(text, new RegExp(own.id));
      else if (wantedScope(named) !== "admin") assert.equal(status, 200, named.name);
    }
  });

  it("shows everything to a key with admin", async (t) => {
    const { service, operations, ring, owned } = await aServiceOfTenantA(t);
    const { text: key } = await aKey(ring, { tenant: "operators", scopes: ["admin"] });
    for (const named of operations) {
      if (named.method !== "GET") continue;
      const { status, text } = await send(service, named, owned, key);
      if (named.operation.operationId === "getThumbnail") continue;
      assert.equal(status, 200, `${named.name}: ${text}`);
    }
  });
});

async function revoked(ring: KeyRing): Promise<string> {
  const { key, text } = await aKey(ring);
  await ring.revoke(key.id);
  return text;
}
