import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { startHttpService } from "../testing/http-service.ts";

const PAGE = "https://reports.example";
const VISITS = [{ store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01" }];

async function setup(t: TestContext, allowedOrigins: readonly string[]) {
  const { address } = await startHttpService(t, { allowedOrigins });
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: object) =>
    await fetch(address + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { ask };
}

describe("a page of another origin", () => {
  it("may ask and change what its key may, if its origin is listed", async (t) => {
    const { ask } = await setup(t, [PAGE]);
    const asked = await ask("OPTIONS", "/api/v1/jobs", { origin: PAGE, "access-control-request-method": "POST" });
    assert.deepEqual([asked.status, asked.headers.get("access-control-allow-origin")], [204, PAGE]);
    assert.match(asked.headers.get("access-control-allow-headers") ?? "", /authorization, .*idempotency-key/);
    assert.equal(asked.headers.get("access-control-allow-credentials"), null);
    const browser = { origin: PAGE, "sec-fetch-site": "cross-site", "content-type": "application/json" };
    const made = await ask("POST", "/api/v1/jobs", browser, { count: 1, visits: VISITS });
    assert.deepEqual([made.status, made.headers.get("access-control-allow-origin")], [201, PAGE]);
    assert.match(made.headers.get("access-control-expose-headers") ?? "", /location/);
  });

  it("may read why it was refused", async (t) => {
    const { ask } = await setup(t, [PAGE]);
    const refused = await ask("GET", "/api/v1/jobs/77", { origin: PAGE });
    assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [404, PAGE]);
    assert.match(refused.headers.get("vary") ?? "", /origin/);
  });

  it("gets nothing that its browser would show it, if its origin is not listed or none is", async (t) => {
    for (const origins of [[], [PAGE]]) {
      const { ask } = await setup(t, origins);
      const origin = "https://reports.example.evil.example";
      const asked = await ask("OPTIONS", "/api/v1/jobs", { origin, "access-control-request-method": "POST" });
      assert.deepEqual([asked.status, asked.headers.get("access-control-allow-origin")], [405, null]);
      const refused = await ask(
        "POST",
        "/api/v1/jobs",
        { origin, "content-type": "application/json" },
        { count: 1, visits: VISITS },
      );
      assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [403, null]);
    }
  });
});
