import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { uploadPath, uploadUrl } from "../domain/upload.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aVisit, submitJob } from "../testing/ledger-builders.ts";
import { openUploadFolder } from "./upload-folder.ts";
import { createUploads } from "./uploads.ts";

async function setup(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  let now = 1_000;
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: () => now++ });
  t.after(() => ledger.close());
  const folder = await openUploadFolder(path);
  const uploads = createUploads({ folder, ledger });
  const files = () => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const keep = async (content: string) => uploads.keep(await uploads.takeIn(piecesOf(content)));
  return { path, ledger, folder, uploads, files, keep };
}

async function* piecesOf(content: string) {
  for (const letter of content) yield Buffer.from(letter);
}

describe("uploads", () => {
  it("keep a content once, however often it comes", async (t) => {
    const { path, files, keep } = await setup(t);
    const file = await keep("one");
    assert.deepEqual([await keep("one"), await keep("one")], [file, file]);
    assert.notEqual(await keep("two"), file);
    assert.equal(files().length, 2);
    assert.equal(await readFile(join(path, uploadPath(file)), "utf8"), "one");
  });

  it("leave nothing of bytes that break off", async (t) => {
    const { uploads, files } = await setup(t);
    async function* broken() {
      yield Buffer.from("half of a photo");
      throw new Error("hung up");
    }
    await assert.rejects(uploads.takeIn(broken()), /hung up/);
    assert.deepEqual(files(), []);
  });

  it("leave nothing of what is dropped", async (t) => {
    const { uploads, files } = await setup(t);
    await uploads.drop(await uploads.takeIn(piecesOf("x")));
    assert.deepEqual(files(), []);
  });

  it("take a content in again when its file was removed by hand", async (t) => {
    const { path, folder, keep } = await setup(t);
    const file = await keep("one");
    await folder.remove(file);
    assert.equal(await keep("one"), file);
    assert.equal(await readFile(join(path, uploadPath(file)), "utf8"), "one");
  });

  it("sweep what no job uses, what nobody knows and what came in half, and nothing else", async (t) => {
    const { path, ledger, folder, uploads, files, keep } = await setup(t);
    const used = await keep("used");
    const unused = await keep("unused");
    const unknown = await uploads.takeIn(piecesOf("unknown"));
    await folder.place(unknown, `${unknown.sha256}-${"0".repeat(16)}`);
    writeFileSync(join(path, "incoming", "left"), "half");
    await submitJob(ledger, [aVisit({ imageUrls: [uploadUrl(used, "1.jpg")] })]);
    await uploads.sweep(60_000);
    assert.equal(files().length, 4);
    await uploads.sweep(0);
    assert.deepEqual(
      files().map(({ name }) => name),
      [used],
    );
    assert.notEqual(await keep("unused"), unused);
  });

  it("sweep a job's photos when the job is removed", async (t) => {
    const { ledger, uploads, files, keep } = await setup(t);
    const jobId = await submitJob(ledger, [aVisit({ imageUrls: [uploadUrl(await keep("one"), "1.jpg")] })]);
    await ledger.cancelJob(jobId);
    await uploads.sweep(0);
    assert.equal(files().length, 1);
    while ((await ledger.prune(0)).more);
    await uploads.sweep(0);
    assert.deepEqual(files(), []);
  });
});
