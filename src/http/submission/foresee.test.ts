import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createUrlEnds } from "../../intake/url-ends.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, measured } from "../../testing/ledger-builders.ts";

const HOUR_MS = 3_600_000;

/** Signed now, for so many seconds. */
function signed(no: number, seconds: number): string {
  const date = `${new Date().toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`;
  return `https://bucket.example/${no}?X-Amz-Date=${date}&X-Amz-Expires=${seconds}`;
}

const submission = (urls: readonly string[]) => ({
  count: 1,
  visits: [{ store_id: "S1", image_url: urls, visit_time: "2024-05-01" }],
});

const details = (body: Record<string, unknown>) =>
  (body.warnings as { pointer: string; code: string; detail: string }[]).map(
    ({ code, detail }) => `${code}: ${detail}`,
  );

/** Jobs go at a tenth of an image a second: one image of a job took ten seconds. */
async function startSlowService(t: Parameters<typeof startHttpService>[0]): Promise<HttpService> {
  const service = await startHttpService(t);
  await service.call("POST", "/api/v1/jobs", submission(["https://x.example/1"]));
  const { lease } = await claimNext(service.ledger);
  await service.ledger.record(lease, [measured(0)], 1_000);
  service.database.exec("update jobs set started_at = finished_at - 10000");
  return service;
}

describe("what is foreseen of signed URLs", () => {
  it("warns of those that end before the backlog does, at a dry run and at the submission", async (t) => {
    const service = await startSlowService(t);
    const urls = Array.from({ length: 60 }, (_, no) => signed(no, no < 20 ? 120 : 7 * 86_400));
    for (const path of ["/api/v1/jobs?dry_run=true", "/api/v1/jobs"]) {
      const { body } = await service.call("POST", path, submission(urls));
      const [warning = "", ...others] = details(body);
      assert.match(
        warning,
        /^url_expired: 20 images have signed URLs that may run out before their turn, the first at /,
      );
      assert.deepEqual(others, []);
    }
  });

  it("says nothing where all of them last long enough, and where nobody knows how fast jobs go", async (t) => {
    const slow = await startSlowService(t);
    assert.deepEqual(details((await slow.call("POST", "/api/v1/jobs", submission([signed(1, 600)]))).body), []);
    const idle = await startHttpService(t);
    const urls = Array.from({ length: 60 }, (_, no) => signed(no, 120));
    assert.deepEqual(details((await idle.call("POST", "/api/v1/jobs", submission(urls))).body), []);
  });

  it("does not hold a large job's length against a small one, which goes beside it", async (t) => {
    const service = await startSlowService(t);
    const large = Array.from({ length: 5_000 }, (_, no) => `https://x.example/${no}`);
    await service.call("POST", "/api/v1/jobs", submission(large));
    assert.deepEqual(details((await service.call("POST", "/api/v1/jobs", submission([signed(1, 600)]))).body), []);
  });

  it("leaves the contract's answer as it is", async (t) => {
    const service = await startSlowService(t);
    const { body } = await service.call("POST", "/api/submit", submission([signed(1, 0)]));
    assert.deepEqual(body, { job_id: 2 });
  });
});

describe("the ends of signed URLs", () => {
  it("are counted by the minute, and those that ended apart", () => {
    const now = Date.parse("2026-01-05T10:00:30Z");
    const ends = createUrlEnds(now);
    for (const at of ["2026-01-05T09:00:00Z", "2026-01-05T10:10:10Z", "2026-01-05T10:10:50Z", "2026-01-05T12:00:00Z"]) {
      ends.note(`https://account.example/c/b?se=${encodeURIComponent(at)}&sig=x`);
    }
    ends.note("https://account.example/c/b?expires=never");
    ends.note("not a url?se=1&sig=x");
    assert.deepEqual([ends.ended, ends.first], [1, Date.parse("2026-01-05T09:00:00Z")]);
    assert.equal(ends.countBefore(now + 5 * 60_000), 0);
    assert.equal(ends.countBefore(now + HOUR_MS), 2);
    assert.equal(ends.countBefore(now + 3 * HOUR_MS), 3);
  });
});
