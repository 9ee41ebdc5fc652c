import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

const JOB = { count: 1, visits: [{ store_id: "S1", image_url: ["http://x/1"], visit_time: "2024-05-01" }] };
const KEY = { "idempotency-key": "a-1" };

describe("a submission with an Idempotency-Key", () => {
  for (const path of ["/api/v1/jobs", "/api/submit"]) {
    it(`makes one job however often it is sent to ${path}`, async (t) => {
      const service = await startHttpService(t);
      const first = await service.call("POST", path, JOB, KEY);
      const again = await service.call("POST", path, JOB, KEY);
      assert.deepEqual([first.status, again.status], [201, 201]);
      assert.equal(again.body.job_id, first.body.job_id);
      assert.deepEqual(
        [first.headers.get("idempotency-replayed"), again.headers.get("idempotency-replayed")],
        [null, "true"],
      );
      const { body } = await service.call("GET", "/api/v1/jobs");
      assert.equal(Array.isArray(body.data) && body.data.length, 1);
    });
  }

  it("is refused with 422 when the body or the options are others", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", JOB, KEY);
    for (const [path, job] of [
      ["/api/v1/jobs", { ...JOB, priority: 9 }],
      ["/api/v1/jobs?priority=9", JOB],
    ] as const) {
      const { status, body } = await service.call("POST", path, job, KEY);
      assert.deepEqual([status, body.code], [422, "idempotency_mismatch"]);
    }
  });

  for (const path of ["/api/v1/jobs", "/api/submit"]) {
    it(`is refused with 422 when the job that it made was deleted, sent to ${path}`, async (t) => {
      const service = await startHttpService(t);
      await service.call("POST", path, JOB, KEY);
      await service.call("POST", "/api/v1/jobs/1/cancel");
      await service.call("DELETE", "/api/v1/jobs/1");
      const gone = await service.call("POST", path, JOB, KEY);
      assert.equal(gone.status, 422);
      assert.match(
        String(gone.body.detail ?? gone.body.error),
        /job 1 of this Idempotency-Key was deleted; restore it/,
      );
      await service.call("POST", "/api/v1/deleted-jobs/1/restore");
      assert.equal((await service.call("POST", path, JOB, KEY)).body.job_id, 1);
    });
  }

  it("is refused with 409 while the same one is being read, at any process", async (t) => {
    const service = await startHttpService(t);
    await service.ledger.beginRequest({ key: "default a-1", holder: "another process" }, 60_000);
    const { status, body, headers } = await service.call("POST", "/api/v1/jobs", JOB, KEY);
    assert.deepEqual([status, body.code, headers.get("retry-after")], [409, "idempotency_running", "1"]);
  });

  it("leaves its key free when it is refused", async (t) => {
    const service = await startHttpService(t);
    assert.equal((await service.call("POST", "/api/v1/jobs", { ...JOB, count: 2 }, KEY)).status, 400);
    assert.equal((await service.call("POST", "/api/v1/jobs", JOB, KEY)).status, 201);
  });

  it("keeps nothing when another sending took over while it was read", async (t) => {
    const service = await startHttpService(t, {
      ledger: {
        sealJob: async (jobId, request) => {
          assert.ok(request);
          await service.ledger.dropRequest(request);
          await service.ledger.beginRequest({ ...request, holder: "another process" }, 60_000);
          return await service.plainLedger.sealJob(jobId, request);
        },
      },
    });
    const { status, body } = await service.call("POST", "/api/v1/jobs", JOB, KEY);
    assert.deepEqual([status, body.code], [409, "idempotency_running"]);
    assert.deepEqual((await service.call("GET", "/api/v1/jobs")).body.data, []);
  });

  it("must have a key that can be one", async (t) => {
    const service = await startHttpService(t);
    const { status, body } = await service.call("POST", "/api/v1/jobs", JOB, { "idempotency-key": "a b" });
    assert.deepEqual([status, body.code], [400, "invalid_parameter"]);
  });
});
