/** Alerts over HTTP: what is refused, all of it at once, and whom they may tell. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

const HOOK = { url: "https://a.example/hook" };

describe("/api/v1/alerts", () => {
  it("tells all webhooks that are on, from the usual threshold on, where nothing is said", async (t) => {
    const { call } = await startHttpService(t);
    const none = await call("POST", "/api/v1/alerts", { name: "x", kind: "backlog" });
    assert.equal(none.status, 400);
    assert.match(String(none.body.detail), /there is no webhook that is on; add one first/);
    for (let no = 0; no < 3; no++) await call("POST", "/api/v1/webhooks", HOOK);
    await call("PATCH", "/api/v1/webhooks/2", { enabled: false });
    const { status, body } = await call("POST", "/api/v1/alerts", { name: "x", kind: "host_trouble" });
    assert.equal(status, 201);
    assert.partialDeepStrictEqual(body, { threshold: 5, webhooks: [1, 3], quiet_hours: null, state: "calm" });
  });

  it("keeps what somebody else changes at the same time", async (t) => {
    let reads = 0;
    const both = Promise.withResolvers<void>();
    const { call, plainLedger } = await startHttpService(t, {
      ledger: {
        // Both have read the alert before either changes it.
        async listAlerts(tenant) {
          const found = await plainLedger.listAlerts(tenant);
          reads += 1;
          if (reads === 3) both.resolve();
          if (reads > 1) await both.promise;
          return found;
        },
      },
    });
    await call("POST", "/api/v1/webhooks", { url: "https://a.example/hook" });
    await call("POST", "/api/v1/alerts", { name: "Hosts", kind: "host_trouble", threshold: 1 });
    await Promise.all([
      call("PATCH", "/api/v1/alerts/1", { threshold: 7 }),
      call("PATCH", "/api/v1/alerts/1", { tells_end: true }),
    ]);
    assert.partialDeepStrictEqual((await plainLedger.listAlerts(null))[0], { threshold: 7, tellsEnd: true });
  });

  it("names all problems at once", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/v1/webhooks", HOOK);
    const { status, body } = await call("POST", "/api/v1/alerts", {
      name: "x",
      kind: "job_failed",
      threshold: 100,
      webhooks: [1, 7],
      tells_end: true,
      quiet_hours: { from: "07:00", to: "07:00", time_zone: "Mars/Base" },
    });
    assert.equal(status, 400);
    const problems = Array.isArray(body.problems) ? body.problems : [];
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      ["/threshold", "/tells_end", "/quiet_hours/to", "/quiet_hours/time_zone", "/webhooks/1"],
    );
    const late = { name: "x", kind: "backlog", quiet_hours: { from: "24:00", to: "7:00" } };
    assert.match(JSON.stringify((await call("POST", "/api/v1/alerts", late)).body), /a time such as 22:00/);
  });

  it("says that an alert whose webhooks are off tells nobody, and keeps what it was", async (t) => {
    const { call } = await startHttpService(t);
    await call("POST", "/api/v1/webhooks", HOOK);
    await call("POST", "/api/v1/alerts", { name: "x", kind: "backlog", quiet_hours: { from: "22:00", to: "07:00" } });
    assert.partialDeepStrictEqual((await call("POST", "/api/v1/alerts/1/test")).body, {
      data: [{ webhook_id: 1, alert_id: 1, event: "alert.test" }],
    });
    await call("PATCH", "/api/v1/webhooks/1", { enabled: false });
    assert.deepEqual((await call("POST", "/api/v1/alerts/1/test")).body, { data: [] });
    const { body } = await call("PATCH", "/api/v1/alerts/1", { quiet_hours: null, enabled: false });
    assert.partialDeepStrictEqual(body, { name: "x", quiet_hours: null, state: "off" });
    assert.equal((await call("GET", "/api/v1/alerts/2")).status, 404);
  });
});
