import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { operationsOf, readApiDocument } from "../testing/api-document.ts";
import { startHttpService } from "../testing/http-service.ts";
import { seriesOf } from "../testing/metrics-text.ts";

const JOB = { count: 1, visits: [{ store_id: "S1", image_url: ["http://x/1"], visit_time: "2024-05-01" }] };

async function scrape(address: string) {
  const response = await fetch(`${address}/metrics`);
  return { contentType: response.headers.get("content-type"), series: seriesOf(await response.text()) };
}

describe("GET /healthz", () => {
  it("is 200 while the process lives, also when it drains and its ledger is away", async (t) => {
    const readFleet = () => Promise.reject(new Error("away"));
    const { call } = await startHttpService(t, { isDraining: () => true, ledger: { readFleet } });
    const { status, body } = await call("GET", "/healthz");
    assert.deepEqual([status, body], [200, { status: "ok" }]);
  });
});

describe("GET /readyz", () => {
  it("is 200 when the ledger can be read", async (t) => {
    const { call } = await startHttpService(t);
    const { status, headers, body } = await call("GET", "/readyz");
    assert.deepEqual([status, body], [200, { status: "ready", reasons: [] }]);
    assert.equal(headers.get("cache-control"), "no-store");
  });

  it("is 503 from the moment of draining on", async (t) => {
    let draining = false;
    const { call } = await startHttpService(t, { isDraining: () => draining });
    assert.equal((await call("GET", "/readyz")).status, 200);
    draining = true;
    const { status, body } = await call("GET", "/readyz");
    assert.deepEqual([status, body], [503, { status: "draining", reasons: ["the process is about to end"] }]);
  });

  it("is 503 while the ledger cannot be read, from one answer to the next", async (t) => {
    let away = true;
    const nobody = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, gpuPlaces: 0, gpuBusy: 0 };
    const readFleet = async () => (away ? Promise.reject(new Error("away")) : nobody);
    const { call } = await startHttpService(t, { ledger: { readFleet } });
    const { status, body } = await call("GET", "/readyz");
    const reasons = ["the ledger could not be read within 1000 ms"];
    assert.deepEqual([status, body], [503, { status: "not_ready", reasons }]);
    for (away of [false, true]) assert.equal((await call("GET", "/readyz")).status, away ? 503 : 200);
  });

  it("does not wait for a ledger that hangs, nor ask it again and again", async (t) => {
    let reads = 0;
    const readFleet = () => {
      reads += 1;
      return new Promise<never>(() => {});
    };
    const { call } = await startHttpService(t, { ledger: { readFleet } });
    const answers = await Promise.all([call("GET", "/readyz"), call("GET", "/readyz")]);
    assert.deepEqual([answers.map(({ status }) => status), reads], [[503, 503], 1]);
  });
});

describe("GET /metrics", () => {
  it("is Prometheus' text, with what the API did", async (t) => {
    const { address, call } = await startHttpService(t);
    assert.equal((await call("POST", "/api/submit", JOB)).status, 201);
    for (let time = 0; time < 2; time++) assert.equal((await call("POST", "/api/v1/jobs/1/cancel")).status, 200);
    const { contentType, series } = await scrape(address);
    assert.match(contentType ?? "", /^text\/plain; version=0\.0\.4/);
    assert.deepEqual(
      [series.get("storewalk_jobs_accepted_total"), series.get('storewalk_jobs_ended_total{status="cancelled"}')],
      [1, 1],
    );
  });

  it("is refused in the API's shape to who may not see it, as the document says", async (t) => {
    const { address, call } = await startHttpService(t, { auth: "required" });
    const { status, body } = await call("GET", "/metrics");
    assert.deepEqual([status, Object.keys(body)], [401, ["error"]]);
    const documented = operationsOf(await readApiDocument({ address })).find(({ path }) => path === "/metrics");
    assert.ok(documented?.operation.responses[401]?.content?.["application/json"]);
  });

  it("names routes, never paths that clients choose", async (t) => {
    const { address, call, log } = await startHttpService(t);
    await call("GET", "/api/v1/jobs/77/results");
    await call("GET", "/api/s3cret?x=s3cret");
    await call("PUT", "/api/status");
    await log.find(({ method, status }) => method === "PUT" && status === 405);
    const { series } = await scrape(address);
    const counts = [...series].filter(([name]) => name.startsWith("storewalk_http_request_seconds_count"));
    assert.deepEqual(counts, [
      ['storewalk_http_request_seconds_count{route="/api/v1/jobs/:id/results",method="GET",status="404"}', 1],
      ['storewalk_http_request_seconds_count{route="none",method="GET",status="404"}', 1],
      ['storewalk_http_request_seconds_count{route="none",method="PUT",status="405"}', 1],
    ]);
  });

  it("answers without the ledger", async (t) => {
    const readBacklog = () => Promise.reject(new Error("away"));
    const { address } = await startHttpService(t, { ledger: { readBacklog } });
    const { series } = await scrape(address);
    assert.deepEqual([series.get("storewalk_ledger_up"), series.has("storewalk_backlog_images")], [0, false]);
  });
});

describe("the routes of operation", () => {
  it("refuse other methods in the API's shape", async (t) => {
    const { call } = await startHttpService(t);
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      const { status, headers, body } = await call("POST", path);
      assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD"], path);
      assert.deepEqual(Object.keys(body), ["error"]);
    }
  });

  it("are all that a process without the API has", async (t) => {
    const { address, call } = await startHttpService(t, { withoutApi: true });
    assert.equal((await call("GET", "/readyz")).status, 200);
    assert.equal((await fetch(`${address}/metrics`)).status, 200);
    for (const [method, path] of [
      ["POST", "/api/submit"],
      ["GET", "/api/status?jobid=1"],
    ] as const) {
      const { status, body } = await call(method, path);
      assert.deepEqual([status, Object.keys(body)], [404, ["error"]], path);
    }
  });
});
