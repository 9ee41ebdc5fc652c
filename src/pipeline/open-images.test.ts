import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createAccessTable, NO_ACCESS } from "../domain/access-table.ts";
import { uploadUrl } from "../domain/upload.ts";
import { type BucketAnswer, refusalOf, startBucketHost } from "../testing/bucket-host.ts";
import { createPaceMemory, openPaceTable } from "./fetch/pace-table.ts";
import { DEFAULT_FETCH_SETTINGS } from "./fetch/settings.ts";
import { createImageOpener } from "./open-images.ts";

const FILE = `${"a1".repeat(32)}-${"0".repeat(16)}`;
const SIGNAL = new AbortController().signal;

async function setup(t: TestContext, answer: () => BucketAnswer = () => ({ status: 200, body: "bytes" })) {
  const host = await startBucketHost(answer);
  t.after(() => host.close());
  const opener = createImageOpener({
    guard: { allowHosts: [], connectMs: 5_000 },
    settings: { ...DEFAULT_FETCH_SETTINGS, maxAttempts: 1 },
    uploads: { kind: "bucket", address: { scheme: "s3", bucket: "own", key: "uploads/" }, access: host.access },
    paces: openPaceTable(createPaceMemory(1), 0),
    onHostGivenUp: () => {},
  });
  t.after(() => opener.close());
  return { host, open: opener.openImage };
}

describe("photos uploaded to a bucket of the operator's at a private address", () => {
  it("are read there by their own addresses", async (t) => {
    const { host, open } = await setup(t);
    const image = open(uploadUrl(FILE, "1.jpg"), { lane: "1", access: () => NO_ACCESS, signal: SIGNAL });
    assert.equal(Buffer.from(await image.whole()).toString(), "bytes");
    assert.deepEqual(
      host.asked.map(({ target }) => target),
      [`/own/uploads/a1/${FILE}`],
    );
  });

  it("say that they are gone, and not where they were", async (t) => {
    const { open } = await setup(t, () => refusalOf(404, "NoSuchKey"));
    const image = open(uploadUrl(FILE, "1.jpg"), { lane: "1", access: () => NO_ACCESS, signal: SIGNAL });
    await assert.rejects(image.whole(), {
      code: "not_found",
      message: /^the uploaded photo is not in the bucket of uploads/,
    });
  });

  it("open that address to no other URL, and to no tenant's credentials", async (t) => {
    const { host, open } = await setup(t);
    const { access } = host;
    const table = createAccessTable([{ ...access, pattern: "s3://own", hasSessionToken: false, overHttp: true }]);
    for (const url of [`http://${host.host}/own/uploads/a1/${FILE}`, `s3://own/uploads/a1/${FILE}`]) {
      const image = open(url, { lane: "1", access: () => table, signal: SIGNAL });
      await assert.rejects(image.whole(), { code: "blocked_address" });
    }
    assert.equal(host.asked.length, 0);
  });
});
