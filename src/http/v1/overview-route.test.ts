import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const URLS = ["http://ill.example/1.jpg", "http://ill.example/2.jpg", "http://well.example/3.jpg", "http://x/4.jpg"];
const SUBMISSION = { count: 1, visits: [{ store_id: "S1", image_url: URLS, visit_time: "2024-05-01" }] };

describe("GET /api/v1/overview", () => {
  it("tells what waits, what failed in the last hour, and which hosts are ill", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(ledger, 60_000);
    await ledger.record(lease, [failed(0, "timeout"), failed(1, "timeout"), failed(2, "not_found")], 60_000);
    const { body } = await call("GET", "/api/v1/overview");
    const { running, images_per_second: rate, backlog, ...rest } = body;
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
