import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { startHttpService } from "../testing/http-service.ts";

const SUBMISSION = {
  count: 1,
  visits: [{ store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01" }],
};

describe("the API of a service that cannot do everything now", () => {
  it("accepts no job while it drains, and still tells how jobs stand", async (t) => {
    let draining = false;
    const { call } = await startHttpService(t, { isDraining: () => draining });
    await call("POST", "/api/submit", SUBMISSION);
    draining = true;
    const refused = await call("POST", "/api/submit", SUBMISSION);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    assert.equal((await call("GET", "/api/status?jobid=1")).status, 200);
  });

  it("answers 503 with Retry-After while the ledger is away", async (t) => {
    const { call, ledger } = await startHttpService(t);
    ledger.readJob = async () => {
      throw new LedgerUnavailable("connection refused");
    };
    const answer = await call("GET", "/api/status?jobid=1");
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "2"]);
    assert.match(String(answer.body.error), /^the ledger cannot be reached at the moment/);
  });
});
