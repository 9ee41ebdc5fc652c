import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import sharp from "sharp";
import { NO_ACCESS } from "../domain/access-table.ts";
import { openSideReader } from "../pipeline/side-reader.ts";
import { accessTo, guardedRoute, REPEATING_ROUTE } from "../testing/guarded-host.ts";
import { aJpeg, aPng } from "../testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../testing/image-host.ts";
import { openThumbnails } from "./open-thumbnails.ts";
import { openPictureCache } from "./picture-cache.ts";

async function setup(t: TestContext, options: { readonly allow?: false; readonly cacheBytes?: number } = {}) {
  const host: ImageHost = await startImageHost({
    "/wide.jpg": { kind: "file", bytes: aJpeg({ width: 1_200, height: 300 }) },
    "/large.jpg": { kind: "file", bytes: aJpeg({ width: 2_000, height: 1_000 }) },
    "/small.png": { kind: "file", bytes: aPng({ width: 30, height: 20 }) },
    "/huge.png": { kind: "file", bytes: aPng({ width: 30_000, height: 20_000, interlaced: true }) },
    "/page.jpg": { kind: "file", bytes: new TextEncoder().encode("<html>log in</html>") },
    "/private.png": guardedRoute(aPng({ width: 30, height: 20 })),
    "/repeats.png": REPEATING_ROUTE,
    "/gone.jpg": { kind: "status", status: 404 },
  });
  t.after(() => host.close());
  const dataDir = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const reader = openSideReader({
    guard: { allowHosts: options.allow === false ? [] : [host.host], connectMs: 60_000 },
    fetch: {},
    uploads: null,
    maxPixels: 1e8,
  });
  t.after(() => reader.close());
  const thumbnails = await openThumbnails({
    dataDir,
    cacheBytes: options.cacheBytes ?? 1e6,
    reader,
    readAccessTable: async (tenant) => (tenant === "acme" ? accessTo(host.host) : NO_ACCESS),
  });
  t.after(() => thumbnails.close());
  let image = 0;
  const get = (path: string, no = image++, tenant = "acme") =>
    thumbnails.get({ tenant, jobId: 1, image: no, url: host.url(path) });
  return { host, dataDir, thumbnails, get };
}

async function sizeOf(answer: Awaited<ReturnType<Awaited<ReturnType<typeof setup>>["get"]>>) {
  assert.equal(answer.kind, "picture", JSON.stringify(answer));
  const { width, height, format } = await sharp(answer.bytes).metadata();
  return { width, height, format };
}

describe("thumbnails", () => {
  it("fit a square of 256 pixels and never grow", async (t) => {
    const { get } = await setup(t);
    assert.deepEqual(await sizeOf(await get("/wide.jpg")), { width: 256, height: 64, format: "webp" });
    assert.deepEqual(await sizeOf(await get("/small.png")), { width: 30, height: 20, format: "webp" });
  });

  it("fit a square of 1,280 pixels where they are looked at by themselves, beside the small ones", async (t) => {
    const { thumbnails, host } = await setup(t);
    const sizes = ["large", "small", "large"] as const;
    const image = { tenant: "acme", jobId: 1, image: 0, url: host.url("/large.jpg") };
    const widths = [];
    for (const size of sizes) widths.push((await sizeOf(await thumbnails.get({ ...image, size }))).width);
    assert.deepEqual([widths, host.hits("/large.jpg")], [[1_280, 256, 1_280], 2]);
  });

  it("are fetched with what their job's tenant sends to the host, and with nobody else's", async (t) => {
    const { get } = await setup(t);
    assert.equal((await get("/private.png", 7, "globex")).kind, "unavailable");
    assert.deepEqual(await sizeOf(await get("/private.png", 7)), { width: 30, height: 20, format: "webp" });
  });

  it("say nothing of what was sent where a host repeats it", async (t) => {
    const answer = await (await setup(t)).get("/repeats.png");
    assert.ok(answer.kind === "unavailable");
    assert.match(answer.detail, /in the encoding "Token \*\*\*"/);
  });

  it("are fetched once, however many ask for them, then and later", async (t) => {
    const { get, host } = await setup(t);
    await Promise.all([get("/wide.jpg", 7), get("/wide.jpg", 7), get("/wide.jpg", 7)]);
    await get("/wide.jpg", 7);
    assert.equal(host.hits("/wide.jpg"), 1);
  });

  it("say why there is none: gone, no image, too many pixels, a blocked address", async (t) => {
    const { get } = await setup(t);
    const detailOf = async (path: string) => {
      const answer = await get(path);
      return answer.kind === "unavailable" ? answer.detail : answer.kind;
    };
    assert.match(await detailOf("/gone.jpg"), /404/);
    assert.match(await detailOf("/page.jpg"), /does not decode/);
    assert.match(await detailOf("/huge.png"), /pixel/);
    assert.deepEqual((await sizeOf(await get("/small.png"))).width, 30);
    const guarded = await setup(t, { allow: false });
    assert.equal((await guarded.get("/small.png")).kind, "unavailable");
    assert.equal(guarded.host.hits("/small.png"), 0);
  });

  it("are kept on disk within their bound, the longest unused removed first", async (t) => {
    const { get, dataDir } = await setup(t, { cacheBytes: 0 });
    await get("/small.png");
    assert.throws(() => readdirSync(join(dataDir, "thumbnails")), { code: "ENOENT" });

    const folder = join(dataDir, "cache");
    const cache = await openPictureCache(folder, 25);
    for (const name of ["a", "b"]) await cache.put(name, new Uint8Array(10));
    await cache.get("a");
    await cache.put("c", new Uint8Array(10));
    assert.deepEqual(readdirSync(folder).sort(), ["a.webp", "c.webp"]);
    const again = await openPictureCache(folder, 25);
    assert.equal((await again.get("a"))?.length, 10);
    assert.equal(await again.get("b"), null);
  });
});
