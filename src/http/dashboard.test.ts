import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Fastify from "fastify";
import { startHttpService } from "../testing/http-service.ts";
import { addDashboard } from "./dashboard.ts";

describe("the dashboard's routes", () => {
  it("give the same document for each of its pages, under a policy that runs nothing but its own files", async (t) => {
    const { address } = await startHttpService(t);
    const documents = new Set<string>();
    for (const path of [
      "/",
      "/jobs",
      "/jobs/12",
      "/jobs/12/images/0",
      "/stores/S%2F1",
      "/submit",
      "/webhooks",
      "/webhooks/deliveries/7",
      "/health",
    ]) {
      const page = await fetch(address + path);
      assert.equal(page.status, 200, path);
      const policy = page.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      documents.add(await page.text());
    }
    assert.equal(documents.size, 1);
  });

  it("give files that never change under their names, and no others", async (t) => {
    const { address } = await startHttpService(t);
    const [, script = ""] = /src="([^"]+\.js)"/.exec(await (await fetch(address)).text()) ?? [];
    const file = await fetch(address + script);
    assert.match(file.headers.get("cache-control") ?? "", /immutable/);
    assert.equal(file.headers.get("x-content-type-options"), "nosniff");
    const compressed = await fetch(address + script, { headers: { "accept-encoding": "gzip, br" } });
    assert.equal(compressed.headers.get("content-encoding"), "br");
    assert.equal(await compressed.text(), await file.text());
    for (const path of ["/assets/", "/assets/../index.html", "/assets/%2e%2e/%2e%2e/package.json", "/package.json"]) {
      assert.equal((await fetch(address + path)).status, 404, path);
    }
  });

  it("show a browser the page at an address that is nowhere, with 404", async (t) => {
    const { address } = await startHttpService(t);
    const ask = (path: string, method = "GET") =>
      fetch(address + path, { method, headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } });
    const nowhere = await ask("/jobs/1/2");
    assert.equal(nowhere.status, 404);
    assert.match(nowhere.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(await nowhere.text(), await (await ask("/")).text());
    for (const path of ["/api/v1/nothing", "/assets/nothing.js", "/docs/nothing"])
      assert.doesNotMatch((await ask(path)).headers.get("content-type") ?? "", /html/, path);
    assert.equal((await ask("/nowhere", "POST")).status, 404);
  });

  it("leave every other path to the API's own 404", async (t) => {
    const { call } = await startHttpService(t);
    const { status, body } = await call("GET", "/api/v1/nothing");
    assert.deepEqual([status, body.code], [404, "not_found"]);
    assert.equal((await call("GET", "/jobs/1/2")).status, 404);
    assert.equal((await call("POST", "/jobs")).status, 405);
  });

  it("say how to build it where it is not built", async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    addDashboard(app, new URL("file:///nowhere/"));
    const { statusCode, body } = await app.inject("/");
    assert.deepEqual([statusCode, /npm run build:page/.test(body)], [503, true]);
  });
});
