import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { aStore } from "../../src/testing/ledger-builders.ts";
import { IMAGES_A_VISIT, VISIT_DATE, VISITS } from "./failpoint-job.ts";

const CHILD = fileURLToPath(new URL("./failpoint-child.ts", import.meta.url));
const IMAGES = VISITS * IMAGES_A_VISIT;

/** Steps at which nothing of the job may be left: its seal was not committed. */
const BEFORE_THE_SEAL = [
  "accept:opened",
  "open:answered",
  "accept:visits-added",
  "add:answered",
  "accept:run-noted",
  "accept:chunks-planned",
  "accept:sealed",
] as const;
/** Steps after which the job must go on to its end. */
const AFTER_THE_SEAL = [
  "seal:answered",
  "dispatch:answered",
  "claim:taken",
  "claim:answered",
  "record:inserted",
  "record:counted",
  "finish:chunk-done",
  "finish:counted-down",
  "finish:job-done",
  "record:answered",
  "sums:added",
] as const;

async function run(...args: readonly string[]): Promise<NodeJS.Signals | number> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code, signal] = await once(child, "exit");
  return signal ?? code;
}

async function aLedgerFile(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-failpoint-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "storewalk.db");
  const ledger = createSqliteLedger({ db: openDatabase(path), now: Date.now });
  await ledger.importStores([aStore({ id: "S1" })]);
  await ledger.close();
  return path;
}

/** What is in the ledger, counted from the rows themselves. */
async function contents(path: string) {
  const db = openDatabase(path);
  const ledger = createSqliteLedger({ db, now: Date.now });
  const job = await ledger.readJob(1);
  const page = await ledger.readResults(1, { after: -1, limit: IMAGES + 1, onlyFailed: false });
  const rows = ["jobs", "visits", "images"].map((table) => db.prepare(`select count(*) as n from ${table}`).get()?.n);
  const day = { grain: "day", day: VISIT_DATE } as const;
  const [sums] = await ledger.readCells({ tenant: null, dimension: "all", keys: [""], periods: [day] });
  await ledger.close();
  return { job, results: page.rows, rows, sums };
}

describe("a process killed inside the accepting of a job", () => {
  for (const step of BEFORE_THE_SEAL) {
    it(`leaves nothing of the job at ${step}`, async (t) => {
      const path = await aLedgerFile(t);
      assert.equal(await run(path, "submit", step), "SIGKILL");
      assert.equal(await run(path, "resume"), 0);
      assert.deepEqual((await contents(path)).rows, [0, 0, 0]);
    });
  }
});

describe("a process killed while a job runs", () => {
  for (const step of AFTER_THE_SEAL) {
    it(`finishes the job after its next start, each image once, at ${step}`, async (t) => {
      const path = await aLedgerFile(t);
      assert.equal(await run(path, "submit", step), "SIGKILL");
      assert.equal(await run(path, "resume"), 0);
      const { job, results, sums } = await contents(path);
      assert.deepEqual([job?.status, job?.succeeded, job?.failed], ["completed", IMAGES, 0]);
      assert.deepEqual(
        results.map(({ image, width }) => [image, width]),
        Array.from({ length: IMAGES }, (_, image) => [image, image + 1]),
      );
      assert.deepEqual([sums?.visits, sums?.images, sums?.failed], [VISITS, IMAGES, 0]);
    });
  }
});
