/** The client against the service's real routes, over a real port. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { sdkTypes } from "../../scripts/write-sdk-types.ts";
import { Storewalk, StorewalkError } from "../../sdk/src/client.ts";
import { startHttpService } from "../../src/testing/http-service.ts";
import { claimNext, failed, measured } from "../../src/testing/ledger-builders.ts";
import { openUploadFolder } from "../../src/uploads/upload-folder.ts";
import { createUploads } from "../../src/uploads/uploads.ts";
import { startLoopbackServer } from "../loopback-server.ts";

const VISIT = { store_id: "S1", image_url: ["http://a.example/1", "http://a.example/2"], visit_time: "2026-01-05" };

async function setup(t: TestContext) {
  const service = await startHttpService(t);
  return { service, storewalk: new Storewalk({ baseUrl: service.address }) };
}

/** A server that does as it is told, for failures that the service has no reason to show. */
async function startServer(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://${await startLoopbackServer(t, listener)}`;
}

describe("the client's types", () => {
  it("are those of the service's OpenAPI document", async () => {
    const kept = await readFile(new URL("../../sdk/src/api-types.ts", import.meta.url), "utf8");
    assert.ok((await sdkTypes()) === kept, "run npm run -s write:sdk-types");
  });
});

describe("the client", () => {
  it("submits a job with its count filled in, and reads it", async (t) => {
    const { storewalk } = await setup(t);
    const created = await storewalk.jobs.create({ external_id: "week-7", visits: [VISIT, VISIT] }, { priority: 9 });
    const { warnings, warnings_total, ...job } = created;
    assert.deepEqual([warnings, warnings_total], [[], 0]);
    assert.deepEqual([job.status, job.counts.images, job.priority, job.external_id], ["ongoing", 4, 9, "week-7"]);
    assert.deepEqual(await storewalk.jobs.get(job.job_id), { ...job, images_per_second: 0 });
  });

  it("submits a whole file, and says what would become of one", async (t) => {
    const { storewalk } = await setup(t);
    const content = "store_id,image_url,visit_time\nS1,http://x/1,2026-01-05\nS77,http://x/2,2026-01-05\n";
    const check = await storewalk.jobs.dryRun({ type: "csv", content });
    assert.deepEqual([check.would_be_accepted, check.images, check.unknown_stores], [true, 2, ["S77"]]);
    assert.equal((await storewalk.jobs.create({ type: "csv", content: new Blob([content]) })).counts.visits, 2);
    const stream = new Blob([content]).stream();
    assert.equal((await storewalk.jobs.create({ type: "csv", content: stream })).counts.visits, 2);
  });

  it("sends photos with their submission", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const opened = openUploadFolder(folder);
    const { address } = await startHttpService(t, { uploads: (ledger) => createUploads({ store: opened, ledger }) });
    const storewalk = new Storewalk({ baseUrl: address });
    const visits = [{ ...VISIT, image_url: ["file:shelf.jpg"] }];
    const photos = [{ name: "shelf.jpg", content: new Blob(["the photo"]) }];
    assert.equal((await storewalk.jobs.dryRun({ visits })).would_be_accepted, true);
    assert.equal((await storewalk.jobs.dryRun({ visits }, { photos: [] })).problems_total, 1);
    const job = await storewalk.jobs.create({ visits }, { photos });
    assert.equal(job.counts.images, 1);
    for await (const { image_url: url } of storewalk.jobs.images(job.job_id))
      assert.match(url, /^upload:.*\/shelf\.jpg$/);
  });

  it("deletes a job, lists it among the deleted, and restores it", async (t) => {
    const { storewalk } = await setup(t);
    const { job_id: jobId } = await storewalk.jobs.create({ visits: [VISIT] });
    await storewalk.jobs.cancel(jobId);
    const { restorable_until: until } = await storewalk.jobs.delete(jobId);
    assert.deepEqual(
      (await storewalk.jobs.deleted()).map((job) => [job.job_id, job.restorable_until]),
      [[jobId, until]],
    );
    assert.equal((await storewalk.jobs.restore(jobId)).status, "cancelled");
    assert.deepEqual(await storewalk.jobs.deleted(), []);
  });

  it("adds visits to a job", async (t) => {
    const { storewalk } = await setup(t);
    const { job_id: jobId } = await storewalk.jobs.create({ visits: [VISIT] });
    const late = { ...VISIT, external_id: "late-1" };
    const { added, counts } = await storewalk.jobs.addVisits(jobId, { visits: [late] });
    assert.deepEqual([added, counts.visits], [{ visits: 1, images: 2, already_there: 0 }, 2]);
    const again = await storewalk.jobs.addVisits(jobId, { visits: [late] });
    assert.deepEqual(again.added, { visits: 0, images: 0, already_there: 1 });
  });

  it("goes through a list over its pages", async (t) => {
    const { storewalk } = await setup(t);
    for (let job = 0; job < 5; job += 1) await storewalk.jobs.create({ visits: [VISIT] });
    const ids: number[] = [];
    for await (const { job_id: jobId } of storewalk.jobs.list({ limit: 2 })) ids.push(jobId);
    assert.deepEqual(ids, [5, 4, 3, 2, 1]);
    const sizes: number[] = [];
    for await (const page of storewalk.jobs.list({ limit: 2 }).pages()) sizes.push(page.data.length);
    assert.deepEqual(sizes, [2, 2, 1]);
    assert.equal((await storewalk.jobs.list({ status: "paused" }).first()).data.length, 0);
  });

  it("waits for a job's end by its events, and shows each step", async (t) => {
    const { service, storewalk } = await setup(t);
    const { job_id: jobId } = await storewalk.jobs.create({ visits: [VISIT] });
    const { lease } = await claimNext(service.ledger);
    const done: number[] = [];
    const ended = storewalk.jobs.waitForCompletion(jobId, {
      onProgress: ({ counts }) => {
        done.push(counts.done);
        if (done.length === 1) void service.ledger.record(lease, [measured(0)], 60_000);
        else if (counts.done === 1) void service.ledger.record(lease, [failed(1)], 60_000);
      },
    });
    assert.equal((await ended).status, "failed");
    assert.deepEqual([...new Set(done)], [0, 1, 2]);
  });

  it("waits by asking where events break off", async (t) => {
    let asked = 0;
    const job = { job_id: 1, status: "ongoing", finished_at: null };
    const baseUrl = await startServer(t, (request, response) => {
      if (request.url?.endsWith("/events")) return void response.writeHead(200).end();
      asked += 1;
      const now = asked === 2 ? { ...job, status: "completed", finished_at: "2026-01-05T00:00:00Z" } : job;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(now));
    });
    const storewalk = new Storewalk({ baseUrl });
    assert.equal((await storewalk.jobs.waitForCompletion(1)).status, "completed");
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await assert.rejects(storewalk.jobs.waitForCompletion(1, { signal: stop.signal }), /enough/);
  });

  it("reads results as they stream, retries and changes a job's course", async (t) => {
    const { service, storewalk } = await setup(t);
    const { job_id: jobId } = await storewalk.jobs.create({ visits: [VISIT] });
    assert.equal((await storewalk.jobs.pause(jobId)).status, "paused");
    assert.equal((await storewalk.jobs.resume(jobId)).status, "ongoing");
    assert.equal((await storewalk.jobs.setPriority(jobId, 1)).priority, 1);
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0), failed(1)], 60_000);
    const rows: (string | null)[] = [];
    for await (const { code } of storewalk.jobs.results(jobId)) rows.push(code);
    assert.deepEqual(rows, [null, "not_found"]);
    assert.match(await (await storewalk.jobs.report(jobId, { format: "csv", outcome: "failed" })).text(), /not_found/);
    assert.equal((await storewalk.jobs.failures(jobId)).total, 1);
    assert.equal((await storewalk.jobs.images(jobId, { outcome: "failed" }).first()).data[0]?.image, 1);
    assert.equal((await storewalk.jobs.visits(jobId).first()).data[0]?.counts.failed, 1);
    assert.equal((await storewalk.jobs.retry(jobId, { codes: ["not_found"] })).run, 2);
    const again = await claimNext(service.ledger);
    await service.ledger.record(again.lease, [failed(1, "url_expired")], 60_000);
    const content = "image,new_image_url\n1,http://photos.example/fresh\n";
    const retried = await storewalk.jobs.retryAtFreshUrls(jobId, { type: "csv", content });
    assert.deepEqual([retried.run, retried.warnings], [3, []]);
    assert.equal((await storewalk.jobs.cancel(jobId)).status, "cancelled");
  });

  it("reads stores, imports them, and looks at the whole service", async (t) => {
    const { storewalk } = await setup(t);
    const csv = "store_id,store_name,area_code\nS9,New shop,A9\n";
    assert.equal((await storewalk.stores.import(csv, { dryRun: true })).imported, false);
    assert.equal((await storewalk.stores.import(csv)).added, 1);
    assert.equal((await storewalk.stores.get("S9")).store_name, "New shop");
    assert.equal((await storewalk.stores.list({ q: "new" }).first()).data.length, 1);
    assert.equal((await storewalk.stores.inactive({ days: 1 }).first()).data.length, 5);
    assert.equal((await storewalk.stores.areas()).length, 3);
    assert.equal((await storewalk.overview()).stores, 5);
  });

  it("keeps webhooks", async (t) => {
    const { storewalk } = await setup(t);
    const { id, secret } = await storewalk.webhooks.create({ url: "https://a.example/" });
    assert.match(secret, /^whsec_/);
    assert.notEqual((await storewalk.webhooks.rotate(id)).secret, secret);
    assert.equal((await storewalk.webhooks.change(id, { enabled: false })).enabled, false);
    const { no } = await storewalk.webhooks.ping(id);
    await storewalk.deliveries.replay(no);
    assert.equal((await storewalk.deliveries.list({ webhook_id: id }).first()).data.length, 2);
    await storewalk.webhooks.remove(id);
    assert.deepEqual(await storewalk.webhooks.list(), []);
  });

  it("rejects with the service's own problem", async (t) => {
    const { storewalk } = await setup(t);
    await assert.rejects(storewalk.jobs.get(99), (error) => {
      assert.ok(error instanceof StorewalkError);
      assert.deepEqual([error.code, error.status, error.message], ["job_not_found", 404, "there is no job 99"]);
      assert.match(error.requestId ?? "", /^[\w-]+$/);
      return true;
    });
    await assert.rejects(storewalk.jobs.create({ visits: [{ ...VISIT, store_id: "" }] }), {
      code: "invalid_submission",
      problems: [{ pointer: "/visits/0/store_id", code: "missing", detail: 'must be a non-empty string, got ""' }],
    });
  });

  it("sends again what failed for a moment, a submission under one key, and nothing that would count twice", async (t) => {
    const seen: string[] = [];
    const keys = new Set<unknown>();
    const baseUrl = await startServer(t, (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      keys.add(request.headers["idempotency-key"]);
      if (seen.length % 2 === 1) return void response.writeHead(503, { "retry-after": "0" }).end();
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    const storewalk = new Storewalk({ baseUrl });
    await storewalk.jobs.create({ visits: [VISIT] });
    assert.deepEqual(seen, ["POST /api/v1/jobs", "POST /api/v1/jobs"]);
    assert.equal(keys.size, 1);
    await assert.rejects(storewalk.jobs.retry(1), { status: 503 });
    assert.equal(seen.length, 3);
  });

  it("gives up after its retries where nobody answers, and says where", async () => {
    const storewalk = new Storewalk({ baseUrl: "http://127.0.0.1:9", maxRetries: 1 });
    await assert.rejects(storewalk.overview(), {
      code: "unreachable",
      message: "the service at http://127.0.0.1:9 cannot be reached",
    });
  });

  it("ends with its time limit, and with what else answers", async (t) => {
    const silent = await startServer(t, () => {});
    const late = new Storewalk({ baseUrl: silent, maxRetries: 0, timeoutMs: 50 });
    await assert.rejects(late.overview(), /did not answer within 50 ms/);
    const other = await startServer(t, (_request, response) => void response.writeHead(404).end("<html>"));
    await assert.rejects(new Storewalk({ baseUrl: other }).overview(), { code: "not_storewalk" });
  });
});
