/** Jobs of what is in a bucket, listed over real sockets. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { openBucketLists } from "../../app/list-bucket.ts";
import { createAccessTable } from "../../domain/access-table.ts";
import { type BucketAnswer, type BucketRequest, refusalOf, startBucketHost } from "../../testing/bucket-host.ts";
import { startHttpService } from "../../testing/http-service.ts";
import { listAnswer } from "../../testing/listed-bucket.ts";

const PATH = "/api/v1/jobs/from-bucket";
const SOURCE = { from: "s3://photos/in/", visits: "{store}/{date}/{name}.jpg" };

/** A service that may list `photos` at a host that answers so. */
async function setup(t: TestContext, answer: (request: BucketRequest) => BucketAnswer) {
  const host = await startBucketHost(answer);
  t.after(() => host.close());
  const row = { ...host.access, pattern: "s3://photos", hasSessionToken: false, overHttp: true };
  const table = createAccessTable([row]);
  const lists = openBucketLists({ allowHosts: [host.host], connectMs: 5_000 }, async () => table);
  t.after(() => lists.close());
  return { host, ...(await startHttpService(t, { listBucket: lists.listBucket })) };
}

const listing = (keys: readonly string[], pageKeys?: number) => (request: BucketRequest) =>
  listAnswer(request, { keys: keys.length, keyOf: (no) => keys[no] ?? "", ...(pageKeys ? { pageKeys } : {}) });

const KEYS = ["in/S1/2026-11-26/a.jpg", "in/S1/2026-11-27/a b.jpg", "in/S2/2026-11-27/c.jpg", "in/notes.txt"];

describe("a job from a bucket", () => {
  it("has the photos of all pages as images, each at its address", async (t) => {
    const { call, host } = await setup(t, listing(KEYS, 2));
    const { status, headers, body } = await call("POST", `${PATH}?external_id=week-48`, SOURCE);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(headers.get("location"), "/api/v1/jobs/1");
    const { job, listing: found } = body as { job: Record<string, unknown>; listing: Record<string, unknown> };
    assert.equal(job.external_id, "week-48");
    assert.deepEqual(job.counts, { visits: 3, images: 3, done: 0, succeeded: 0, failed: 0 });
    assert.deepEqual([found.keys, found.matched], [4, 3]);
    assert.deepEqual(found.first_others, [{ key: "in/notes.txt", why: "is not of this pattern" }]);
    const images = (await call("GET", "/api/v1/jobs/1/images")).body.data as Record<string, unknown>[];
    assert.deepEqual(
      images.map(({ image_url, external_id }) => [image_url, external_id]),
      [
        ["s3://photos/in/S1/2026-11-26/a.jpg", "a"],
        ["s3://photos/in/S1/2026-11-27/a b.jpg", "a b"],
        ["s3://photos/in/S2/2026-11-27/c.jpg", "c"],
      ],
    );
    assert.equal(host.asked.length, 2);
    assert.match(host.asked[0]?.target ?? "", /^\/photos\?encoding-type=url&list-type=2&prefix=in%2F$/);
  });

  it("is shown by a dry run, and nothing of it kept", async (t) => {
    const { call } = await setup(t, listing(KEYS));
    const { status, body } = await call("POST", `${PATH}?dry_run=true`, SOURCE);
    assert.equal(status, 200);
    const { check, listing: found } = body as { check: Record<string, unknown>; listing: Record<string, unknown> };
    assert.deepEqual([check.would_be_accepted, check.visits, check.images], [true, 3, 3]);
    assert.deepEqual((found.first as unknown[])[1], {
      store_id: "S1",
      visit_time: "2026-11-27",
      name: "a b",
      image_url: "s3://photos/in/S1/2026-11-27/a b.jpg",
    });
    assert.deepEqual((await call("GET", "/api/v1/jobs")).body.data, []);
  });

  it("is refused where no key is a photo of the pattern", async (t) => {
    const { call } = await setup(t, listing(["in/notes.txt"]));
    const { status, body } = await call("POST", PATH, SOURCE);
    assert.deepEqual([status, body.code], [400, "invalid_submission"]);
    assert.match(String(body.detail), /no key below s3:\/\/photos\/in\/ is a photo of the pattern/);
    const dry = await call("POST", `${PATH}?dry_run=true`, SOURCE);
    assert.equal((dry.body.check as Record<string, unknown>).would_be_accepted, false);
  });

  it("is refused with all that is wrong with where and how, before anything is listed", async (t) => {
    const { call, host } = await setup(t, listing(KEYS));
    const { status, body } = await call("POST", PATH, { from: "s3://a", visits: "{stor}/{date}" });
    assert.deepEqual([status, body.code], [400, "invalid_body"]);
    assert.deepEqual(
      (body.problems as { pointer: string }[]).map(({ pointer }) => pointer),
      ["/from", "/visits", "/visits"],
    );
    assert.equal(host.asked.length, 0);
  });

  for (const [refusal, status, code, detail] of [
    [refusalOf(403, "AccessDenied"), 422, "bucket_unreadable", /the credentials may not read it/],
    [refusalOf(404, "NoSuchBucket"), 422, "bucket_unreadable", /there is no such bucket/],
    [{ status: 200, body: "<html>" }, 422, "bucket_unreadable", /no list of keys/],
  ] as const) {
    it(`is ${code} where the service answers ${refusal.status} ${String(refusal.body).replace(/.*\n/, "").slice(0, 40)}, and leaves nothing`, async (t) => {
      let pages = 0;
      const { call } = await setup(t, (request) => (++pages === 1 ? listing(KEYS, 2)(request) : refusal));
      const answer = await call("POST", PATH, SOURCE);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.match(String(answer.body.detail), detail);
      assert.deepEqual((await call("GET", "/api/v1/jobs")).body.data, []);
    });
  }

  it("is bucket_unreadable without credentials for the bucket, and says what to do", async (t) => {
    const { call } = await setup(t, listing(KEYS));
    const { status, body } = await call("POST", PATH, { ...SOURCE, from: "s3://other/in/" });
    assert.deepEqual([status, body.code], [422, "bucket_unreadable"]);
    assert.match(
      String(body.detail),
      /no credentials for s3:\/\/other; add them with "storewalk hosts add s3:\/\/other"/,
    );
  });

  it("is bucket_unavailable, with Retry-After, where nobody answers for the bucket", async (t) => {
    const { call, host } = await setup(t, listing(KEYS));
    await host.close();
    const { status, headers, body } = await call("POST", PATH, SOURCE);
    assert.deepEqual([status, body.code, headers.get("retry-after")], [503, "bucket_unavailable", "10"]);
  });

  it("is one job however often it is sent under its key", async (t) => {
    const { call, host } = await setup(t, listing(KEYS));
    const key = { "idempotency-key": "once" };
    const first = await call("POST", PATH, SOURCE, key);
    const again = await call("POST", PATH, SOURCE, key);
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(again.body.listing, null);
    assert.equal(host.asked.length, 1);
    const other = await call("POST", PATH, { ...SOURCE, from: "s3://photos/" }, key);
    assert.deepEqual([other.status, other.body.code], [422, "idempotency_mismatch"]);
  });
});
