import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import { createAccessTable, NO_ACCESS } from "../domain/access-table.ts";
import type { WebAccess } from "../domain/host-access.ts";
import { withBuckets } from "../pipeline/bucket-image.ts";
import { startBucketHost } from "../testing/bucket-host.ts";
import { aWebAccess, guardedRoute, TOKEN } from "../testing/guarded-host.ts";
import { aPng } from "../testing/image-bytes.ts";
import { startFetching } from "../testing/image-fetching.ts";
import { type Route, startImageHost } from "../testing/image-host.ts";
import { createTryUrl } from "./try-access.ts";

/** The tenant acme has credentials for the host, globex has none. */
async function setup(t: TestContext, route: Route, row: Partial<WebAccess> = {}) {
  const host = await startImageHost({ "/a.png": route });
  const fetching = startFetching({ settings: { maxAttempts: 1 } });
  t.after(async () => {
    await fetching.close();
    await host.close();
  });
  const access = aWebAccess(host.host, row);
  const tryUrl = createTryUrl({
    openRemote: fetching.open,
    readAccessTable: async (tenant) => (tenant === "acme" ? createAccessTable([access]) : NO_ACCESS),
    maxPixels: 1e9,
  });
  return { host, tryUrl: (tenant: string) => tryUrl(tenant, host.url("/a.png")) };
}

const guarded = guardedRoute(aPng());

describe("a URL that is tried with what is kept for its host", () => {
  it("is asked for as its tenant's jobs would, and for another tenant without", async (t) => {
    const { host, tryUrl } = await setup(t, guarded);
    const own = await tryUrl("acme");
    assert.ok(own.kind === "tried" && own.outcome.kind === "measured");
    assert.deepEqual([own.pattern, own.sends], [host.host, ["Authorization"]]);
    assert.deepEqual(await tryUrl("globex"), {
      kind: "tried",
      pattern: null,
      sends: [],
      outcome: { kind: "failed", code: "forbidden", detail: "127.0.0.1 answered 401 Unauthorized" },
    });
  });

  it("says what is not sent over http", async (t) => {
    const { tryUrl, host } = await setup(t, guarded, { overHttp: false, userAgent: "Acme" });
    const tried = await tryUrl("acme");
    assert.ok(tried.kind === "tried" && tried.outcome.kind === "failed");
    assert.deepEqual([tried.pattern, tried.sends], [host.host, ["User-Agent"]]);
    assert.match(tried.outcome.detail, /were not sent, as they go over https only$/);
  });

  it("names the row of a bucket that is asked with, by the key as it is written", async (t) => {
    const host = await startBucketHost(() => ({ status: 200, body: aPng() }));
    const fetching = startFetching({ settings: { maxAttempts: 1 } });
    t.after(async () => {
      await fetching.close();
      await host.close();
    });
    const pattern = "s3://photos/date=2026-01/año (1)";
    const table = createAccessTable([{ ...host.access, pattern, hasSessionToken: false, overHttp: true }]);
    const tryUrl = createTryUrl({
      openRemote: withBuckets(fetching.open, { open: fetching.open, memory: createBucketMemory(), now: Date.now }),
      readAccessTable: async () => table,
      maxPixels: 1e9,
    });
    const own = await tryUrl("acme", ` ${pattern}/a.png`);
    assert.ok(own.kind === "tried" && own.outcome.kind === "measured");
    assert.deepEqual([own.pattern, own.sends], [pattern, ["Authorization"]]);
    const other = await tryUrl("acme", "s3://photos/x/../date=2026-01/año (1)/a.png");
    assert.ok(other.kind === "tried" && other.outcome.kind === "failed");
    assert.deepEqual([other.pattern, other.sends, other.outcome.code], [null, [], "forbidden"]);
  });

  it("shows nothing secret that the host repeats", async (t) => {
    const { tryUrl } = await setup(t, { kind: "file", bytes: new TextEncoder().encode(`<p>You sent ${TOKEN}`) });
    const tried = await tryUrl("acme");
    assert.ok(tried.kind === "tried" && tried.outcome.kind === "failed");
    assert.equal(tried.outcome.code, "not_an_image");
    assert.doesNotMatch(JSON.stringify(tried), /s3cr3t/);
  });
});
