import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ImageResult } from "../../domain/job.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const visit = (externalId: string | null, ...urls: readonly string[]) => ({
  store_id: "S1",
  visit_time: "2024-05-01",
  image_url: urls,
  ...(externalId === null ? {} : { external_id: externalId }),
});
const list = (...visits: readonly object[]) => ({ count: visits.length, visits });

async function createJob(service: HttpService, ...visits: readonly object[]): Promise<number> {
  const { body } = await service.call("POST", "/api/v1/jobs", list(...visits));
  return Number(body.job_id);
}

async function runNext(
  service: HttpService,
  result = (no: number): ImageResult => measured(no),
): Promise<readonly string[]> {
  const { lease, images } = await claimNext(service.ledger);
  const results = images.map(({ no }) => result(no));
  await service.ledger.record(lease, results, 1_000);
  return images.map(({ no, url }) => `${no} ${url}`);
}

const add = (service: HttpService, jobId: number, body: unknown, headers: Record<string, string> = {}, query = "") =>
  service.call("POST", `/api/v1/jobs/${jobId}/visits${query}`, body, headers);

describe("POST /api/v1/jobs/{id}/visits", () => {
  it("opens a job again that ended, and its visits run in it", async (t) => {
    const service = await startHttpService(t);
    const jobId = await createJob(service, visit("a", "http://x/0"));
    await runNext(service, failed);
    const { status, body } = await add(service, jobId, list(visit("b", "http://x/1", "http://x/2")));
    assert.deepEqual(
      [status, body.status, body.run, body.counts],
      [201, "ongoing", 2, { visits: 2, images: 3, done: 1, succeeded: 0, failed: 1 }],
    );
    assert.deepEqual([body.added, body.warnings], [{ visits: 1, images: 2, already_there: 0 }, []]);
    assert.deepEqual(await runNext(service), ["1 http://x/1", "2 http://x/2"]);
    const { body: ended } = await service.call("GET", `/api/v1/jobs/${jobId}`);
    assert.deepEqual([ended.status, ended.failures_by_code], ["failed", { not_found: 1 }]);
  });

  it("leaves out what is there already, so a list that grows can be sent again and again", async (t) => {
    const service = await startHttpService(t);
    const jobId = await createJob(service, visit("a", "http://x/0"));
    const csv =
      "store_id,visit_time,image_url,visit_external_id\nS1,2024-05-01,http://x/0,a\nS1,2024-05-02,http://x/1,b\n";
    const type = { "content-type": "text/csv" };
    assert.deepEqual((await add(service, jobId, csv, type)).body.added, { visits: 1, images: 1, already_there: 1 });
    assert.deepEqual((await add(service, jobId, csv, type)).body.added, { visits: 0, images: 0, already_there: 2 });
  });

  it("adds once under an Idempotency-Key, which is that of one job", async (t) => {
    const service = await startHttpService(t);
    const [first, second] = [
      await createJob(service, visit(null, "http://x/0")),
      await createJob(service, visit(null, "http://x/0")),
    ];
    const key = { "idempotency-key": "late-1" };
    const late = list(visit(null, "http://x/1"));
    assert.deepEqual((await add(service, first, late, key)).body.added, { visits: 1, images: 1, already_there: 0 });
    const again = await add(service, first, late, key);
    assert.deepEqual(
      [again.status, again.headers.get("idempotency-replayed"), again.body.job_id, again.body.added],
      [201, "true", first, null],
    );
    assert.deepEqual((again.body.counts as { images: number }).images, 2);
    const other = await add(service, second, late, key);
    assert.deepEqual([other.status, other.body.code], [422, "idempotency_mismatch"]);
  });

  it("stands once in the log of changes, under its job, however often it is sent under its key", async (t) => {
    const service = await startHttpService(t);
    const key = { "idempotency-key": "job-1" };
    for (const path of ["/api/submit", "/api/submit"]) {
      await service.call("POST", path, list(visit(null, "http://x/0")), key);
    }
    for (const _ of [1, 2]) await add(service, 1, list(visit(null, "http://x/1")), { "idempotency-key": "late-1" });
    const { body } = await service.call("GET", "/api/v1/audit");
    assert.deepEqual(
      (body.data as { action: string; target: string }[]).map(({ action, target }) => `${action} ${target}`),
      ["addVisits /api/v1/jobs/1", "submit /api/v1/jobs/1"],
    );
  });

  it("says everything that is wrong with the visits, and adds none of them", async (t) => {
    const service = await startHttpService(t);
    const jobId = await createJob(service, visit(null, "http://x/0"));
    const { status, body } = await add(service, jobId, {
      priority: 9,
      ...list(visit(null, "http://x/1"), visit(null)),
    });
    assert.deepEqual([status, body.code], [400, "invalid_submission"]);
    assert.deepEqual(
      (body.problems as { pointer: string; detail: string }[]).map(({ pointer, detail }) => `${pointer} ${detail}`),
      [`/priority is that of job ${jobId} already`, "/visits/1/image_url must be a list of at least one URL, got []"],
    );
    const unknown = { ...visit(null, "http://x/1"), store_id: "S77" };
    const refused = await add(service, jobId, list(unknown), {}, "?unknown_stores=reject");
    assert.deepEqual([refused.status, refused.body.unknown_stores], [400, ["S77"]]);
    const { body: check } = await add(service, jobId, list(unknown), {}, "?dry_run=true");
    assert.deepEqual([check.would_be_accepted, check.images, check.unknown_stores], [true, 1, ["S77"]]);
    const { body: job } = await service.call("GET", `/api/v1/jobs/${jobId}`);
    assert.equal((job.counts as { images: number }).images, 1);
  });

  it("adds nothing to a job that was cancelled or is not there", async (t) => {
    const service = await startHttpService(t);
    const jobId = await createJob(service, visit(null, "http://x/0"));
    await service.call("POST", `/api/v1/jobs/${jobId}/cancel`);
    const { status, body } = await add(service, jobId, list(visit(null, "http://x/1")));
    assert.deepEqual([status, body.code], [409, "job_over"]);
    assert.equal((await add(service, 99, list(visit(null, "http://x/1")))).body.code, "job_not_found");
  });
});
