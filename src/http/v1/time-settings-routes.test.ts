import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

const PATH = "/api/v1/submission/times";
const CSV = { "content-type": "text/csv" };

describe(`PUT ${PATH}`, () => {
  it("sets how times are read where a submission does not say it", async (t) => {
    const service = await startHttpService(t);
    assert.deepEqual((await service.call("GET", PATH)).body, { dates: null, time_zone: null });
    const body = "store_id,image_url,visit_time\nS1,http://x/1,20/11/2026 10:30\n";
    const before = await service.call("POST", "/api/v1/jobs?dry_run=true", body, CSV);
    assert.deepEqual(before.body.open_dates, { count: 1, orders: ["dmy"], example: "20/11/2026 10:30" });

    const times = { dates: "dmy", time_zone: "Asia/Kolkata" };
    assert.deepEqual((await service.call("PUT", PATH, times)).body, times);
    assert.deepEqual((await service.call("GET", PATH)).body, times);
    const { status, body: job } = await service.call("POST", "/api/v1/jobs", body, CSV);
    assert.deepEqual([status, job.warnings, job.warnings_total], [201, [], 0]);
    const visits = await service.call("GET", "/api/v1/jobs/1/visits");
    assert.partialDeepStrictEqual(visits.body, {
      data: [{ visit_time: "20/11/2026 10:30", visit_date: "2026-11-20" }],
    });
  });

  it("takes what is no time of a day as text, with a warning", async (t) => {
    const service = await startHttpService(t);
    await service.call("PUT", PATH, { time_zone: "Asia/Kolkata" });
    for (const time of ["2026-11-20 24:30", "2026-11-20T10:30:00+25:00", "2026-11-20T10:30:00-05:75"]) {
      const body = `store_id,image_url,visit_time\nS1,http://x/1,${time}\n`;
      const { status, body: job } = await service.call("POST", "/api/v1/jobs", body, CSV);
      assert.equal(status, 201, `${time}: ${JSON.stringify(job)}`);
      assert.partialDeepStrictEqual(job.warnings, [{ code: "time_unread" }], time);
    }
  });

  it("refuses what is no time zone, and orders that there are none of", async (t) => {
    const service = await startHttpService(t);
    for (const times of [{ time_zone: "Nowhere/Town" }, { time_zone: "+05:30" }, { dates: "dym" }, { zone: "UTC" }]) {
      const { status, body } = await service.call("PUT", PATH, times);
      assert.deepEqual([status, body.code], [400, "invalid_body"], JSON.stringify(times));
    }
  });
});

describe("the answer of a submission", () => {
  it("has its warnings under v1, and is only the job's number at the contract's route", async (t) => {
    const service = await startHttpService(t);
    const body = "store_id,image_url,visit_time\nS1,http://x/1,soon\n";
    const { body: job } = await service.call("POST", "/api/v1/jobs", body, CSV);
    assert.deepEqual(job.warnings, [
      {
        pointer: "line 2, visit_time",
        code: "time_unread",
        detail: '"soon" is no time that can be read; RFC 3339 always can, as 2026-11-20T10:30:00+05:30',
      },
    ]);
    assert.equal(job.warnings_total, 1);
    assert.deepEqual((await service.call("POST", "/api/submit", body, CSV)).body, { job_id: 2 });
    const refused = await service.call("POST", "/api/submit?unread_times=reject", body, CSV);
    assert.equal(refused.status, 400);
  });
});
