import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { NO_ACCESS } from "../domain/access-table.ts";
import type { ImageFault } from "../domain/error-codes.ts";
import { uploadPath, uploadUrl } from "../domain/upload.ts";
import type { OpenImage } from "./process-image.ts";
import { uploadsInFolder, withUploads } from "./uploaded-image.ts";

const FILE = `${"a1".repeat(32)}-${"0".repeat(16)}`;
const OPTIONS = { lane: "1", access: () => NO_ACCESS, signal: new AbortController().signal };

function setup(t: TestContext, content: string | null) {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  if (content !== null) {
    const path = join(folder, uploadPath(FILE));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const asked: string[] = [];
  const remote: OpenImage = (url) => {
    asked.push(url);
    throw new Error("asked the remote side");
  };
  const open = (url = uploadUrl(FILE, "shelf 1.jpg"), inFolder: string | null = folder) => {
    const image = withUploads(remote, uploadsInFolder({ folder: inFolder, maxBytes: 10 }))(url, OPTIONS);
    t.after(() => image.release());
    return image;
  };
  return { open, asked };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const faultOf = (reading: Promise<unknown>) =>
  reading.then(
    () => "none",
    ({ code }: ImageFault) => code,
  );

describe("an uploaded photo", () => {
  it("is read from its file: beginning, end, all of it", async (t) => {
    const image = setup(t, "0123456789").open();
    assert.equal(image.totalBytes(), null);
    const { bytes, complete } = await image.prefix(4);
    assert.deepEqual([text(bytes), complete, image.totalBytes()], ["0123", false, 10]);
    assert.deepEqual((await image.prefix(99)).complete, true);
    assert.equal(text(await image.tail(3)), "789");
    assert.equal(text(await image.tail(99)), "0123456789");
    assert.equal(text(await image.whole()), "0123456789");
  });

  it("fails with its cause when it is gone, empty or too large", async (t) => {
    const { open } = setup(t, null);
    assert.equal(await faultOf(open().prefix(1)), "not_found");
    assert.equal(await faultOf(open(undefined, null).prefix(1)), "not_found");
    assert.equal(await faultOf(setup(t, "").open().prefix(1)), "empty_body");
    assert.equal(await faultOf(setup(t, "01234567890").open().whole()), "body_too_large");
  });

  it("is nothing but a file of the folder: every other URL goes to the remote side", (t) => {
    const { open, asked } = setup(t, "x");
    for (const url of [
      "upload:../../etc/passwd",
      `upload:${"a".repeat(64)}`,
      `upload:${FILE}x/1.jpg`,
      `upload:${FILE.toUpperCase()}/1.jpg`,
      "file:///etc/passwd",
      "http://a.example/1.jpg",
    ]) {
      assert.throws(() => open(url), /asked the remote side/);
      assert.equal(asked.pop(), url);
    }
  });
});
