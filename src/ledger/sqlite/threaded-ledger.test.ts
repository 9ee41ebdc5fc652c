import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { aStore, aVisit, claimNext, measured, submitJob } from "../../testing/ledger-builders.ts";
import { openThreadedLedger } from "./threaded-ledger.ts";

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-ledger-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the threaded SQLite ledger", () => {
  it("carries a job from submission to its end through both threads", async (t) => {
    const ledger = await openThreadedLedger(join(aFolder(t), "storewalk.db"));
    await ledger.importStores([aStore({ id: "S1" })]);
    const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
    const { lease, images } = await claimNext(ledger);
    await ledger.record(
      lease,
      images.map(({ no }) => measured(no)),
      1_000,
    );
    assert.equal((await ledger.readJob(jobId))?.status, "completed");
    assert.deepEqual(
      [...(await ledger.readVisits(["S1"], { tenant: null, from: null, to: null }))],
      [["S1", [{ date: "2024-05-01", perimeter: 28 }]]],
    );
    await ledger.close();
  });

  it("finds everything again after it was closed and opened", async (t) => {
    const path = join(aFolder(t), "storewalk.db");
    const first = await openThreadedLedger(path);
    const jobId = await submitJob(first, [aVisit({ images: 2 })]);
    await first.close();
    const second = await openThreadedLedger(path);
    assert.equal((await second.readJob(jobId))?.images, 2);
    await second.close();
  });

  it("passes an error on to the one call that caused it and goes on", async (t) => {
    const ledger = await openThreadedLedger(join(aFolder(t), "storewalk.db"));
    await assert.rejects(ledger.sealJob(99), /job 99 is not in preparation/);
    assert.equal(await ledger.countStores(), 0);
    await ledger.close();
  });

  it("refuses calls after it was closed", async (t) => {
    const ledger = await openThreadedLedger(join(aFolder(t), "storewalk.db"));
    await ledger.close();
    await assert.rejects(ledger.countStores(), /the ledger is closed/);
  });

  it("says why a file cannot be opened", async (t) => {
    const path = join(aFolder(t), "storewalk.db");
    writeFileSync(path, "this is a text file, not a database, and it is long enough to be looked at".repeat(20));
    await assert.rejects(openThreadedLedger(path), /not a database/);
  });
});
