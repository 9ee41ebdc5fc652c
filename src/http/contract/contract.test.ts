import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

/** The example of the contract, as existing clients send it. */
const EXAMPLE = {
  count: 2,
  visits: [
    {
      store_id: "S00339218",
      image_url: ["https://www.gstatic.com/webp/gallery/2.jpg", "https://www.gstatic.com/webp/gallery/3.jpg"],
      visit_time: "2020-10-10 10:00:00",
    },
    { store_id: "S01408764", image_url: ["https://www.gstatic.com/webp/gallery/3.jpg"], visit_time: "yesterday" },
  ],
};

const aSubmittedVisit = (visit: object = {}) => ({
  store_id: "S1",
  image_url: ["http://photos.example/1.jpg"],
  visit_time: "2024-05-01T10:00:00Z",
  ...visit,
});
const aSubmission = (...visits: unknown[]) => ({ count: visits.length, visits });

async function refusalOf(t: TestContext, body: unknown, headers?: Record<string, string>) {
  const { call } = await startHttpService(t);
  return await call("POST", "/api/submit", body, headers);
}

describe("POST /api/submit", () => {
  it("answers 201 with the job's number and where to look for it", async (t) => {
    const { call } = await startHttpService(t);
    const answer = await call("POST", "/api/submit", EXAMPLE);
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.body, { job_id: 1 });
    assert.equal(answer.headers.get("location"), "/api/status?jobid=1");
    const status = await call("GET", "/api/status?jobid=1");
    assert.deepEqual(status.body.counts, { visits: 2, images: 3, done: 0, succeeded: 0, failed: 0 });
  });

  it("takes a trailing slash without a redirect, and numbers jobs in sequence across refusals", async (t) => {
    const { call } = await startHttpService(t);
    const first = await call("POST", "/api/submit/", EXAMPLE);
    await call("POST", "/api/submit", { count: 5, visits: [] });
    const second = await call("POST", "/api/submit", EXAMPLE);
    assert.deepEqual([first.status, first.body.job_id, second.body.job_id], [201, 1, 2]);
  });

  it("ignores fields that it does not know", async (t) => {
    const { call } = await startHttpService(t);
    const answer = await call("POST", "/api/submit", {
      ...aSubmission(aSubmittedVisit({ note: { a: [1] } })),
      extra: [{ deep: {} }],
    });
    assert.equal(answer.status, 201);
  });

  for (const [name, body, message] of [
    ["broken JSON", '{"count": 1, "visits": [', /JSON/],
    ["an empty body", "", /empty/],
    ["a body that is no object", "[1]", /object/],
    ["a missing count", { visits: [aSubmittedVisit()] }, /count/],
    ["a count that is text", { count: "1", visits: [aSubmittedVisit()] }, /count.*"1"/],
    ["a count that is not the number of visits", { count: 2, visits: [aSubmittedVisit()] }, /count.*2.*1|count.*1.*2/],
    ["missing visits", { count: 0 }, /visits/],
    ["no visits", { count: 0, visits: [] }, /visits/],
    ["visits that are no list", { count: 1, visits: {} }, /visits/],
    ["a visit that is no object", aSubmission(7), /\/visits\/0/],
    ["a missing store_id", aSubmission(aSubmittedVisit({ store_id: undefined })), /\/visits\/0\/store_id/],
    ["a store_id that is a number", aSubmission(aSubmittedVisit({ store_id: 42 })), /\/visits\/0\/store_id.*42/],
    ["an empty store_id", aSubmission(aSubmittedVisit({ store_id: "" })), /\/visits\/0\/store_id/],
    ["a missing image_url", aSubmission(aSubmittedVisit({ image_url: undefined })), /\/visits\/0\/image_url/],
    ["an image_url that is text", aSubmission(aSubmittedVisit({ image_url: "http://x" })), /\/visits\/0\/image_url/],
    ["an empty image_url list", aSubmission(aSubmittedVisit({ image_url: [] })), /\/visits\/0\/image_url/],
    ["an empty URL", aSubmission(aSubmittedVisit({ image_url: ["http://x", ""] })), /\/visits\/0\/image_url\/1/],
    ["a URL that is null", aSubmission(aSubmittedVisit({ image_url: [null] })), /\/visits\/0\/image_url\/0.*null/],
    ["a missing visit_time", aSubmission(aSubmittedVisit({ visit_time: undefined })), /\/visits\/0\/visit_time/],
    ["an empty visit_time", aSubmission(aSubmittedVisit({ visit_time: "" })), /\/visits\/0\/visit_time/],
    ["a NUL in a URL", aSubmission(aSubmittedVisit({ image_url: ["http://x/\0y"] })), /\/visits\/0\/image_url\/0/],
  ] as const) {
    it(`refuses ${name}, saying where`, async (t) => {
      const answer = await refusalOf(t, body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body.error), message);
    });
  }

  it("lists every problem at once and says in the sentence how many more there are", async (t) => {
    const answer = await refusalOf(t, aSubmission({ store_id: 1 }, aSubmittedVisit(), { image_url: [""] }));
    assert.equal(answer.status, 400);
    assert.ok(Array.isArray(answer.body.errors));
    assert.deepEqual(answer.body.errors.map(({ pointer }) => pointer).toSorted(), [
      "/visits/0/image_url",
      "/visits/0/store_id",
      "/visits/0/visit_time",
      "/visits/2/image_url/0",
      "/visits/2/store_id",
      "/visits/2/visit_time",
    ]);
    assert.match(String(answer.body.error), /5 more/);
  });

  it("lists at most 100 problems and counts the others", async (t) => {
    const answer = await refusalOf(t, aSubmission(...Array(250).fill(aSubmittedVisit({ store_id: "" }))));
    assert.ok(Array.isArray(answer.body.errors));
    assert.equal(answer.body.errors.length, 100);
    assert.match(String(answer.body.error), /249 more/);
  });

  it("leaves nothing of a refused submission", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/submit", aSubmission(...Array(3_000).fill(aSubmittedVisit()), 7));
    assert.equal((await call("GET", "/api/status?jobid=1")).status, 404);
  });

  it("rejects unknown stores when asked to, naming all of them", async (t) => {
    const { call } = await startHttpService(t);
    const body = aSubmission(aSubmittedVisit({ store_id: "X" }), aSubmittedVisit(), aSubmittedVisit({ store_id: "Y" }));
    assert.equal((await call("POST", "/api/submit", body)).status, 201);
    const answer = await call("POST", "/api/submit", { ...body, unknown_stores: "reject" });
    assert.equal(answer.status, 400);
    assert.match(JSON.stringify(answer.body.errors), /"X\\".*"Y\\"/);
  });

  it("takes a job as NDJSON and as CSV", async (t) => {
    const { call } = await startHttpService(t);
    const lines = `${JSON.stringify(aSubmittedVisit())}\n${JSON.stringify(aSubmittedVisit())}\n`;
    const ndjson = await call("POST", "/api/submit", lines, { "content-type": "application/x-ndjson" });
    const rows = "store_id,image_url,visit_time\r\nS1,http://x/1,2024-05-01\r\nS1,http://x/2,2024-05-01\r\n";
    const csv = await call("POST", "/api/submit", rows, { "content-type": "text/csv; charset=utf-8" });
    assert.deepEqual([ndjson.status, csv.status], [201, 201]);
    const counts = (await call("GET", "/api/status?jobid=2")).body.counts;
    assert.deepEqual(counts, { visits: 1, images: 2, done: 0, succeeded: 0, failed: 0 });
  });

  it("leaves no job when the client hangs up in the middle of the body", async (t) => {
    const { address, call, ledger } = await startHttpService(t);
    const { port } = new URL(address);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    const visits = Array(5_000).fill(JSON.stringify(aSubmittedVisit())).join("\n");
    socket.write(
      `POST /api/submit HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${visits.length * 2}\r\n\r\n`,
    );
    const opened = Promise.withResolvers<void>();
    const discarded = Promise.withResolvers<void>();
    const { openJob, discardJob } = ledger;
    ledger.openJob = async (options) => {
      opened.resolve();
      return await openJob(options);
    };
    ledger.discardJob = async (jobId) => {
      await discardJob(jobId);
      discarded.resolve();
    };
    socket.write(visits);
    await opened.promise;
    socket.destroy();
    await discarded.promise;
    assert.equal((await call("GET", "/api/status?jobid=1")).status, 404);
    assert.deepEqual(await ledger.readUnfinished(), []);
  });
});

describe("GET /api/status", () => {
  it("tells an ongoing job's progress, also when images failed already", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/submit", EXAMPLE);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [failed(0)], 1_000);
    for (const path of ["/api/status?jobid=1", "/api/status/?jobid=1", "/api/status?job_id=1", "/api/status?jobId=1"]) {
      const { status, body } = await call("GET", path);
      assert.equal(status, 200);
      assert.equal(body.status, "ongoing");
      assert.equal(body.job_id, 1);
      assert.deepEqual(body.counts, { visits: 2, images: 3, done: 1, succeeded: 0, failed: 1 });
      assert.deepEqual(body.failures_by_code, { not_found: 1 });
      assert.ok(Math.abs(Number(body.progress) - 1 / 3) < 1e-9);
      assert.equal(body.error, undefined);
    }
  });

  it("tells a completed job by the two fields of the contract", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/submit", EXAMPLE);
    const { lease } = await claimNext(ledger);
    await ledger.record(
      lease,
      [0, 1, 2].map((no) => measured(no)),
      1_000,
    );
    const { body } = await call("GET", "/api/status?jobid=1");
    assert.deepEqual([body.status, body.job_id, body.progress, body.eta_seconds], ["completed", 1, 1, null]);
    assert.ok(!Number.isNaN(Date.parse(String(body.finished_at))));
  });

  it("tells a failed job with one entry per failed store in visit order, summing up its causes", async (t) => {
    const { call, ledger } = await startHttpService(t);
    const two = ["http://x/1", "http://x/2"];
    await call(
      "POST",
      "/api/submit",
      aSubmission(
        aSubmittedVisit({ store_id: "S2", image_url: two }),
        aSubmittedVisit({ store_id: "S1" }),
        aSubmittedVisit({ store_id: "S00339218" }),
        aSubmittedVisit({ store_id: "S2", image_url: two }),
      ),
    );
    const { lease } = await claimNext(ledger);
    await ledger.record(
      lease,
      [failed(0, "timeout"), failed(1), failed(2), measured(3), failed(4), measured(5)],
      1_000,
    );
    const { body } = await call("GET", "/api/status?jobid=1");
    assert.equal(body.status, "failed");
    assert.deepEqual(body.error, [
      { store_id: "S2", error: "2 × not_found, 1 × timeout" },
      { store_id: "S1", error: "1 × not_found" },
    ]);
    assert.deepEqual(body.failures_by_code, { not_found: 3, timeout: 1 });
  });

  it("tells a job that failed again by its last run", async (t) => {
    const { call, ledger } = await startHttpService(t);
    const visits = ["S1", "S2"].map((store_id) => aSubmittedVisit({ store_id }));
    await call("POST", "/api/submit", aSubmission(...visits));
    const first = await claimNext(ledger);
    await ledger.record(first.lease, [failed(0), failed(1, "timeout")], 1_000);
    const errors = async () => (await call("GET", "/api/status?jobid=1")).body.error;
    assert.deepEqual(await errors(), [
      { store_id: "S1", error: "1 × not_found" },
      { store_id: "S2", error: "1 × timeout" },
    ]);
    await ledger.retryImages(1, 1, [0, 1]);
    const second = await claimNext(ledger);
    await ledger.record(second.lease, [measured(0), failed(1)], 1_000);
    assert.deepEqual(await errors(), [{ store_id: "S2", error: "1 × not_found" }]);
  });

  for (const query of [
    "",
    "?jobid=",
    "?jobid=abc",
    "?jobid=0",
    "?jobid=-1",
    "?jobid=1.5",
    "?jobid=0x1",
    "?jobid=1&jobid=1",
    "?jobid=1&job_id=1",
    "?jobid=99999999999999999999",
  ]) {
    it(`answers 400 to "${query}"`, async (t) => {
      const { call } = await startHttpService(t);
      const { status, body } = await call("GET", `/api/status${query}`);
      assert.equal(status, 400);
      assert.match(String(body.error), /^jobid must be/);
    });
  }

  it("answers 404 for a job that does not exist", async (t) => {
    const { call } = await startHttpService(t);
    assert.deepEqual((await call("GET", "/api/status?jobid=7")).body, { error: "there is no job 7" });
  });
});

describe("GET /api/visits", () => {
  async function withVisits(t: TestContext) {
    const service = await startHttpService(t);
    await service.call(
      "POST",
      "/api/submit",
      aSubmission(
        aSubmittedVisit({ store_id: "S1", visit_time: "2024-05-01T23:30:00+05:30" }),
        aSubmittedVisit({ store_id: "S1", visit_time: "2024-05-01" }),
        aSubmittedVisit({ store_id: "S1", visit_time: "2024-06-01 08:00:00" }),
        aSubmittedVisit({ store_id: "S2", visit_time: "2024-05-01" }),
      ),
    );
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(
      lease,
      [0, 1, 2, 3].map((no) => measured(no)),
      1_000,
    );
    return service;
  }
  const may = { date: "2024-05-01", perimeter: 28 };
  const june = { date: "2024-06-01", perimeter: 14 };

  it("sums perimeters by store and visit date", async (t) => {
    const { call } = await withVisits(t);
    assert.deepEqual((await call("GET", "/api/visits")).body, {
      results: [
        { store_id: "S1", area: "A1", store_name: "Corner shop", data: [may, june] },
        { store_id: "S2", area: "A2", store_name: "Corner shop", data: [{ date: "2024-05-01", perimeter: 14 }] },
      ],
    });
  });

  it("keeps to the area, the store and the dates asked for, both dates included", async (t) => {
    const { call } = await withVisits(t);
    const dataOf = async (query: string) => (await call("GET", `/api/visits${query}`)).body.results;
    const s1 = { store_id: "S1", area: "A1", store_name: "Corner shop" };
    assert.deepEqual(await dataOf("?area=A1"), [{ ...s1, data: [may, june] }]);
    assert.deepEqual(await dataOf("?storeid=S1&startdate=2024-05-01&enddate=2024-05-31"), [{ ...s1, data: [may] }]);
    assert.deepEqual(await dataOf("?storeid=S1&startdate=2025-01-01"), [{ ...s1, data: [] }]);
    assert.deepEqual(await dataOf("?area=A2&storeid=S1"), []);
  });

  for (const query of [
    "?storeid=s1&startdate=2024-05-01T10:00:00Z&enddate=2024-05-31T00:00:00%2B05:30",
    "?storeid=%20S1%09&startdate=%202024-05-01&enddate=2024-05-31t23:59:59.5z",
  ]) {
    it(`takes instants beside dates, and a store's id in any case with spaces around: ${query}`, async (t) => {
      const { call } = await withVisits(t);
      const { body } = await call("GET", `/api/visits${query}`);
      assert.deepEqual(body.results, [{ store_id: "S1", area: "A1", store_name: "Corner shop", data: [may] }]);
    });
  }

  for (const query of [
    "?area=nowhere",
    "?startdate=2024-02-30T10:00:00Z",
    "?startdate=2024-05-01T10",
    "?storeid=nobody",
    "?startdate=2024-02-30",
    "?enddate=May",
    "?startdate=2024-05-02&enddate=2024-05-01",
    "?area=A1&area=A2",
  ]) {
    it(`answers 400 to "${query}"`, async (t) => {
      const { call } = await startHttpService(t);
      const { status, body } = await call("GET", `/api/visits${query}`);
      assert.equal(status, 400);
      assert.equal(typeof body.error, "string");
    });
  }
});

describe("everything else", () => {
  it("is JSON: unknown paths, wrong methods, wrong media types, too large bodies", async (t) => {
    const { call } = await startHttpService(t, { maxBodyBytes: 2_000 });
    for (const [method, path, status, body, headers] of [
      ["GET", "/nowhere", 404],
      ["GET", "/api/%zz", 400],
      ["GET", "/api/submit", 405],
      ["DELETE", "/api/submit", 405],
      ["POST", "/api/status?jobid=1", 405, "{}"],
      ["PUT", "/api/visits/", 405, "x", { "content-type": "image/png" }],
      ["POST", "/api/submit", 415, "a=b", { "content-type": "application/x-www-form-urlencoded" }],
      ["POST", "/api/submit", 415, "{}", { "content-type": "application/json; charset=utf-16" }],
      ["POST", "/api/submit", 415, "{}", { "content-encoding": "gzip" }],
      ["POST", "/api/submit", 413, `${" ".repeat(3_000)}{}`],
    ] as const) {
      const answer = await call(method, path, body, headers);
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
      assert.equal(typeof answer.body.error, "string");
    }
  });

  it("names the methods that a path has", async (t) => {
    const { call } = await startHttpService(t);
    assert.equal((await call("GET", "/api/submit")).headers.get("allow"), "POST");
    assert.equal((await call("POST", "/api/status")).headers.get("allow"), "GET, HEAD");
  });

  it("is JSON for bytes that are not even HTTP", async (t) => {
    const { address } = await startHttpService(t);
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    socket.write("NONSENSE\r\n\r\n");
    const [data] = await once(socket, "data");
    socket.destroy();
    const [head = "", body = ""] = String(data).split("\r\n\r\n");
    assert.match(head, /^HTTP\/1.1 400/);
    assert.equal(typeof JSON.parse(body).error, "string");
  });
});

describe("/api/v1/jobs/{id}", () => {
  it("streams results as one object an image, all or failed only", async (t) => {
    const { address, call, ledger } = await startHttpService(t);
    await call("POST", "/api/submit", EXAMPLE);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [measured(0), failed(1), measured(2)], 1_000);
    const lines = async (query = "") => {
      const response = await fetch(`${address}/api/v1/jobs/1/results${query}`);
      return (await response.text())
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    };
    assert.deepEqual(
      (await lines()).map(({ image, outcome }) => [image, outcome]),
      [
        [0, "measured"],
        [1, "failed"],
        [2, "measured"],
      ],
    );
    const [row] = await lines("?outcome=failed");
    assert.deepEqual(
      [row.job_id, row.store_id, row.image_url, row.code, row.perimeter],
      [1, "S00339218", "https://www.gstatic.com/webp/gallery/3.jpg", "not_found", null],
    );
  });
});
