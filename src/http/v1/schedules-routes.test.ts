/** Schedules over HTTP, on the real ledger: kept, changed, told of in words where they cannot be. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { aVisit, jobOptions } from "../../testing/ledger-builders.ts";
import { openUploadFolder } from "../../uploads/upload-folder.ts";
import { createUploads } from "../../uploads/uploads.ts";

const MONDAYS = {
  name: "Mondays",
  cron: "0 6 * * 1",
  time_zone: "Asia/Kolkata",
  source: { url: "https://files.example/visits-{date}.ndjson" },
};

const BUCKET = { from: "s3://photos/in/{date}/", visits: "{store}/{date}/{name}.jpg" };

/** A service that keeps files, and all that is kept. */
async function setupFiles(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = openUploadFolder(folder);
  const service = await startHttpService(t, { uploads: (ledger) => createUploads({ store, ledger }) });
  const keep = async (content: string, type = "text/csv") => {
    const kept = await service.call("POST", "/api/v1/schedules/files", content, { "content-type": type });
    assert.equal(kept.status, 201, JSON.stringify(kept.body));
    return kept.body as { readonly file: string; readonly bytes: number; readonly format: string };
  };
  return { ...service, keep, store };
}

describe("/api/v1/schedules", () => {
  it("keeps a schedule and says when it runs next", async (t) => {
    const { call } = await startHttpService(t);
    const { status, headers, body } = await call("POST", "/api/v1/schedules", MONDAYS);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(headers.get("location"), "/api/v1/schedules/1");
    assert.partialDeepStrictEqual(body, { ...MONDAYS, id: 1, format: "ndjson", options: {}, enabled: true, runs: [] });
    const next = new Date(String(body.next_run_at));
    assert.deepEqual([next.getUTCDay(), next.getUTCHours(), next.getUTCMinutes()], [1, 0, 30]);
    assert.ok(next.getTime() > Date.now());
    assert.deepEqual((await call("GET", "/api/v1/schedules")).body, { data: [body] });
  });

  it("says where a manifest belongs that is too large to be kept", async (t) => {
    const { call } = await startHttpService(t);
    const add = (text: string) => call("POST", "/api/v1/schedules", { ...MONDAYS, source: { text } });
    assert.equal((await add("x".repeat(60_000))).status, 201);
    for (const [characters, status, code] of [
      [60_001, 400, "invalid_body"],
      [70_000, 413, "body_too_large"],
    ] as const) {
      const refused = await add("x".repeat(characters));
      assert.deepEqual([refused.status, refused.body.code], [status, code]);
      assert.match(
        String(refused.body.detail),
        /may have 60000 characters; keep a larger one as a file, or put it at a URL/,
      );
    }
  });

  it("is switched off, moved, and run now", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/v1/schedules", MONDAYS);
    const off = await call("PATCH", "/api/v1/schedules/1", { enabled: false, name: "Off" });
    assert.partialDeepStrictEqual(off.body, { name: "Off", enabled: false, next_run_at: null });
    const moved = await call("PATCH", "/api/v1/schedules/1", { enabled: true, cron: "30 7 * * *", time_zone: "UTC" });
    assert.match(String(moved.body.next_run_at), /T07:30:00/);
    const run = await call("POST", "/api/v1/schedules/1/run");
    assert.equal(run.status, 202);
    assert.ok(Date.parse(String(run.body.next_run_at)) <= Date.now());
    assert.equal((await call("DELETE", "/api/v1/schedules/1")).status, 204);
    assert.equal((await call("GET", "/api/v1/schedules/1")).status, 404);
  });

  it("keeps what somebody else changes at the same time, and runs by what it is then", async (t) => {
    let reads = 0;
    const both = Promise.withResolvers<void>();
    const { call, plainLedger } = await startHttpService(t, {
      ledger: {
        // Both have read the schedule before either changes it.
        async listSchedules(tenant) {
          const found = await plainLedger.listSchedules(tenant);
          reads += 1;
          if (reads === 3) both.resolve();
          if (reads > 1) await both.promise;
          return found;
        },
      },
    });
    await call("POST", "/api/v1/schedules", { ...MONDAYS, time_zone: "UTC" });
    await Promise.all([
      call("PATCH", "/api/v1/schedules/1", { cron: "30 7 * * *" }),
      call("PATCH", "/api/v1/schedules/1", { time_zone: "Asia/Kolkata" }),
    ]);
    const [kept] = await plainLedger.listSchedules(null);
    assert.partialDeepStrictEqual(kept, { cron: "30 7 * * *", timeZone: "Asia/Kolkata" });
    assert.match(new Date(kept?.dueAt ?? 0).toISOString(), /T02:00:00/);
  });

  it("says all that is wrong with a time", async (t) => {
    const { call } = await startHttpService(t);
    const { status, body } = await call("POST", "/api/v1/schedules", {
      ...MONDAYS,
      cron: "mondays",
      time_zone: "Mars",
    });
    assert.equal(status, 400);
    assert.partialDeepStrictEqual(body, {
      code: "invalid_body",
      problems: [{ pointer: "/cron" }, { pointer: "/time_zone" }],
    });
    assert.equal((await call("POST", "/api/v1/schedules", { ...MONDAYS, source: { url: "ftp://a/b" } })).status, 400);
    assert.equal((await call("POST", "/api/v1/schedules", { ...MONDAYS, options: { colour: "red" } })).status, 400);
  });

  it("takes a bucket as its source, new photos unless all are asked for", async (t) => {
    const { call } = await startHttpService(t);
    const { status, body } = await call("POST", "/api/v1/schedules", { ...MONDAYS, source: BUCKET });
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual([body.source, body.format], [{ ...BUCKET, take: "new" }, null]);
    const moved = await call("PATCH", "/api/v1/schedules/1", { source: { ...BUCKET, take: "all" } });
    assert.deepEqual([moved.status, moved.body.source], [200, { ...BUCKET, take: "all" }]);
    const back = await call("PATCH", "/api/v1/schedules/1", { source: { url: "https://files.example/a.xlsx" } });
    assert.partialDeepStrictEqual(back.body, { format: "xlsx", source: { url: "https://files.example/a.xlsx" } });
  });

  it("says all that is wrong with a bucket, and with a source that is none", async (t) => {
    const { call } = await startHttpService(t);
    const bad = await call("POST", "/api/v1/schedules", { ...MONDAYS, source: { from: "s3://a", visits: "{stor}" } });
    assert.deepEqual([bad.status, bad.body.code], [400, "invalid_body"]);
    assert.deepEqual(
      (bad.body.problems as { pointer: string }[]).map(({ pointer }) => pointer),
      ["/source/from", "/source/visits", "/source/visits", "/source/visits"],
    );
    const none = await call("POST", "/api/v1/schedules", { ...MONDAYS, source: { from: "s3://photos/" } });
    assert.match(String(none.body.detail), /source must be one of the four: an http or https url, a text, a file/);
  });

  it("takes a file that is kept as its source, and another in its place", async (t) => {
    const { call, keep } = await setupFiles(t);
    const first = await keep("store_id,image_url,visit_time\n");
    assert.deepEqual([first.bytes, first.format], [30, "csv"]);
    const source = { file: first.file, name: "week.csv" };
    const made = await call("POST", "/api/v1/schedules", { ...MONDAYS, source });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual([made.body.source, made.body.format], [source, "csv"]);
    const { file, format } = await keep("{}", "application/json");
    const moved = await call("PATCH", "/api/v1/schedules/1", { source: { file }, format });
    assert.deepEqual([moved.body.source, moved.body.format], [{ file }, "json"]);
  });

  it("takes no file that is not kept, is another tenant's, or has photos with it", async (t) => {
    const { call, keep, ledger } = await setupFiles(t);
    const { file } = await keep("a");
    const add = (named: string) => call("POST", "/api/v1/schedules", { ...MONDAYS, source: { file: named } });
    assert.equal((await add(file)).status, 201);
    const theirs = await ledger.keepUpload({ tenant: "acme", sha256: "f".repeat(64), file: `${"f".repeat(64)}-1` });
    for (const wrong of [theirs, "../secret"]) {
      const { status, body } = await add(wrong);
      assert.deepEqual([status, body.code], [400, "invalid_body"]);
      assert.partialDeepStrictEqual(body.problems, [{ pointer: "/source/file" }]);
    }
    const form = { "content-type": "multipart/form-data; boundary=x" };
    assert.equal((await call("POST", "/api/v1/schedules/files", "--x--", form)).status, 415);
  });

  it("says where files are not kept", async (t) => {
    const { call } = await startHttpService(t);
    const { status, body } = await call("POST", "/api/v1/schedules/files", "a", { "content-type": "text/csv" });
    assert.equal(status, 415);
    assert.match(String(body.detail), /STOREWALK_UPLOAD_DIR or STOREWALK_UPLOAD_URL/);
  });

  it("says what became of its runs", async (t) => {
    const { call, ledger } = await startHttpService(t);
    await call("POST", "/api/v1/schedules", MONDAYS);
    for (const error of [null, "there is no such bucket"]) {
      await call("POST", "/api/v1/schedules/1/run");
      const due = await ledger.takeDueSchedule(60_000);
      assert.ok(due);
      await ledger.endScheduleRun(due, { error, nextDueAt: due.dueAt + 1, waitMs: 0 });
    }
    const { body } = await call("GET", "/api/v1/schedules/1");
    assert.partialDeepStrictEqual(body.runs, [
      { outcome: "failed", job_id: null, error: "there is no such bucket" },
      { outcome: "nothing_new", job_id: null, error: null },
    ]);
  });
});

describe("the dry run of a schedule", () => {
  const TEXT = { text: "store_id,image_url,visit_time\nS1,https://photos.example/{date}.jpg,{date}\n" };
  const today = () => new Date().toISOString().slice(0, 10);

  it("says of one that is not kept yet what it would submit and when, and keeps nothing", async (t) => {
    const { call } = await startHttpService(t);
    const given = { ...MONDAYS, time_zone: "UTC", source: TEXT };
    const { status, body } = await call("POST", "/api/v1/schedules?dry_run=true", given);
    assert.equal(status, 200, JSON.stringify(body));
    assert.partialDeepStrictEqual(body, {
      outcome: "made",
      error: null,
      listing: null,
      check: { visits: 1, images: 1 },
    });
    assert.ok([today(), new Date(Date.now() - 60_000).toISOString().slice(0, 10)].includes(String(body.day)));
    const times = (body.next_runs as string[]).map((at) => [new Date(at).getUTCDay(), at.slice(11)]);
    assert.deepEqual(times, Array(5).fill([1, "06:00:00.000Z"]));
    assert.deepEqual((await call("GET", "/api/v1/schedules")).body, { data: [] });
    assert.deepEqual((await call("GET", "/api/v1/jobs")).body.data, []);
    const wrong = await call("POST", "/api/v1/schedules?dry_run=true", {
      ...given,
      source: { text: "store_id\nS1\n" },
    });
    assert.partialDeepStrictEqual(wrong.body, { outcome: "failed", check: { would_be_accepted: false } });
    assert.match(String(wrong.body.error), /line 1: must name the columns/);
  });

  it("says of a bucket which photos are new, as the runs before left it", async (t) => {
    const { call, ledger } = await startHttpService(t, {
      async *listBucket() {
        yield ["S1/2026-11-26/a.jpg", "S1/2026-11-27/b.jpg", "notes.txt"].map((key) => ({ key: `in/${key}` }));
      },
    });
    await call("POST", "/api/v1/schedules", { ...MONDAYS, source: { ...BUCKET, from: "s3://photos/in/" } });
    const dryRun = async () => (await call("POST", "/api/v1/schedules/1/run?dry_run=true")).body;
    const first = await dryRun();
    assert.partialDeepStrictEqual(first, {
      outcome: "made",
      check: { visits: 2, images: 2 },
      listing: { keys: 3, matched: 2, first_others: [{ key: "in/notes.txt" }] },
      wanted: 2,
    });
    assert.deepEqual(await dryRun(), first);
    await ledger.changeSchedule(1, { dueAt: 1 });
    const run = await ledger.takeDueSchedule(60_000);
    assert.ok(run);
    const digests = ["S1/2026-11-26/a.jpg", "S1/2026-11-27/b.jpg"].map((key) =>
      createHash("sha256").update(`s3://photos/in/${key}`).digest("hex").slice(0, 32),
    );
    assert.equal((await ledger.noteNewKeys(run, digests)).length, 2);
    const jobId = await ledger.openJob(jobOptions());
    await ledger.addVisits(jobId, [aVisit()]);
    assert.equal(await ledger.sealJob(jobId, undefined, { ...run, nextDueAt: 2 }), true);
    assert.partialDeepStrictEqual(await dryRun(), {
      outcome: "nothing_new",
      error: null,
      listing: { matched: 2 },
      wanted: 0,
    });
    assert.equal((await call("GET", "/api/v1/jobs")).body.has_more, false);
  });

  it("says why a source cannot be had, and that one that is off runs at no time", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/v1/schedules", MONDAYS);
    await call("PATCH", "/api/v1/schedules/1", { enabled: false });
    const { status, body } = await call("POST", "/api/v1/schedules/1/run?dry_run=true");
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { outcome: "failed", check: null, listing: null, next_runs: [] });
    assert.match(String(body.error), /answered 503/);
    assert.equal((await call("GET", "/api/v1/schedules/1")).body.enabled, false);
  });
});
