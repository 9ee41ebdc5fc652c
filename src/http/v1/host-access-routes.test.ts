import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createAccessKeeper } from "../../access/access-keeper.ts";
import { createAccessSeal } from "../../access/seal.ts";
import type { Scope } from "../../domain/scopes.ts";
import { createKeyRing } from "../../keys/key-ring.ts";
import { AUTH_SECRET, type HttpService, startHttpService } from "../../testing/http-service.ts";

const PATH = "/api/v1/hosts/access";
const SECRET = "s3cr3t-of-acme";
const KOBO = { pattern: "kf.survey.example", headers: { Authorization: `Token ${SECRET}` } };

const setup = (t: TestContext) => startHttpService(t, { auth: "off" });

async function add(service: HttpService, body: object) {
  const answer = await service.call("POST", PATH, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** What would be sent now, as a worker opens it. */
async function kept(service: HttpService) {
  const seal = createAccessSeal(AUTH_SECRET);
  return (await service.ledger.readAccess(["default"])).map(seal.open);
}

/** The pointers of an answer's problems, each with its sentence. */
function problemsIn({ problems }: Record<string, unknown>): Record<string, string> {
  assert.ok(Array.isArray(problems));
  return Object.fromEntries(problems.map(({ pointer, detail }) => [pointer, detail]));
}

describe("credentials for hosts, over the API", () => {
  it("are kept and shown by names, and their values by nothing: no answer, log line, change or column", async (t) => {
    const service = await setup(t);
    const added = await add(service, { ...KOBO, query: { key: `${SECRET}-2` }, user_agent: "Acme (it@acme.example)" });
    const { id, created_at, ...rest } = added;
    assert.deepEqual(rest, {
      tenant: "default",
      pattern: "kf.survey.example",
      kind: "web",
      headers: ["Authorization"],
      query: ["key"],
      user_agent: "Acme (it@acme.example)",
      over_http: false,
      s3: null,
      azure: null,
      problem: null,
      rotated_at: created_at,
    });
    const one = await service.call("GET", `${PATH}/${id}`);
    const list = await service.call("GET", PATH);
    assert.deepEqual([one.body, list.body], [added, { data: [added] }]);
    const changes = await service.call("GET", "/api/v1/audit");
    assert.match(JSON.stringify(changes.body), new RegExp(`"addHostAccess","target":"${PATH}/${id}"`));
    const rows = service.database.prepare("select * from host_access").all();
    for (const place of [added, one.body, list.body, changes.body, rows, service.log.lines]) {
      assert.doesNotMatch(JSON.stringify(place), /s3cr3t/);
    }
    assert.deepEqual((await kept(service))[0], {
      kind: "web",
      pattern: "kf.survey.example",
      headerNames: ["Authorization"],
      headers: [["Authorization", `Token ${SECRET}`]],
      queryNames: ["key"],
      query: [["key", `${SECRET}-2`]],
      userAgent: "Acme (it@acme.example)",
      overHttp: false,
    });
  });

  it("are changed part by part, and set anew", async (t) => {
    const service = await setup(t);
    const { id, rotated_at } = await add(service, { ...KOBO, query: { key: "a-key" } });
    const change = async (body: object) => (await service.call("PATCH", `${PATH}/${id}`, body)).body;
    const renamed = await change({ user_agent: " Acme ", over_http: true });
    assert.deepEqual([renamed.user_agent, renamed.over_http, renamed.rotated_at], ["Acme", true, rotated_at]);
    const rotated = await change({ headers: { "X-Api-Key": " new-key " } });
    assert.deepEqual([rotated.headers, rotated.query, rotated.user_agent], [["X-Api-Key"], ["key"], "Acme"]);
    const [access] = await kept(service);
    assert.ok(access?.kind === "web");
    assert.deepEqual([access.headers, access.query], [[["X-Api-Key", "new-key"]], [["key", "a-key"]]]);
    const without = await change({ headers: {}, query: {}, user_agent: null });
    assert.deepEqual([without.headers, without.query, without.user_agent], [[], [], null]);
    assert.equal((await service.call("PATCH", `${PATH}/nobody`, {})).status, 404);
  });

  it("are forgotten", async (t) => {
    const service = await setup(t);
    const { id } = await add(service, KOBO);
    assert.equal((await service.call("DELETE", `${PATH}/${id}`)).status, 204);
    assert.equal((await service.call("DELETE", `${PATH}/${id}`)).body.code, "host_access_not_found");
    assert.deepEqual(await kept(service), []);
  });

  it("are one row for a pattern, however it is written", async (t) => {
    const service = await setup(t);
    await add(service, KOBO);
    const again = await service.call("POST", PATH, { ...KOBO, pattern: " https://KF.survey.example:443/ " });
    assert.deepEqual(
      [again.status, again.body.code, again.body.detail],
      [
        409,
        "host_access_exists",
        "there are credentials for kf.survey.example already; change them, or remove them first",
      ],
    );
  });

  it("are of a hundred patterns at most", async (t) => {
    const service = await setup(t);
    for (let no = 0; no < 100; no += 1) await add(service, { ...KOBO, pattern: `h${no}.example` });
    const more = await service.call("POST", PATH, KOBO);
    assert.deepEqual([more.status, more.body.code], [409, "too_many_host_access"]);
  });

  it("are of buckets as well", async (t) => {
    const service = await setup(t);
    const s3 = await add(service, {
      pattern: "s3://photos/in",
      s3: {
        access_key_id: "AKIAEXAMPLE",
        secret_access_key: SECRET,
        session_token: `${SECRET}-2`,
        requester_pays: true,
      },
    });
    assert.deepEqual(s3.s3, {
      access_key_id: "AKIAEXAMPLE",
      has_session_token: true,
      endpoint: null,
      region: null,
      path_style: null,
      requester_pays: true,
    });
    const azure = await add(service, {
      pattern: "az://*",
      azure: { account: "acme", sas: `?sv=1&sig=${SECRET}`, endpoint: "http://127.0.0.1:10000/acme", over_http: true },
    });
    assert.deepEqual(azure.azure, { account: "acme", endpoint: "http://127.0.0.1:10000/acme", by: "sas" });
    assert.doesNotMatch(JSON.stringify([s3, azure]), /s3cr3t/);
    const opened = await kept(service);
    const secrets = opened.map((access) =>
      access.kind === "azure" ? access.secret : access.kind === "s3" && access.secretAccessKey,
    );
    assert.deepEqual(secrets.toSorted(), [SECRET, `sv=1&sig=${SECRET}`]);
  });

  it("say everything that is wrong with them at once, and repeat no value", async (t) => {
    const service = await setup(t);
    const refused = async (body: unknown) => {
      const answer = await service.call("POST", PATH, body);
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.doesNotMatch(JSON.stringify(answer.body), /s3cr3t/);
      return answer.body;
    };
    const names = await refused({
      pattern: "h.example",
      headers: { Host: SECRET, "X Y": SECRET, Cookie: SECRET, "X-Empty": " ", Authorization: `NTLM ${SECRET}` },
      query: { "": SECRET },
      s3: { access_key_id: "a", secret_access_key: SECRET },
    });
    assert.deepEqual(Object.keys(problemsIn(names)).toSorted(), [
      "/headers/Authorization",
      "/headers/Cookie",
      "/headers/Host",
      "/headers/X Y",
      "/headers/X-Empty",
      "/query/",
      "/s3",
    ]);
    assert.match(String(names.detail), /\(and 6 more\)$/);
    const values = await refused({
      pattern: "h.example",
      headers: { Authorization: `${SECRET}\r\nHost: evil`, "X-Long": SECRET.repeat(1_000), "X-Number": [SECRET] },
      user_agent: `${SECRET}\n`,
    });
    assert.match(
      problemsIn(values)["/headers/Authorization"] ?? "",
      /visible ASCII text of 1 to 8192 characters, what came is not repeated$/,
    );
    for (const body of [
      { pattern: "h.example" },
      { pattern: "h.example", user_agent: null },
      { pattern: "*.com", headers: { Authorization: SECRET } },
      { pattern: `https://acme:${SECRET}@h.example/`, headers: { Authorization: SECRET } },
      { pattern: "h.example", headers: SECRET },
      { pattern: "h.example", [SECRET.slice(0, 3)]: SECRET },
      { pattern: "s3://b", headers: { Authorization: SECRET } },
      { pattern: "s3://b", s3: { access_key_id: "a", secret_access_key: SECRET, endpoint: "http://minio.example" } },
      { pattern: "s3://b", s3: { access_key_id: "a", secret_access_key: [SECRET] } },
      { pattern: "az://c", azure: { account: "a", account_key: SECRET, sas: SECRET } },
      { pattern: "az://c", azure: { account: "a" } },
      `{"headers": {"Authorization": ${SECRET}}}`,
      `{"headers": {"Authorization": "${SECRET}"`,
      SECRET,
    ]) {
      await refused(body);
    }
    assert.deepEqual((await service.call("GET", PATH)).body, { data: [] });
    assert.doesNotMatch(JSON.stringify(service.log.lines), /s3cr3t/);
  });

  it("cannot be kept in a fleet without a secret, which is said; a User-Agent alone can", async (t) => {
    const service = await startHttpService(t, { auth: "off", authSecret: null });
    const refused = await service.call("POST", PATH, KOBO);
    assert.deepEqual([refused.status, refused.body.code], [409, "host_access_unavailable"]);
    assert.match(String(refused.body.detail), /needs STOREWALK_AUTH_SECRET, the same for all its processes/);
    await add(service, { pattern: "a.example", user_agent: "Acme" });
  });

  it("that were kept under another secret say so, and are set anew", async (t) => {
    const service = await setup(t);
    const other = createAccessKeeper({
      ledger: service.ledger,
      seal: createAccessSeal("another secret of the service, 32 characters"),
      hasSecret: true,
    });
    const made = await other.add("default", "h.example", { kind: "web", headers: [["X-Key", SECRET]], query: [] });
    assert.ok(made.kind === "kept");
    const path = `${PATH}/${made.access.id}`;
    const { problem } = (await service.call("GET", path)).body;
    assert.match(String(problem), /kept under another STOREWALK_AUTH_SECRET; set it anew/);
    const part = await service.call("PATCH", path, { headers: { "X-Key": "new-key" } });
    assert.deepEqual([part.status, part.body.code], [409, "host_access_unavailable"]);
    const whole = await service.call("PATCH", path, { headers: { "X-Key": "new-key" }, query: {} });
    assert.deepEqual([whole.status, whole.body.problem], [200, null]);
  });

  it("are kept and tried for another tenant by admin alone", async (t) => {
    const service = await startHttpService(t, { auth: "required" });
    const ring = createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
    const asked = async (scopes: readonly Scope[], path: string, body: object) => {
      const { text } = await ring.make({ tenant: "operators", name: "test", scopes, expiresInMs: null });
      return await service.call("POST", path, body, { authorization: `Bearer ${text}` });
    };
    const forAcme = { ...KOBO, tenant: "acme" };
    const refused = await asked(["hosts:manage"], PATH, forAcme);
    assert.deepEqual([refused.status, refused.body.code], [403, "missing_scope"]);
    const trial = { url: "https://h.example/1.jpg", tenant: "acme" };
    assert.equal((await asked(["hosts:manage"], `${PATH}/test`, trial)).status, 403);
    assert.equal((await asked(["admin"], PATH, forAcme)).body.tenant, "acme");
    assert.equal((await asked(["admin"], `${PATH}/test`, trial)).status, 200);
    assert.equal((await service.ledger.readAccess(["operators"])).length, 0);
  });

  it("are tried with one URL of the caller's tenant", async (t) => {
    const asked: unknown[] = [];
    const service = await startHttpService(t, {
      auth: "off",
      tryUrl: async (...given) => {
        asked.push(given);
        if (asked.length > 1) return { kind: "busy" };
        const outcome = { kind: "measured", format: "jpeg", width: 3, height: 4, bytes: 9 } as const;
        return { kind: "tried", pattern: "h.example", sends: ["Authorization"], outcome };
      },
    });
    const test = () => service.call("POST", `${PATH}/test`, { url: "https://h.example/1.jpg" });
    assert.deepEqual((await test()).body, {
      pattern: "h.example",
      sends: ["Authorization"],
      outcome: "measured",
      format: "jpeg",
      width: 3,
      height: 4,
      code: null,
      detail: null,
    });
    assert.deepEqual(asked, [["default", "https://h.example/1.jpg"]]);
    assert.equal((await test()).body.code, "host_tests_busy");
  });
});
