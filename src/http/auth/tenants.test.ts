/** Two tenants at one service: what one does leaves the other's alone, whatever names they share. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { SCOPES, type Scope } from "../../domain/scopes.ts";
import { createKeyRing } from "../../keys/key-ring.ts";
import { operationsOf, readApiDocument } from "../../testing/api-document.ts";
import { AUTH_SECRET, startHttpService } from "../../testing/http-service.ts";

const JOB = {
  count: 1,
  visits: [{ store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" }],
};
const OF_A_TENANT = SCOPES.filter((scope) => scope !== "admin");

async function setup(t: TestContext) {
  const service = await startHttpService(t, { auth: "required" });
  const ring = createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
  async function as(tenant: string, scopes: readonly Scope[] = OF_A_TENANT) {
    const { key, text } = await ring.make({ tenant, name: tenant, scopes, expiresInMs: null });
    const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      service.call(method, path, body, { "x-api-key": text, ...headers });
    return { key, text, call };
  }
  return { service, as, operations: operationsOf(await readApiDocument(service)) };
}

/** Of operations that need more than an empty one, by their ids. */
const BODIES = new Map<unknown, object>([
  ["setJobPriority", { priority: 9 }],
  ["decideReview", { decision: "accepted" }],
]);

describe("two tenants", () => {
  it("may choose the same Idempotency-Key, and each gets its own job", async (t) => {
    const { as } = await setup(t);
    const [a, b] = [await as("a"), await as("b")];
    const underKey = { "idempotency-key": "week-7" };
    const [first, second] = [
      await a.call("POST", "/api/v1/jobs", JOB, underKey),
      await b.call("POST", "/api/v1/jobs", JOB, underKey),
    ];
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.notEqual(first.body.job_id, second.body.job_id);
    const again = await b.call("POST", "/api/v1/jobs", JOB, underKey);
    assert.deepEqual([again.body.job_id, again.headers.get("idempotency-replayed")], [second.body.job_id, "true"]);
  });

  it("change nothing of each other, at any operation that names something", async (t) => {
    const { service, as, operations } = await setup(t);
    const [a, b] = [await as("a"), await as("b")];
    await a.call("POST", "/api/v1/jobs", JOB);
    await a.call("POST", "/api/v1/webhooks", { url: "https://a.example/hook" });
    await a.call("POST", "/api/v1/webhooks/1/ping");
    const everything = async () => [
      await service.ledger.readJob(1),
      await service.ledger.listEndpoints(null),
      await service.ledger.listDeliveries(
        { tenant: null, endpointId: null, jobId: null, state: null },
        { before: null, limit: 100 },
      ),
      // When b's own key was used last is b's business.
      await service.ledger.listKeys("a"),
    ];
    const before = await everything();
    let tried = 0;
    for (const { method, path, operation } of operations) {
      if (method === "GET" || !/\{(id|no)\}/.test(path)) continue;
      const named = path.replace("/keys/{id}", `/keys/${a.key.id}`).replaceAll(/\{(id|no|image)\}/g, "1");
      const body = BODIES.get(operation.operationId) ?? (operation.requestBody ? {} : undefined);
      const { status } = await b.call(method, named, body);
      assert.equal(status, 404, `${method} ${path}`);
      tried += 1;
    }
    assert.ok(tried >= 10, `${tried} changes tried`);
    assert.deepEqual(await everything(), before);
  });

  it("page through their own lists only, also with a cursor of the other", async (t) => {
    const { as } = await setup(t);
    const [a, b] = [await as("a"), await as("b")];
    for (const who of [a, b, a, b, a]) await who.call("POST", "/api/v1/jobs", JOB);
    const first = await a.call("GET", "/api/v1/jobs?limit=1");
    const rest = await b.call("GET", `/api/v1/jobs?cursor=${first.body.next_cursor}`);
    assert.ok(Array.isArray(rest.body.data));
    assert.deepEqual(
      rest.body.data.map(({ job_id: jobId }) => jobId),
      [4, 2],
    );
  });

  it("are both in the hands of a key with admin, whose own jobs belong to its tenant", async (t) => {
    const { as } = await setup(t);
    const [a, operator] = [await as("a"), await as("operators", ["admin"])];
    await a.call("POST", "/api/v1/jobs", JOB);
    assert.equal((await operator.call("POST", "/api/v1/jobs/1/cancel")).status, 200);
    assert.equal((await operator.call("POST", "/api/v1/jobs", JOB)).body.job_id, 2);
    assert.equal((await a.call("GET", "/api/v1/jobs/2")).status, 404);
    const ofB = await operator.call("POST", "/api/v1/keys", { name: "b", tenant: "b", scopes: ["jobs:read"] });
    assert.deepEqual([ofB.status, ofB.body.tenant], [201, "b"]);
  });
});

describe("credentials of more than one kind", () => {
  it("are judged by the key in Authorization, then X-API-Key, then the session: a bad one is not made up for", async (t) => {
    const { service, as } = await setup(t);
    const { text } = await as("a");
    const good = { authorization: `Bearer ${text}` };
    const signedIn = await service.call("POST", "/api/v1/session", { key: text });
    const cookie = signedIn.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
    const status = async (headers: Record<string, string>) =>
      (await service.call("GET", "/api/v1/jobs", undefined, headers)).status;
    assert.equal(await status({ ...good, "x-api-key": "none" }), 200);
    assert.equal(await status({ authorization: "Bearer none", "x-api-key": text }), 401);
    assert.equal(await status({ authorization: `Basic ${text}` }), 401);
    assert.equal(await status({ "x-api-key": "none", cookie }), 401);
    assert.equal(await status({ cookie }), 200);
  });
});
