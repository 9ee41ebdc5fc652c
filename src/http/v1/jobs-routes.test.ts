import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const VISIT = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };
const SUBMISSION = { count: 2, visits: [VISIT, { ...VISIT, store_id: "S2" }] };

describe("POST /api/v1/jobs", () => {
  it("answers 201 with the job and where it is", async (t) => {
    const { call } = await startHttpService(t);
    const { status, headers, body } = await call("POST", "/api/v1/jobs?priority=7", SUBMISSION);
    assert.equal(status, 201);
    assert.equal(headers.get("location"), "/api/v1/jobs/1");
    assert.deepEqual(
      [body.job_id, body.status, body.priority, body.counts],
      [1, "ongoing", 7, { visits: 2, images: 2, done: 0, succeeded: 0, failed: 0 }],
    );
  });

  it("lists every problem of a submission with its place, as problem details", async (t) => {
    const { call } = await startHttpService(t);
    const { status, headers, body } = await call("POST", "/api/v1/jobs", {
      count: 3,
      visits: [
        { ...VISIT, image_url: [] },
        { ...VISIT, store_id: 5 },
      ],
    });
    assert.equal(status, 400);
    assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
    const { problems, detail, request_id, ...rest } = body;
    assert.deepEqual(rest, {
      type: "urn:storewalk:problem:invalid_submission",
      title: "The submission has problems; nothing of it was kept",
      status: 400,
      code: "invalid_submission",
      problems_total: 3,
    });
    assert.equal(request_id, headers.get("x-request-id"));
    assert.deepEqual(
      (problems as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]),
      [
        ["/visits/0/image_url", "missing"],
        ["/visits/1/store_id", "malformed"],
        ["/count", "mismatch"],
      ],
    );
    assert.match(
      String(detail),
      /^\/visits\/0\/image_url: must be a list of at least one URL, got \[\] \(and 2 more\)$/,
    );
  });

  it("refuses all options that cannot be used at once, before the body is read", async (t) => {
    const { call } = await startHttpService(t);
    const { status, body } = await call("POST", "/api/v1/jobs?priority=0x5&integrity=full&colour=red", SUBMISSION);
    assert.equal(status, 400);
    assert.deepEqual(body.problems, [
      {
        pointer: "/query/colour",
        code: "unknown",
        detail:
          'there is no "colour" here; possible are integrity, inspect, least_sharpness, most_smear, dark_below, bright_above, least_side, time_tolerance_h, place_tolerance_m, priority, external_id, metadata, callback_url, unknown_stores, columns, dates, unread_times, dry_run',
      },
      {
        pointer: "/query/integrity",
        code: "not_allowed",
        detail: 'integrity must be one of header, complete, decode, got "full"',
      },
      {
        pointer: "/query/priority",
        code: "malformed",
        detail: 'priority must be a whole number from 0 to 9, got "0x5"',
      },
    ]);
  });
});

describe("GET /api/v1/jobs/{id}", () => {
  it("answers 304 until something changes", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    const first = await call("GET", "/api/v1/jobs/1");
    const etag = first.headers.get("etag") ?? "";
    assert.equal((await call("GET", "/api/v1/jobs/1", undefined, { "if-none-match": etag })).status, 304);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [measured(0)], 1_000);
    const second = await call("GET", "/api/v1/jobs/1", undefined, { "if-none-match": etag });
    assert.deepEqual([second.status, second.body.progress], [200, 0.5]);
  });

  it("says when to ask again, until the job is over", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    assert.equal((await call("GET", "/api/v1/jobs/1")).headers.get("retry-after"), "2");
    await ledger.cancelJob(1);
    const over = await call("GET", "/api/v1/jobs/1");
    assert.deepEqual([over.headers.get("retry-after"), over.body.status], [null, "cancelled"]);
  });

  for (const id of ["0", "-1", "x", "1.5", "99999999999999999999"]) {
    it(`refuses ${id} as a job's number`, async (t) => {
      const { call } = await startHttpService(t);
      const { status, body } = await call("GET", `/api/v1/jobs/${id}`);
      assert.deepEqual([status, body.code], [400, "invalid_parameter"]);
      assert.match(String(body.detail), /^id must be a whole number from 1, got /);
    });
  }
});

describe("GET /api/v1/jobs", () => {
  it("lists jobs newest first, page by page", async (t) => {
    const { call } = await startHttpService(t);
    for (let job = 0; job < 3; job += 1) await call("POST", "/api/v1/jobs", SUBMISSION);
    const numbers = ({ data }: Record<string, unknown>) => (data as { job_id: number }[]).map(({ job_id }) => job_id);
    const { body: first } = await call("GET", "/api/v1/jobs?limit=2");
    assert.deepEqual([numbers(first), first.has_more], [[3, 2], true]);
    const { body: second } = await call("GET", `/api/v1/jobs?limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([numbers(second), second.has_more, second.next_cursor], [[1], false, null]);
  });

  it("narrows the list", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/v1/jobs", SUBMISSION);
    await call("POST", "/api/v1/jobs/1/pause");
    for (const [query, found] of [
      ["status=paused,ongoing&store_id=S2&area=A2", 1],
      ["status=completed", 0],
      ["created_after=2020-01-01T00:00:00Z", 1],
      ["created_before=2020-01-01T00:00:00%2B02:00", 0],
    ] as const) {
      assert.equal(((await call("GET", `/api/v1/jobs?${query}`)).body.data as unknown[]).length, found, query);
    }
  });

  for (const [query, detail] of [
    ["limit=0", "limit must be a whole number from 1 to 200, got 0"],
    ["cursor=abc", "cursor must be the next_cursor of the page before, as it was given"],
    ["status=done", /^status must be one or more of ongoing, paused, .*, separated by commas, got "done"$/],
    [
      "created_after=2026-12-31T23:59:60Z",
      'created_after must be an instant such as 2024-05-31T10:00:00Z, got "2026-12-31T23:59:60Z"',
    ],
    ["created_after=yesterday", 'created_after must be an instant such as 2024-05-31T10:00:00Z, got "yesterday"'],
    ["limit=1&limit=2", 'limit must be a whole number from 1 to 200, got ["1","2"]'],
  ] as const) {
    it(`refuses ${query}`, async (t) => {
      const { call } = await startHttpService(t);
      const { status, body } = await call("GET", `/api/v1/jobs?${query}`);
      assert.deepEqual([status, body.code], [400, "invalid_parameter"]);
      if (typeof detail === "string") assert.equal(body.detail, detail);
      else assert.match(String(body.detail), detail);
    });
  }
});

describe("under /api/v1", () => {
  it("answers problem details also where there is nothing, or another method", async (t) => {
    const { call } = await startHttpService(t);
    const nothing = await call("GET", "/api/v1/stones");
    assert.deepEqual([nothing.status, nothing.body.code], [404, "not_found"]);
    const method = await call("PATCH", "/api/v1/jobs/1");
    assert.deepEqual(
      [method.status, method.body.code, method.headers.get("allow")],
      [405, "method_not_allowed", "GET, HEAD, DELETE"],
    );
  });
});

describe("the outcome of a job", () => {
  const two = {
    count: 1,
    visits: [{ store_id: "S1", image_url: ["http://x/1", "http://x/2"], visit_time: "2024-05-01" }],
  };

  for (const { bad, outcome, status } of [
    { bad: [], outcome: "all", status: "completed" },
    { bad: [1], outcome: "partial", status: "failed" },
    { bad: [0, 1], outcome: "none", status: "failed" },
  ]) {
    it(`is "${outcome}" when ${2 - bad.length} of two images were measured, and nothing before the end`, async (t) => {
      const service = await startHttpService(t);
      const { body } = await service.call("POST", "/api/v1/jobs", two);
      assert.equal(body.outcome, null);
      const results = [0, 1].map((no) => (bad.some((one) => one === no) ? failed(no) : measured(no)));
      await service.ledger.record((await claimNext(service.ledger)).lease, results, 1_000);
      const { body: ended } = await service.call("GET", `/api/v1/jobs/${body.job_id}`);
      assert.deepEqual([ended.outcome, ended.status], [outcome, status]);
      assert.equal((await service.call("GET", `/api/status?jobid=${body.job_id}`)).body.status, status);
    });
  }
});

describe("a dry run", () => {
  it("warns of URLs that cannot be fetched, each with its place and the code that its image would get", async (t) => {
    const service = await startHttpService(t);
    const urls = ["ftp://h/1", "https://h.example/2", "file:shelf.jpg", "not a url", "https://", "http://10.0.0.1/6"];
    const csv = `store_id,image_url,visit_time\n${urls.map((url) => `S1,${url},2024-05-01\n`).join("")}`;
    const { body } = await service.call("POST", "/api/v1/jobs?dry_run=true", csv, { "content-type": "text/csv" });
    assert.deepEqual([body.would_be_accepted, body.warnings_total], [true, 5]);
    assert.deepEqual(
      (body.warnings as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer}: ${code}`),
      [
        "line 2, image_url: invalid_url",
        "line 4, image_url: invalid_url",
        "line 5, image_url: invalid_url",
        "line 6, image_url: invalid_url",
        "line 7, image_url: blocked_address",
      ],
    );
  });
});
