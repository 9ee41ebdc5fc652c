import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { get } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const VISIT = {
  store_id: "S1",
  image_url: ["http://photos.example/1.jpg", "http://photos.example/2.jpg"],
  visit_time: "=1+1",
};

async function aFailedJob(t: TestContext): Promise<HttpService> {
  const service = await startHttpService(t);
  await service.call("POST", "/api/v1/jobs", { count: 1, visits: [VISIT] });
  const { lease } = await claimNext(service.ledger);
  await service.ledger.record(lease, [measured(0), failed(1, "not_found")], 1_000);
  return service;
}

const read = async ({ address }: HttpService, query: string) =>
  await (await fetch(`${address}/api/v1/jobs/1/results${query}`)).text();

describe("GET /api/v1/jobs/{id}/results", () => {
  it("gives the same rows as NDJSON and as JSON", async (t) => {
    const service = await aFailedJob(t);
    const lines = (await read(service, "")).trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ image, outcome, store_id }) => [image, outcome, store_id]),
      [
        [0, "measured", "S1"],
        [1, "failed", "S1"],
      ],
    );
    assert.deepEqual(JSON.parse(await read(service, "?format=json")), rows);
    const failed = JSON.parse(await read(service, "?format=json&outcome=failed"));
    assert.deepEqual(failed, [{ ...rows[1], new_image_url: null }]);
  });

  it("is an empty list for a job without results", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", { count: 1, visits: [VISIT] });
    assert.deepEqual(JSON.parse(await read(service, "?format=json")), []);
    assert.equal(await read(service, ""), "");
  });

  it("is a CSV that no spreadsheet runs, and that can be submitted again as it is", async (t) => {
    const service = await aFailedJob(t);
    const csv = await read(service, "?format=csv&outcome=failed");
    const [header, row, ...rest] = csv.trimEnd().split("\n");
    assert.match(header ?? "", /^store_id,image_url,visit_time,/);
    assert.match(row ?? "", /^S1,http:\/\/photos\.example\/2\.jpg,'=1\+1,,,,,1,1,0,failed,/);
    assert.deepEqual(rest, []);
    const again = await service.call("POST", "/api/v1/jobs", csv, { "content-type": "text/csv" });
    assert.equal(again.status, 201);
    const { images } = (await claimNext(service.ledger)) ?? {};
    assert.deepEqual(
      images?.map(({ url, storeId }) => [url, storeId]),
      [["http://photos.example/2.jpg", "S1"]],
    );
    const lines = (await (await fetch(`${service.address}/api/v1/jobs/1/results`)).text()).trimEnd().split("\n");
    assert.equal(JSON.parse(lines[0] ?? "").visit_time, "=1+1");
  });

  it("is not written for a HEAD", async (t) => {
    const { address, log } = await aFailedJob(t);
    const response = await fetch(`${address}/api/v1/jobs/1/results?format=csv`, { method: "HEAD" });
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/csv; charset=utf-8"]);
    // The answer to another request comes after all that the first one began.
    await fetch(`${address}/healthz`);
    assert.deepEqual(
      log.lines.filter(({ level }) => Number(level) > 30),
      [],
    );
  });

  it("has the digest of the file behind it", async (t) => {
    const { address } = await aFailedJob(t);
    const { body, digest } = await new Promise<{ body: Buffer; digest: string | undefined }>((resolve, reject) => {
      get(`${address}/api/v1/jobs/1/results?format=csv`, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => resolve({ body: Buffer.concat(parts), digest: response.trailers["repr-digest"] }));
      }).on("error", reject);
    });
    assert.equal(digest, `sha-256=:${createHash("sha256").update(body).digest("base64")}:`);
  });

  it("refuses a format that there is not, and a job that there is not", async (t) => {
    const { call } = await startHttpService(t);
    const format = await call("GET", "/api/v1/jobs/1/results?format=xls");
    assert.deepEqual(
      [format.status, format.body.detail],
      [400, 'format must be one of ndjson, csv, json, xlsx, got "xls"'],
    );
    assert.equal((await call("GET", "/api/v1/jobs/1/results")).body.code, "job_not_found");
  });
});
