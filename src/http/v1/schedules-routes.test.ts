/** Schedules over HTTP, on the real ledger: kept, changed, told of in words where they cannot be. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

const MONDAYS = {
  name: "Mondays",
  cron: "0 6 * * 1",
  time_zone: "Asia/Kolkata",
  source: { url: "https://files.example/visits-{date}.ndjson" },
};

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
      assert.match(String(refused.body.detail), /may have 60000 characters; put a larger one at a URL/);
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
});
