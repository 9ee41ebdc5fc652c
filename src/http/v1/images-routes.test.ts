import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isObject } from "../../intake/text-rules.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const IMAGE = { url: "http://b.example/2", external_id: "photo-2", metadata: { side: "left" } };
const SUBMISSION = {
  count: 2,
  external_id: "week-7",
  metadata: { campaign: "spring" },
  visits: [
    {
      store_id: "S1",
      image_url: ["http://a.example/1", IMAGE],
      visit_time: "2024-05-01",
      external_id: "visit-1",
      metadata: { by: "Ann" },
    },
    { store_id: "S2", image_url: ["http://b.example/3"], visit_time: "noon" },
  ],
};

async function submit(service: HttpService): Promise<number> {
  const { status, body } = await service.call("POST", "/api/v1/jobs", SUBMISSION);
  assert.equal(status, 201);
  assert.deepEqual([body.external_id, body.metadata, body.run], ["week-7", { campaign: "spring" }, 1]);
  return Number(body.job_id);
}

async function listed(service: HttpService, path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { status, body } = await service.call("GET", path);
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(Array.isArray(body.data));
  return body.data.filter(isObject);
}

describe("GET /api/v1/jobs/{id}/images", () => {
  it("shows every image with its labels, and its result as soon as there is one", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0), failed(1, "timeout")], 1_000);
    const images = await listed(service, `/api/v1/jobs/${jobId}/images`);
    assert.deepEqual(
      images.map(({ image, outcome, code, perimeter, external_id, metadata }) => ({
        image,
        outcome,
        code,
        perimeter,
        external_id,
        metadata,
      })),
      [
        { image: 0, outcome: "measured", code: null, perimeter: 14, external_id: null, metadata: {} },
        {
          image: 1,
          outcome: "failed",
          code: "timeout",
          perimeter: null,
          external_id: "photo-2",
          metadata: { side: "left" },
        },
        { image: 2, outcome: "pending", code: null, perimeter: null, external_id: null, metadata: {} },
      ],
    );
  });

  it("narrows the list by outcome, code, store, visit and host", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0), failed(1, "timeout")], 1_000);
    const numbers = async (query: string) =>
      (await listed(service, `/api/v1/jobs/${jobId}/images?${query}`)).map(({ image }) => image);
    assert.deepEqual(await numbers("outcome=pending"), [2]);
    assert.deepEqual(await numbers("code=timeout"), [1]);
    assert.deepEqual(await numbers("code=timeout&outcome=measured"), []);
    assert.deepEqual(await numbers("store_id=S1"), [0, 1]);
    assert.deepEqual(await numbers("visit=1"), [2]);
    assert.deepEqual(await numbers("host=b.example"), [1, 2]);
    assert.deepEqual(await numbers("host=b.example&outcome=failed"), [1]);
  });

  it("goes on from page to page under a host", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const first = await service.call("GET", `/api/v1/jobs/${jobId}/images?host=b.example&limit=1`);
    assert.equal(first.body.has_more, true);
    const second = await listed(
      service,
      `/api/v1/jobs/${jobId}/images?host=b.example&limit=1&cursor=${first.body.next_cursor}`,
    );
    assert.deepEqual(
      second.map(({ image }) => image),
      [2],
    );
  });

  it("answers 404 for a job or an image that does not exist", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const codeAt = async (path: string) => (await service.call("GET", path)).body.code;
    assert.equal(await codeAt("/api/v1/jobs/77/images"), "job_not_found");
    assert.equal(await codeAt("/api/v1/jobs/77/visits"), "job_not_found");
    assert.equal(await codeAt(`/api/v1/jobs/${jobId}/images/3`), "image_not_found");
  });
});

describe("GET /api/v1/jobs/{id}/visits", () => {
  it("shows each visit with its labels and counts", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const visits = await listed(service, `/api/v1/jobs/${jobId}/visits`);
    assert.deepEqual(visits[0], {
      visit: 0,
      store_id: "S1",
      store_known: true,
      visit_time: "2024-05-01",
      visit_date: "2024-05-01",
      external_id: "visit-1",
      metadata: { by: "Ann" },
      counts: { images: 2, done: 0, succeeded: 0, failed: 0 },
    });
    assert.equal((await listed(service, `/api/v1/jobs/${jobId}/visits?store_id=S2`)).length, 1);
  });
});

describe("labels", () => {
  it("come back in every report, and a CSV of the failed images can be submitted again with them", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [failed(0), failed(1), failed(2)], 1_000);
    const report = await fetch(`${service.address}/api/v1/jobs/${jobId}/results?format=csv&outcome=failed`);
    const csv = await report.text();
    assert.match(csv, /^S1,http:\/\/b\.example\/2,2024-05-01,photo-2,"\{""side"":""left""\}",visit-1,/m);
    const again = await service.call("POST", "/api/v1/jobs", csv, { "content-type": "text/csv" });
    assert.equal(again.status, 201);
    const [first, second] = await listed(service, `/api/v1/jobs/${again.body.job_id}/images`);
    assert.deepEqual([first?.external_id, second?.external_id, second?.metadata], [null, "photo-2", { side: "left" }]);
    const [visit] = await listed(service, `/api/v1/jobs/${again.body.job_id}/visits`);
    assert.deepEqual([visit?.external_id, visit?.metadata], ["visit-1", { by: "Ann" }]);
  });

  it("find a job again by its external id", async (t) => {
    const service = await startHttpService(t);
    const jobId = await submit(service);
    await service.call("POST", "/api/v1/jobs?external_id=week-8", { count: 1, visits: SUBMISSION.visits.slice(1) });
    const jobs = await listed(service, "/api/v1/jobs?external_id=week-7");
    assert.deepEqual(
      jobs.map((job) => job.job_id),
      [jobId],
    );
  });

  it("are refused with their places when they cannot be kept", async (t) => {
    const service = await startHttpService(t);
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, key) => [`k${key}`, "x"]));
    const visit = { store_id: "S1", visit_time: "2024-05-01", external_id: 7, metadata: { n: 1 } };
    const image_url = [{ url: "http://x/1", external_id: "", metadata: many }, { external_id: "no url" }];
    const { status, body } = await service.call("POST", "/api/v1/jobs", {
      count: 1,
      metadata: [],
      visits: [{ ...visit, image_url }],
    });
    assert.equal(status, 400);
    assert.deepEqual(body.problems, [
      { pointer: "/visits/0/image_url/0/external_id", code: "missing", detail: 'must be a non-empty string, got ""' },
      { pointer: "/visits/0/image_url/0/metadata", code: "too_long", detail: "must have at most 16 keys, got 17" },
      { pointer: "/visits/0/image_url/1/url", code: "missing", detail: "must be a non-empty string, got nothing" },
      { pointer: "/visits/0/external_id", code: "malformed", detail: "must be a non-empty string, got 7" },
      {
        pointer: "/visits/0/metadata",
        code: "malformed",
        detail: 'the value of "n" must be a non-empty string, got 1',
      },
      { pointer: "/metadata", code: "malformed", detail: "must be an object of texts, got []" },
    ]);
  });
});

describe("POST /api/v1/jobs?dry_run=true", () => {
  const CSV = [
    "store_id,image_url,visit_time,Shelf,external_id,metadata.side",
    "S1,http://x/1,2024-05-01,3,p1,left",
    "S77,http://x/2,2024-05-01,3,,",
    ",http://x/3,2024-05-01,3,,",
  ].join("\n");

  it("says by line what is wrong, what is unknown and what is ignored, and keeps nothing", async (t) => {
    const service = await startHttpService(t);
    const { status, body } = await service.call("POST", "/api/v1/jobs?dry_run=true", CSV, {
      "content-type": "text/csv",
    });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      would_be_accepted: false,
      visits: 2,
      images: 2,
      problems: [{ pointer: "line 4, store_id", code: "missing", detail: 'must be a non-empty string, got ""' }],
      problems_total: 1,
      unknown_stores: ["S77"],
      ignored_columns: ["Shelf"],
      columns: [
        { header: "store_id", means: "store_id" },
        { header: "image_url", means: "image_url" },
        { header: "visit_time", means: "visit_time" },
        { header: "Shelf", means: null },
        { header: "external_id", means: "external_id" },
        { header: "metadata.side", means: "metadata.side" },
      ],
      open_dates: null,
      warnings: [
        {
          pointer: "",
          code: "columns_ignored",
          detail:
            'columns that mean nothing here: "Shelf"; columns=visit_metadata.KEY:NAME or metadata.KEY:NAME keeps one as a label',
        },
      ],
      warnings_total: 1,
    });
    assert.deepEqual(await listed(service, "/api/v1/jobs"), []);
  });

  it("counts unknown stores as problems where they are a reason to refuse", async (t) => {
    const service = await startHttpService(t);
    const good = CSV.split("\n").slice(0, 3).join("\n");
    const dryRun = async (option: string) =>
      (
        await service.call("POST", `/api/v1/jobs?dry_run=true&unknown_stores=${option}`, good, {
          "content-type": "text/csv",
        })
      ).body;
    assert.equal((await dryRun("fail")).would_be_accepted, true);
    const refused = await dryRun("reject");
    assert.deepEqual([refused.would_be_accepted, refused.unknown_stores], [false, ["S77"]]);
  });
});
