import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { holdFolder } from "./folder-lock.ts";

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-lock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

describe("the data folder's lock", () => {
  it("lets one hold the folder, and the next one after its release", (t) => {
    const folder = aFolder(t);
    const lock = holdFolder(folder);
    assert.throws(() => holdFolder(folder), /in use by another storewalk service/);
    lock.release();
    holdFolder(folder).release();
  });

  it("stays when nobody refers to it any more", async (t) => {
    const folder = aFolder(t);
    holdFolder(folder);
    // The collector runs what it owes to native objects on a turn of its own.
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    assert.throws(() => holdFolder(folder), /in use/);
  });

  it("ends with a process that is killed", async (t) => {
    const folder = aFolder(t);
    const lockModule = new URL("./folder-lock.ts", import.meta.url).href;
    const script = `import { holdFolder } from ${JSON.stringify(lockModule)};
      holdFolder(${JSON.stringify(folder)}); console.log("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    t.after(() => holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    assert.throws(() => holdFolder(folder), /in use/);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    holdFolder(folder).release();
  });
});
