import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { drawDemoPhoto } from "./draw-photo.ts";
import { openPhotoAlbum } from "./photo-album.ts";

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-album-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "photos");
}

describe("the demo's album", () => {
  it("draws a photo when it is first asked for, and the same for all who ask meanwhile", async (t) => {
    const folder = aFolder(t);
    const album = openPhotoAlbum(folder, ["0", "1", "2"], drawDemoPhoto);
    assert.deepEqual(readdirSync(folder), []);
    const [photo, again] = await Promise.all([album.read("1"), album.read("1")]);
    assert.ok(photo !== null && photo === again);
    assert.deepEqual(readdirSync(folder), ["1.jpg"]);
    assert.equal(await album.read("3"), null);
  });

  it("goes on where a kill left it, and never shows a photo that is half written", async (t) => {
    const folder = aFolder(t);
    const first = openPhotoAlbum(folder, ["0", "1", "2"], drawDemoPhoto);
    const whole = await first.read("0");
    writeFileSync(join(folder, "1.jpg.unfinished"), "half");
    const keptAt = statSync(join(folder, "0.jpg")).mtimeMs;

    const second = openPhotoAlbum(folder, ["0", "1", "2"], drawDemoPhoto);
    assert.equal(await second.isComplete(), false);
    await second.complete();
    assert.equal(await second.isComplete(), true);
    assert.deepEqual(readdirSync(folder).toSorted(), ["0.jpg", "1.jpg", "2.jpg"]);
    assert.equal(statSync(join(folder, "0.jpg")).mtimeMs, keptAt);
    assert.deepEqual(new Uint8Array((await second.read("0")) ?? []), new Uint8Array(whole ?? []));
    assert.ok(((await second.read("1")) ?? []).length > 1_000);
  });
});
