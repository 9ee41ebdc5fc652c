/** The sender over the real ledger, with receivers as functions: who is told while somebody else never answers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { systemClock } from "../process/clock.ts";
import { aVisit, submitJob } from "../testing/ledger-builders.ts";
import { startWebhookSender } from "./webhook-sender.ts";

const anEndpoint = (url: string) => ({
  tenant: "default",
  url,
  events: ["job.completed"],
  description: "",
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
});

describe("the sender of webhooks", () => {
  it("tells everybody else while one receiver never answers", async (t) => {
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    const silent = await ledger.addEndpoint(anEndpoint("https://silent.example/"));
    const quick = await ledger.addEndpoint(anEndpoint("https://quick.example/"));
    for (let ping = 0; ping < 12; ping++) {
      await ledger.addPing(silent.id, "{}");
      await ledger.addPing(quick.id, "{}");
    }
    const answered = Promise.withResolvers<never>();
    answered.promise.catch(() => {});
    const told = Promise.withResolvers<void>();
    const heard: string[] = [];
    let asked = 0;
    const sender = startWebhookSender({
      ledger,
      clock: systemClock,
      async post(url) {
        if (url.includes("silent")) {
          asked += 1;
          return await answered.promise.catch(() => ({ kind: "failed", error: "timeout" }));
        }
        heard.push(url);
        if (heard.length === 12) told.resolve();
        return { kind: "answered", status: 204, retryAfterMs: null, body: "" };
      },
      jobView: () => ({}),
      callbackSecret: null,
      sendMail: null,
      publicUrl: null,
      random: () => 0,
      onError: (error) => assert.fail(String(error)),
    });
    t.after(async () => {
      answered.reject(new Error("it never answers"));
      await sender.stop();
      await ledger.close();
    });
    await told.promise;
    assert.equal(asked, 4);
  });

  it("says of a job that was deleted before it was announced only that it ended", async (t) => {
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    await ledger.addEndpoint({ ...anEndpoint("https://chat.example/"), events: ["job.cancelled"], format: "slack" });
    const jobId = await submitJob(ledger, [aVisit()]);
    await ledger.cancelJob(jobId);
    await ledger.deleteJob(jobId, 60_000);
    const told = Promise.withResolvers<string>();
    const sender = startWebhookSender({
      ledger,
      clock: systemClock,
      async post(_url, _headers, body) {
        told.resolve(body);
        return { kind: "answered", status: 200, retryAfterMs: null, body: "" };
      },
      jobView: () => assert.fail("nobody sees a deleted job"),
      callbackSecret: null,
      sendMail: null,
      publicUrl: "https://storewalk.example",
      random: () => 0,
      onError: (error) => told.reject(error),
    });
    t.after(async () => {
      await sender.stop();
      await ledger.close();
    });
    const { text, blocks } = JSON.parse(await told.promise);
    assert.deepEqual([text, blocks.length], [`Job ${jobId} ended and was deleted`, 1]);
  });
});
