import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { operationsOf, readApiDocument } from "../../testing/api-document.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed } from "../../testing/ledger-builders.ts";

const SUBMISSION = {
  count: 1,
  visits: [{ store_id: "S1", image_url: ["http://x/1"], visit_time: "2024-05-01" }],
  external_id: "week-1",
};

async function endedJob(service: HttpService): Promise<number> {
  const { body } = await service.call("POST", "/api/v1/jobs", SUBMISSION);
  await service.ledger.record((await claimNext(service.ledger)).lease, [failed(0)], 1_000);
  return Number(body.job_id);
}

describe("DELETE /api/v1/jobs/{id}", () => {
  it("hides the job from every operation that reads jobs, and says until when it can be restored", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const { status, body } = await service.call("DELETE", `/api/v1/jobs/${jobId}`);
    assert.equal(status, 200);
    const leftMs = Date.parse(String(body.restorable_until)) - Date.now();
    assert.ok(leftMs > 86_000_000 && leftMs <= 86_400_000, `${leftMs} ms are left`);
    const operations = operationsOf(await readApiDocument(service));
    const ofJobs = operations.filter(({ path }) => path.startsWith("/api/v1/jobs/{id}"));
    assert.ok(ofJobs.length > 15);
    const seen: string[] = [];
    for (const { method, path, operation } of ofJobs) {
      const body = operation.requestBody?.content["application/json"] ? bodyOf(operation.operationId) : undefined;
      const at = path.replace("{id}", String(jobId)).replace("{image}", "0");
      const answer = await service.call(method, at, body);
      if (answer.status !== 404) seen.push(`${operation.operationId}: ${answer.status}`);
    }
    assert.deepEqual(seen, []);
    assert.equal((await service.call("GET", `/api/status?jobid=${jobId}`)).status, 404);
    assert.deepEqual((await service.call("GET", "/api/v1/jobs")).body.data, []);
  });

  it("is taken back by its restore, and both are in the log of changes", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const { body: before } = await service.call("GET", `/api/v1/jobs/${jobId}`);
    const { body: deletion } = await service.call("DELETE", `/api/v1/jobs/${jobId}`);
    const { body: deleted } = await service.call("GET", "/api/v1/deleted-jobs");
    assert.deepEqual(deleted.data, [
      {
        ...deletion,
        external_id: "week-1",
        status: "failed",
        counts: { visits: 1, images: 1 },
        created_at: before.created_at,
      },
    ]);
    const restored = await service.call("POST", `/api/v1/deleted-jobs/${jobId}/restore`);
    assert.deepEqual([restored.status, restored.body], [200, before]);
    assert.deepEqual((await service.call("GET", "/api/v1/deleted-jobs")).body.data, []);
    const again = await service.call("POST", `/api/v1/deleted-jobs/${jobId}/restore`);
    assert.deepEqual([again.status, again.body.code], [404, "job_not_found"]);
    const { body: log } = await service.call("GET", "/api/v1/audit");
    assert.deepEqual(
      (log.data as { action: string; target: string }[]).map(({ action, target }) => `${action} ${target}`),
      [
        `restoreJob /api/v1/deleted-jobs/${jobId}/restore`,
        `deleteJob /api/v1/jobs/${jobId}`,
        `createJob /api/v1/jobs/${jobId}`,
      ],
    );
  });

  it("refuses a job that is not over, with what to do", async (t) => {
    const service = await startHttpService(t);
    const { body: job } = await service.call("POST", "/api/v1/jobs", SUBMISSION);
    const { status, body } = await service.call("DELETE", `/api/v1/jobs/${job.job_id}`);
    assert.deepEqual([status, body.code], [409, "job_not_over"]);
    assert.match(String(body.detail), /is ongoing; cancel it, or wait for its end, to delete it/);
  });
});

/** What each operation needs to get as far as its job. */
function bodyOf(operationId: string | undefined): object {
  if (operationId === "setJobPriority") return { priority: 1 };
  if (operationId === "decideReview") return { decision: "dismissed" };
  return operationId === "addVisits" ? { count: 1, visits: SUBMISSION.visits } : {};
}
