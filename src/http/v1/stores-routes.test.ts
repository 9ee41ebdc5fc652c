import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

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
        route: null,
        type: null,
        opened: null,
        closed: null,
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
