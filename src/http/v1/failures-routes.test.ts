import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Ledger } from "../../ledger/port/ledger.ts";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const URLS = ["https://A.example/1.jpg", "http://a.example:8080/2.jpg", "https://a.example/3.jpg", "photo.jpg"];

/** How long a reading takes is what the test says, on a busy machine too. */
function stopClock(t: TestContext): { pass(ms: number): void } {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  return {
    pass(ms) {
      now += ms;
    },
  };
}

describe("GET /api/v1/jobs/{id}/failures", () => {
  it("groups failed images by code, host and store, also those that come later", async (t) => {
    stopClock(t);
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", {
      count: 2,
      visits: ["S1", "S2"].map((store_id) => ({ store_id, image_url: URLS, visit_time: "2024" })),
    });
    assert.deepEqual((await call("GET", "/api/v1/jobs/1/failures")).body, { total: 0, groups: [] });
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [failed(0, "timeout"), failed(1, "timeout"), failed(2, "timeout"), measured(4)], 1_000);
    await ledger.record(lease, [failed(6, "timeout"), failed(3, "invalid_url")], 1_000);
    assert.deepEqual((await call("GET", "/api/v1/jobs/1/failures")).body, {
      total: 5,
      groups: [
        {
          code: "timeout",
          about: "the host did not answer in time",
          images: 4,
          hosts: [
            {
              host: "a.example",
              images: 3,
              stores: [
                { store_id: "S1", images: 2, first_image: 0 },
                { store_id: "S2", images: 1, first_image: 6 },
              ],
              more_stores: 0,
            },
            {
              host: "a.example:8080",
              images: 1,
              stores: [{ store_id: "S1", images: 1, first_image: 1 }],
              more_stores: 0,
            },
          ],
          more_hosts: 0,
        },
        {
          code: "invalid_url",
          about: "the URL cannot be fetched as written",
          images: 1,
          hosts: [{ host: "", images: 1, stores: [{ store_id: "S1", images: 1, first_image: 3 }], more_stores: 0 }],
          more_hosts: 0,
        },
      ],
    });
  });

  it("groups anew after a retry, also when as many images failed of something else", async (t) => {
    stopClock(t);
    const { call, ledger } = await startHttpService(t);
    const visit = { store_id: "S1", image_url: ["http://a.example/1.jpg"], visit_time: "2024" };
    await call("POST", "/api/v1/jobs", { count: 1, visits: [visit] });
    const codes = async () =>
      ((await call("GET", "/api/v1/jobs/1/failures")).body.groups as { code: string }[]).map(({ code }) => code);
    await ledger.record((await claimNext(ledger)).lease, [failed(0, "timeout")], 1_000);
    assert.deepEqual(await codes(), ["timeout"]);
    assert.equal((await call("POST", "/api/v1/jobs/1/retry", {})).status, 200);
    await ledger.record((await claimNext(ledger)).lease, [failed(0, "not_found")], 1_000);
    assert.deepEqual(await codes(), ["not_found"]);
  });

  it("reads a job once for all that look at it, and a running one that takes long not for each failure", async (t) => {
    const clock = stopClock(t);
    let reads = 0;
    let read: Ledger["readResults"] = async () => assert.fail("to be set");
    const { call, ledger, plainLedger } = await startHttpService(t, {
      ledger: {
        readResults: async (...args) => {
          reads += 1;
          const page = await read(...args);
          clock.pass(60_000);
          return page;
        },
      },
    });
    read = plainLedger.readResults;
    const visit = { store_id: "S1", image_url: URLS, visit_time: "2024" };
    await call("POST", "/api/v1/jobs", { count: 1, visits: [visit] });
    const totals = async (lookers: number) => {
      const answers = Array.from({ length: lookers }, () => call("GET", "/api/v1/jobs/1/failures"));
      return (await Promise.all(answers)).map(({ body }) => body.total);
    };
    const { lease } = await claimNext(ledger, 60_000);
    await ledger.record(lease, [failed(0)], 60_000);
    assert.deepEqual([await totals(5), reads], [[1, 1, 1, 1, 1], 1]);
    await ledger.record(lease, [failed(1)], 60_000);
    assert.deepEqual([await totals(5), reads], [[1, 1, 1, 1, 1], 1]);
    await ledger.record(lease, [failed(2), failed(3)], 60_000);
    assert.deepEqual([await totals(2), reads], [[4, 4], 2]);
  });

  it("is a problem for a job that there is not", async (t) => {
    const { call } = await startHttpService(t);
    assert.equal((await call("GET", "/api/v1/jobs/1/failures")).body.code, "job_not_found");
  });
});
