import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const URLS = ["http://a.example/1", "http://a.example/2", "http://b.example:81/3", "http://b.example:81/4"];
const CODES: readonly (ErrorCode | null)[] = ["timeout", "not_found", "timeout", null];

/** A job of two stores that ended with three failures. */
async function endedJob(service: HttpService): Promise<number> {
  const visits = [
    { store_id: "S1", image_url: URLS.slice(0, 3), visit_time: "2024-05-01" },
    { store_id: "S2", image_url: URLS.slice(3), visit_time: "2024-05-01" },
  ];
  const { body } = await service.call("POST", "/api/v1/jobs", { count: 2, visits });
  const { lease } = await claimNext(service.ledger);
  await service.ledger.record(
    lease,
    CODES.map((code, no) => (code === null ? measured(no) : failed(no, code))),
    1_000,
  );
  return Number(body.job_id);
}

describe("POST /api/v1/jobs/{id}/retry", () => {
  for (const { limits, images } of [
    { limits: {}, images: [0, 1, 2] },
    { limits: { codes: ["timeout"] }, images: [0, 2] },
    { limits: { host: "b.example:81" }, images: [2] },
    { limits: { host: "a.example", codes: ["timeout"], store_id: "S1" }, images: [0] },
  ]) {
    it(`runs again what ${JSON.stringify(limits)} means, in the same job`, async (t) => {
      const service = await startHttpService(t);
      const jobId = await endedJob(service);
      const { status, body } = await service.call("POST", `/api/v1/jobs/${jobId}/retry`, limits);
      assert.deepEqual([status, body.job_id, body.status, body.run], [200, jobId, "ongoing", 2]);
      const claim = await claimNext(service.ledger);
      assert.deepEqual(
        claim.images.map(({ no }) => no),
        images,
      );
    });
  }

  it("says what failed before, at the image", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    await service.call("POST", `/api/v1/jobs/${jobId}/retry`);
    const { body } = await service.call("GET", `/api/v1/jobs/${jobId}/images/1`);
    assert.equal(body.outcome, "pending");
    assert.deepEqual(body.past_results, [
      {
        run: 1,
        code: "not_found",
        detail: "image 1 is not there",
        attempts: 1,
        finished_at: "1970-01-01T00:00:00.005Z",
        image_url: "http://a.example/2",
      },
    ]);
  });

  it("is shown by the contract's status as ongoing again", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    assert.equal((await service.call("GET", `/api/status?jobid=${jobId}`)).body.status, "failed");
    await service.call("POST", `/api/v1/jobs/${jobId}/retry`);
    assert.equal((await service.call("GET", `/api/status?jobid=${jobId}`)).body.status, "ongoing");
  });

  it("refuses a job that is not over, was cancelled, or has nothing that is meant, each with its code", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const retry = async (limits: object) => {
      const { status, body } = await service.call("POST", `/api/v1/jobs/${jobId}/retry`, limits);
      return [status, body.code];
    };
    assert.deepEqual(await retry({ host: "nowhere.example" }), [409, "nothing_to_retry"]);
    assert.deepEqual(await retry({ codes: ["no_such_code"] }), [400, "invalid_body"]);
    assert.deepEqual(await retry({ code: "timeout" }), [400, "invalid_body"]);
    assert.deepEqual(await retry({}), [200, undefined]);
    assert.deepEqual(await retry({}), [409, "job_not_over"]);
    await service.call("POST", `/api/v1/jobs/${jobId}/cancel`);
    assert.deepEqual(await retry({}), [409, "job_over"]);
    const { status, body } = await service.call("POST", "/api/v1/jobs/99/retry");
    assert.deepEqual([status, body.code], [404, "job_not_found"]);
  });
});
