import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, measured } from "../../testing/ledger-builders.ts";

const VISIT = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };
const SUBMISSION = { count: 2, visits: [VISIT, { ...VISIT, store_id: "S2" }] };

describe("POST /api/v1/jobs/{id}/priority", () => {
  it("changes the priority of a job that is not over", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const answer = await call("POST", "/api/v1/jobs/1/priority", { priority: 9 });
    assert.deepEqual([answer.status, answer.body.priority], [200, 9]);
    assert.equal((await ledger.readJob(1))?.priority, 9);
    await ledger.cancelJob(1);
    assert.equal((await call("POST", "/api/v1/jobs/1/priority", { priority: 1 })).body.code, "job_over");
    assert.equal((await call("POST", "/api/v1/jobs/2/priority", { priority: 1 })).body.code, "job_not_found");
  });

  for (const [body, detail] of [
    [{}, "priority must be a whole number from 0 to 9; it is missing"],
    [{ priority: 10 }, "priority must be a whole number from 0 to 9, got 10"],
    [{ priority: "9" }, 'priority must be a whole number from 0 to 9, got "9"'],
    [[], "the body must be an object, got []"],
    [{ priority: 1, urgent: true }, 'there is no "urgent" here; possible are priority'],
  ] as const) {
    it(`refuses ${JSON.stringify(body)}`, async (t) => {
      const { call } = await startHttpService(t);
      const answer = await call("POST", "/api/v1/jobs/1/priority", body);
      assert.deepEqual([answer.status, answer.body.code, answer.body.detail], [400, "invalid_body", detail]);
    });
  }

  it("refuses what is not JSON, is too large, or has another type", async (t) => {
    const { call } = await startHttpService(t);
    const post = async (body: string, type = "application/json") => {
      const answer = await call("POST", "/api/v1/jobs/1/priority", body, { "content-type": type });
      return [answer.status, answer.body.code];
    };
    assert.deepEqual(await post("{"), [400, "invalid_body"]);
    assert.deepEqual(await post(`{"priority": 1${" ".repeat(70_000)}}`), [413, "body_too_large"]);
    assert.deepEqual(await post("priority=1", "application/x-www-form-urlencoded"), [415, "unsupported_media_type"]);
  });
});

describe("POST /api/v1/jobs/{id}/cancel", () => {
  it("cancels a job, twice as well as once, and not one that is over", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    assert.equal((await call("POST", "/api/v1/jobs/1/cancel")).body.status, "cancelled");
    assert.equal((await call("POST", "/api/v1/jobs/1/cancel")).status, 200);
    assert.equal((await call("GET", "/api/status?jobid=1")).body.status, "cancelled");
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [measured(0), measured(1)], 1_000);
    assert.equal((await call("POST", "/api/v1/jobs/2/cancel")).body.code, "job_over");
    assert.equal((await call("POST", "/api/v1/jobs/3/cancel")).body.code, "job_not_found");
  });
});

describe("POST /api/v1/jobs/{id}/pause and resume", () => {
  it("hold a job back and let it go on", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    assert.equal((await call("POST", "/api/v1/jobs/1/pause")).body.status, "paused");
    assert.equal((await call("GET", "/api/status?jobid=1")).body.status, "paused");
    await assert.rejects(claimNext(ledger));
    assert.equal((await call("POST", "/api/v1/jobs/1/resume")).body.status, "ongoing");
    assert.equal((await claimNext(ledger)).lease.jobId, 1);
    await ledger.cancelJob(1);
    assert.equal(
      (await call("POST", "/api/v1/jobs/1/resume")).body.detail,
      "job 1 is cancelled already and cannot be resumed",
    );
    assert.equal((await call("POST", "/api/v1/jobs/2/pause")).body.code, "job_not_found");
  });
});
