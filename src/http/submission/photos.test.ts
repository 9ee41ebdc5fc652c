/** Submissions with their photos, over a real port and a real folder. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openBucket } from "../../buckets/bucket.ts";
import { createBucketMemory } from "../../buckets/bucket-memory.ts";
import { uploadedFile, uploadPath } from "../../domain/upload.ts";
import { createBucketRequests } from "../../pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../../pipeline/fetch/guard.ts";
import { systemClock } from "../../process/clock.ts";
import { refusalOf, startBucketHost } from "../../testing/bucket-host.ts";
import { startHttpService } from "../../testing/http-service.ts";
import { openUploadBucket } from "../../uploads/upload-bucket.ts";
import { openUploadFolder } from "../../uploads/upload-folder.ts";
import { createUploads } from "../../uploads/uploads.ts";

const VISIT = { store_id: "S1", image_url: ["file:shelf.jpg", "file:Tür 2.png"], visit_time: "2026-01-05" };

async function setup(
  t: TestContext,
  options: { readonly maxBodyBytes?: number; readonly unknownStores?: "reject" } = {},
) {
  const path = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  const folder = openUploadFolder(path);
  const service = await startHttpService(t, {
    ...options,
    uploads: (ledger) => createUploads({ store: folder, ledger }),
  });
  t.after(() => rmSync(path, { recursive: true, force: true }));

  async function send(form: FormData, { path: to = "/api/v1/jobs", headers = {} } = {}) {
    const response = await fetch(service.address + to, { method: "POST", body: form, headers });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  }
  return {
    ...service,
    path,
    send,
    /** Files in the folder, whatever their state. */
    files: () => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
    async urls(jobId = 1) {
      const { body } = await service.call("GET", `/api/v1/jobs/${jobId}/images`);
      return (body.data as { image_url: string }[]).map(({ image_url }) => image_url);
    },
  };
}

function aForm(job: unknown, photos: Readonly<Record<string, string>> = { "shelf.jpg": "one", "Tür 2.png": "two" }) {
  const form = new FormData();
  form.append("job", typeof job === "string" ? job : JSON.stringify(job));
  for (const [name, content] of Object.entries(photos)) form.append("photos", new Blob([content]), name);
  return form;
}

const JOB = { count: 1, visits: [VISIT] };

describe("a submission with photos", () => {
  it("keeps each photo under an address that says its name", async (t) => {
    const { send, urls, path } = await setup(t);
    const { status, body } = await send(aForm(JOB));
    assert.deepEqual([status, body.job_id, body.counts.images], [201, 1, 2]);
    const kept = await urls();
    assert.deepEqual(
      kept.map((url) => url.replace(/^upload:[0-9a-f]{64}-[0-9a-f]{16}/, "")),
      ["/shelf.jpg", "/T%C3%BCr%202.png"],
    );
    const contents = kept.map((url) => readFileSync(join(path, uploadPath(uploadedFile(url) ?? "")), "utf8"));
    assert.deepEqual(contents, ["one", "two"]);
    assert.deepEqual(readdirSync(join(path, "incoming")), []);
  });

  it("may be a CSV, may come behind its photos, and go to the contract's endpoint", async (t) => {
    const { send, urls } = await setup(t);
    const form = new FormData();
    form.append("a", new Blob(["one"]), "1.jpg");
    const csv = "store_id,image_url,visit_time\nS1,file:1.jpg,2026-01-05\nS1,http://a.example/2.jpg,2026-01-05\n";
    form.append("job", new Blob([csv], { type: "text/csv" }));
    const { status, body } = await send(form, { path: "/api/submit" });
    assert.deepEqual([status, body], [201, { job_id: 1 }]);
    const [first, second] = await urls();
    assert.match(String(first), /\/1\.jpg$/);
    assert.equal(second, "http://a.example/2.jpg");
  });

  it("shares the file of a content that was there before", async (t) => {
    const { send, urls, files } = await setup(t);
    await send(aForm(JOB));
    await send(aForm({ count: 1, visits: [{ ...VISIT, image_url: ["file:again.jpg"] }] }, { "again.jpg": "one" }));
    const [first] = await urls(1);
    const [again] = await urls(2);
    assert.equal(uploadedFile(String(first)), uploadedFile(String(again)));
    assert.equal(files().length, 2);
  });

  it("is refused with all its problems, and nothing is left", async (t) => {
    const { send, files } = await setup(t);
    const form = aForm({ count: 1, visits: [{ ...VISIT, image_url: ["file:shelf.jpg", { url: "file:3.jpg" }] }] });
    form.append("photos", new Blob(["other"]), "shelf.jpg");
    form.append("note", "about the visit");
    const { status, body } = await send(form);
    assert.deepEqual([status, body.code], [400, "invalid_submission"]);
    assert.deepEqual(body.problems, [
      {
        pointer: 'photo "shelf.jpg"',
        code: "repeated",
        detail: "comes more than once; each must have a name of its own",
      },
      {
        pointer: 'part "note"',
        code: "malformed",
        detail: "must be named job, or have a filename of 1 to 255 characters",
      },
      {
        pointer: "/visits/0/image_url/1/url",
        code: "unknown",
        detail: 'names the photo "3.jpg", which is not among the photos that came',
      },
      {
        pointer: 'photo "Tür 2.png"',
        code: "unused",
        detail: 'is named by no image_url; "file:Tür 2.png" would name it',
      },
    ]);
    assert.deepEqual(files(), []);
  });

  it("is refused for a part that has neither name nor filename, by its place", async (t) => {
    const { call, files } = await setup(t);
    const body = `--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; name="job"\r\n\r\n${JSON.stringify(
      { ...JOB, visits: [{ ...VISIT, image_url: ["http://photos.example/1.jpg"] }] },
    )}\r\n--b--`;
    const answer = await call("POST", "/api/v1/jobs", body, { "content-type": "multipart/form-data; boundary=b" });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.problems, [
      {
        pointer: 'part ""',
        code: "malformed",
        detail: "must be named job, or have a filename of 1 to 255 characters",
      },
    ]);
    assert.deepEqual(files(), []);
  });

  it("is refused for its stores as any other", async (t) => {
    const { send, files } = await setup(t, { unknownStores: "reject" });
    const { body } = await send(aForm({ count: 1, visits: [{ ...VISIT, store_id: "S77" }] }));
    assert.deepEqual([body.code, body.unknown_stores], ["invalid_submission", ["S77"]]);
    assert.deepEqual(files(), []);
  });

  it("is checked without being kept", async (t) => {
    const { send, files } = await setup(t);
    const { status, body } = await send(aForm(JOB, { "shelf.jpg": "one" }), { path: "/api/v1/jobs?dry_run=true" });
    assert.deepEqual([status, body.would_be_accepted, body.problems_total], [200, false, 1]);
    const good = await send(aForm(JOB), { path: "/api/v1/jobs?dry_run=true" });
    assert.deepEqual([good.body.would_be_accepted, good.body.images], [true, 2]);
    assert.deepEqual(files(), []);
  });

  it("makes one job however often it is sent under its key, though the boundary is another each time", async (t) => {
    const { send, files } = await setup(t);
    const headers = { "idempotency-key": "k1" };
    const first = await send(aForm(JOB), { headers });
    const again = await send(aForm(JOB), { headers });
    assert.deepEqual([first.status, again.status, again.body.job_id], [201, 201, 1]);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    const other = await send(aForm(JOB, { "shelf.jpg": "one", "Tür 2.png": "other" }), { headers });
    assert.deepEqual([other.status, other.body.code], [422, "idempotency_mismatch"]);
    assert.equal(files().length, 2);
  });

  for (const [name, photos, sentence] of [
    [
      "a photo that is too large",
      { "shelf.jpg": "x".repeat(100_001), "Tür 2.png": "two" },
      /^photo "shelf\.jpg" has more than the 100000 bytes allowed$/,
    ],
    [
      "too many photos",
      { 1: "1", 2: "2", 3: "3", 4: "4" },
      /^a submission may bring at most 3 photos; send more in another$/,
    ],
  ] as const) {
    it(`is 413 for ${name}, and nothing is left`, async (t) => {
      const { send, files } = await setup(t);
      const { status, body } = await send(aForm(JOB, photos));
      assert.deepEqual([status, body.code], [413, "body_too_large"]);
      assert.match(body.detail, sentence);
      assert.deepEqual(files(), []);
    });
  }

  it("is 413 when the whole is too large", async (t) => {
    const { send, files } = await setup(t, { maxBodyBytes: 5_000 });
    const { status } = await send(aForm(JOB, { "shelf.jpg": "x".repeat(6_000) }));
    assert.equal(status, 413);
    assert.deepEqual(files(), []);
  });

  for (const [name, type, body, sentence] of [
    ["no boundary", "multipart/form-data", "x", /^Content-Type cannot be used: Multipart: Boundary not found$/],
    ["no part at all", "multipart/form-data; boundary=b", "x", /no multipart\/form-data as it should be: /],
    [
      "no end",
      "multipart/form-data; boundary=b",
      '--b\r\ncontent-disposition: form-data; name="job"\r\n\r\n{',
      /as it should be: /,
    ],
    [
      "no job",
      "multipart/form-data; boundary=b",
      '--b\r\ncontent-disposition: form-data; name="p"; filename="1"\r\n\r\nx\r\n--b--',
      /no part named job/,
    ],
    [
      "a job twice",
      "multipart/form-data; boundary=b",
      '--b\r\ncontent-disposition: form-data; name="job"\r\n\r\n{}\r\n--b\r\ncontent-disposition: form-data; name="job"\r\n\r\n{}\r\n--b--',
      /job must come once/,
    ],
    [
      "a part without a name",
      "multipart/form-data; boundary=b",
      "--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--",
      /no part named job/,
    ],
  ] as const) {
    it(`is 400 for a body with ${name}`, async (t) => {
      const { call, files } = await setup(t);
      const answer = await call("POST", "/api/v1/jobs", body, { "content-type": type });
      assert.deepEqual([answer.status, answer.body.code], [400, "invalid_body"]);
      assert.match(String(answer.body.detail), sentence);
      assert.deepEqual(files(), []);
    });
  }

  it("leaves nothing when its client hangs up in the middle of a photo", async (t) => {
    const { address, files, log, call } = await setup(t);
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    await once(socket, "connect");
    const part = '--b\r\ncontent-disposition: form-data; name="p"; filename="1.jpg"\r\n\r\n';
    socket.write(
      `POST /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 90000\r\n\r\n${part}`,
    );
    await new Promise((resolve) => socket.write("x".repeat(50_000), resolve));
    while (files().length === 0) await call("GET", "/healthz");
    socket.destroy();
    await log.find((line) => /hung up/.test(String(line.msg)));
    assert.deepEqual(files(), []);
  });

  it("is refused where no photos are taken", async (t) => {
    const { address } = await startHttpService(t);
    const response = await fetch(`${address}/api/v1/jobs`, { method: "POST", body: aForm(JOB) });
    assert.equal(response.status, 415);
    assert.match((JSON.parse(await response.text()) as { detail: string }).detail, /STOREWALK_UPLOAD_DIR/);
  });
});

describe("a submission with photos for a bucket that refuses the service", () => {
  it("is answered 503, in words that do not name the bucket; nothing is left of it", async (t) => {
    const host = await startBucketHost(() => refusalOf(403, "AccessDenied"));
    t.after(() => host.close());
    const incoming = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    t.after(() => rmSync(incoming, { recursive: true, force: true }));
    const requests = createBucketRequests(createGuard({ allowHosts: [host.host] }), { keptConnections: true });
    t.after(() => requests.close());
    const bucket = openBucket({
      access: host.access,
      bucket: { scheme: "s3", bucket: "own" },
      memory: createBucketMemory(),
      send: requests.send,
      clock: systemClock,
      random: Math.random,
    });
    const store = openUploadBucket({ bucket, prefix: "", incoming });
    const service = await startHttpService(t, { uploads: (ledger) => createUploads({ store, ledger }) });
    const response = await fetch(`${service.address}/api/v1/jobs`, { method: "POST", body: aForm(JOB) });
    const problem = await response.text();
    assert.deepEqual([response.status, JSON.parse(problem).code], [503, "uploads_unavailable"]);
    assert.equal(response.headers.get("retry-after"), "2");
    assert.doesNotMatch(problem, /own|AccessDenied/);
    assert.deepEqual(readdirSync(incoming), []);
  });
});
