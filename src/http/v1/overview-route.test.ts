import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const URLS = ["http://ill.example/1.jpg", "http://ill.example/2.jpg", "http://well.example/3.jpg", "http://x/4.jpg"];
const SUBMISSION = { count: 1, visits: [{ store_id: "S1", image_url: URLS, visit_time: "2024-05-01" }] };

describe("GET /api/v1/overview", () => {
  it("shows an idle service", async (t) => {
    const service = await startHttpService(t);
    const { throughput, ...body } = (await service.call("GET", "/api/v1/overview")).body;
    assert.partialDeepStrictEqual(throughput, { step_seconds: 10, images: Array.from({ length: 60 }, () => 0) });
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

  it("tells what waits, what failed in the last hour, and which hosts are ill", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(ledger, 60_000);
    await ledger.record(lease, [failed(0, "timeout"), failed(1, "timeout"), failed(2, "not_found")], 60_000);
    const { body } = await call("GET", "/api/v1/overview");
    const { running, images_per_second: rate, backlog, throughput: _of, ...rest } = body;
    assert.deepEqual(rest, {
      last_hour: { done: 3, failed: 3, failures_by_code: { timeout: 2, not_found: 1 } },
      gpu: { places: 0, busy: 0, utilisation: null },
      hosts_in_trouble: [{ host: "ill.example", code: "timeout", failed: 2 }],
      fleet: { members: 0, threads: 0 },
      stores: 4,
    });
    const { eta_seconds: eta, oldest_queued_ms: _, ...waiting } = backlog as Record<string, unknown>;
    assert.deepEqual(waiting, { jobs: 1, images: 1, chunks: { pending: 0, queued: 0, running: 1 } });
    assert.ok(Number(rate) > 0);
    assert.ok(Number(eta) >= 0 && eta !== null);
    assert.deepEqual(
      (running as { job_id: number }[]).map(({ job_id }) => job_id),
      [1],
    );
  });

  it("keeps how many results came in each ten seconds of the last ten minutes, for its tenant", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(ledger, 60_000);
    const now = Date.now();
    const results = [now - 60_000, now - 60_000, now - 900_000].map((finishedAt, no) => ({
      ...measured(no),
      finishedAt,
    }));
    await ledger.record(lease, results, 60_000);
    await ledger.addUpSums();
    const { throughput } = (await call("GET", "/api/v1/overview")).body;
    const { from, images } = throughput as { from: string; images: number[] };
    assert.equal(images.length, 60);
    assert.equal(images[Math.floor((now - 60_000 - Date.parse(from)) / 10_000)], 2);
    assert.equal(
      images.reduce((sum, some) => sum + some),
      2,
    );
  });

  it("shows jobs that ended a moment ago among the failures, and not as running", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(ledger, 60_000);
    await ledger.record(lease, [measured(0), measured(1), measured(2), failed(3, "timeout")], 60_000);
    const { body } = await call("GET", "/api/v1/overview");
    assert.deepEqual(body.last_hour, { done: 4, failed: 1, failures_by_code: { timeout: 1 } });
    assert.deepEqual([body.running, body.hosts_in_trouble, body.images_per_second], [[], [], 0]);
  });
});
