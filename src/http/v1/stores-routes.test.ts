import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const CSV = { "content-type": "text/csv" };
const MASTER = "store_id,store_name,area_code\nS1,Corner shop,A9\nS77,New shop,A2\nS2,Corner shop,A2\n";

async function visitToday(service: HttpService, storeId: string): Promise<string> {
  const today = new Date().toISOString().slice(0, 10);
  const visits = [{ store_id: storeId, image_url: ["http://x/1", "http://x/2"], visit_time: today }];
  await service.call("POST", "/api/v1/jobs", { count: 1, visits });
  const { lease } = await claimNext(service.ledger);
  await service.ledger.record(lease, [measured(0), failed(1)], 1_000);
  return today;
}

async function storeIds(service: HttpService, path: string): Promise<unknown[]> {
  const { status, body } = await service.call("GET", path);
  assert.equal(status, 200);
  return (Array.isArray(body.data) ? body.data : []).map(({ store_id }) => store_id);
}

describe("GET /api/v1/stores", () => {
  it("shows stores with what was visited of them, and finds them by text and area", async (t) => {
    const service = await startHttpService(t);
    const today = await visitToday(service, "S1");
    const { body } = await service.call("GET", "/api/v1/stores?q=s1&limit=1");
    assert.deepEqual(body.data, [
      {
        store_id: "S1",
        store_name: "Corner shop",
        area: "A1",
        visits: 1,
        images: 2,
        failed: 1,
        last_visit_date: today,
      },
    ]);
    assert.deepEqual(await storeIds(service, "/api/v1/stores?area=A2"), ["S01408764", "S2"]);
    const first = await service.call("GET", "/api/v1/stores?limit=2");
    assert.equal(first.body.has_more, true);
    assert.deepEqual(await storeIds(service, `/api/v1/stores?limit=2&cursor=${first.body.next_cursor}`), ["S1", "S2"]);
  });

  it("shows one store with its days, or 404", async (t) => {
    const service = await startHttpService(t);
    const date = await visitToday(service, "S1");
    const { body } = await service.call("GET", "/api/v1/stores/S1");
    assert.deepEqual(body.days, [{ date, visits: 1, images: 2, failed: 1 }]);
    const { status, body: problem } = await service.call("GET", "/api/v1/stores/S%2F1");
    assert.deepEqual([status, problem.code], [404, "store_not_found"]);
  });

  it("lists stores that nobody visited for some days", async (t) => {
    const service = await startHttpService(t);
    await visitToday(service, "S1");
    assert.deepEqual(await storeIds(service, "/api/v1/stores/inactive?days=7"), ["S00339218", "S01408764", "S2"]);
    assert.deepEqual(await storeIds(service, "/api/v1/stores/inactive?days=7&q=s0"), ["S00339218", "S01408764"]);
  });

  it("sums up areas", async (t) => {
    const service = await startHttpService(t);
    const today = await visitToday(service, "S1");
    const { body } = await service.call("GET", "/api/v1/areas");
    assert.deepEqual(body.data, [
      { area: "A1", stores: 2, visited_stores: 1, visits: 1, images: 2, failed: 1, last_visit_date: today },
      { area: "A2", stores: 2, visited_stores: 0, visits: 0, images: 0, failed: 0, last_visit_date: null },
    ]);
  });
});

describe("POST /api/v1/stores/import", () => {
  it("shows what would change, changes nothing, and then does it", async (t) => {
    const service = await startHttpService(t);
    const preview = await service.call("POST", "/api/v1/stores/import?dry_run=true", MASTER, CSV);
    assert.deepEqual(preview.body, {
      imported: false,
      added: 1,
      changed: 1,
      unchanged: 1,
      warnings: [],
      changes: [
        {
          kind: "changed",
          store: { store_id: "S1", store_name: "Corner shop", area: "A9" },
          before: { store_id: "S1", store_name: "Corner shop", area: "A1" },
        },
        { kind: "added", store: { store_id: "S77", store_name: "New shop", area: "A2" }, before: null },
      ],
    });
    assert.equal(await service.ledger.readStore("S77"), null);
    const { body } = await service.call("POST", "/api/v1/stores/import", MASTER, CSV);
    assert.deepEqual(body, { imported: true, added: 1, changed: 1, unchanged: 1, warnings: [] });
    assert.equal((await service.ledger.readStore("S1"))?.area, "A9");
  });

  it("refuses a file with faults by their lines, and bodies that are no CSV", async (t) => {
    const service = await startHttpService(t);
    for (const query of ["", "?dry_run=true"]) {
      const { status, body } = await service.call("POST", `/api/v1/stores/import${query}`, `${MASTER},x,y\n`, CSV);
      assert.deepEqual([status, body.code], [400, "invalid_store_master"]);
      assert.deepEqual(body.problems, [{ pointer: "line 5", code: "missing", detail: "the store's id is empty" }]);
    }
    const { status } = await service.call("POST", "/api/v1/stores/import", {});
    assert.equal(status, 415);
    assert.equal((await service.call("POST", "/api/v1/stores/import?dry=1", MASTER, CSV)).status, 400);
  });
});

describe("GET /api/v1/overview", () => {
  it("shows an idle service", async (t) => {
    const service = await startHttpService(t);
    const { body } = await service.call("GET", "/api/v1/overview");
    assert.deepEqual(body, {
      images_per_second: 0,
      backlog: {
        jobs: 0,
        images: 0,
        chunks: { pending: 0, queued: 0, running: 0 },
        oldest_queued_ms: 0,
        eta_seconds: null,
      },
      last_hour: { done: 0, failed: 0, failures_by_code: {} },
      gpu: { places: 0, busy: 0, utilisation: null },
      hosts_in_trouble: [],
      fleet: { members: 0, threads: 0 },
      stores: 4,
      running: [],
    });
  });

  it("shows what runs, what failed, which hosts are in trouble and how busy the GPU is", async (t) => {
    const service = await startHttpService(t);
    const visits = [
      { store_id: "S1", image_url: ["http://slow.example/1", "http://x/2", "http://x/3"], visit_time: "2024-05-01" },
    ];
    await service.call("POST", "/api/v1/jobs", { count: 1, visits });
    await service.ledger.heartbeat(
      { id: "a", windowImages: 1, windowChunks: 1, threads: 2 },
      { gpuPlaces: 8, gpuBusy: 6 },
      60_000,
    );
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [failed(0, "timeout"), failed(1, "corrupt")], 1_000);
    const { body } = await service.call("GET", "/api/v1/overview");
    assert.deepEqual(body.hosts_in_trouble, [{ host: "slow.example", code: "timeout", failed: 1 }]);
    assert.deepEqual(body.last_hour, { done: 2, failed: 2, failures_by_code: { timeout: 1, corrupt: 1 } });
    assert.deepEqual(body.gpu, { places: 8, busy: 6, utilisation: 0.75 });
    assert.deepEqual(body.fleet, { members: 1, threads: 2 });
    assert.equal(Array.isArray(body.running) && body.running.length, 1);
    assert.partialDeepStrictEqual(body.backlog, { jobs: 1, images: 1 });
  });
});
