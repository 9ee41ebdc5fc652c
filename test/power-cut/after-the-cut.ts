/** What must hold in a folder that a power cut left: all that was acknowledged, nothing half, and work goes on to its end. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ledgerPath } from "../../src/app/adapters.ts";
import { uploadPath } from "../../src/domain/upload.ts";
import type { EmbeddedLedger } from "../../src/ledger/port/ledger.ts";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { dispatchAll, measured } from "../../src/testing/ledger-builders.ts";
import { type Acknowledgement, readState } from "./acknowledged-ledger.ts";

/** The acknowledgements before the cut, and the one of the ledger's that would have come next; null after the last. */
export type Moment = { readonly past: readonly Acknowledgement[]; readonly next: Acknowledgement | null };

/** The same code that the service's ledger threads run, in this thread. Throws what is wrong. */
export async function checkAfterCut(dataDir: string, moment: Moment): Promise<void> {
  const db = openDatabase(ledgerPath(dataDir));
  try {
    assertWhole(db);
    assertAcknowledged(db, moment);
    for (const file of moment.past.at(-1)?.photos ?? []) assertPhoto(dataDir, file);
    const ledger = createSqliteLedger({ db, now: Date.now });
    await ledger.recover();
    assertNothingHalf(db);
    await finishAll(ledger);
    assertNothingHalf(db);
    assertAllOver(db);
    assertWhole(db);
  } finally {
    db.close();
  }
}

function assertWhole(db: DatabaseSync): void {
  assert.deepEqual({ ...db.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
}

/** The ledger is as the last acknowledged call left it, or as the call in hand would have. */
function assertAcknowledged(db: DatabaseSync, { past, next }: Moment): void {
  const last = past.at(-1);
  const state = readState(db);
  if (!last || state === last.state || state === next?.state) return;
  const found = past.findLastIndex((acknowledgement) => acknowledgement.state === state);
  if (found >= 0) {
    const lost = past.slice(found + 1).flatMap(({ call, isOfLedger }) => (isOfLedger ? [call] : []));
    assert.fail(`${lost.length} acknowledged calls are lost: ${lost.slice(0, 5).join(", ")}`);
  }
  if (!next?.inSteps)
    assert.fail(`the ledger is as no call left it, after ${last.call}, before ${next?.call ?? "the end"}`);
}

function assertPhoto(dataDir: string, file: string): void {
  const bytes = readFileSync(join(dataDir, "uploads", uploadPath(file)));
  assert.ok(file.startsWith(createHash("sha256").update(bytes).digest("hex")), `the photo ${file} has other bytes`);
}

/** Each gives rows for what must never be. */
const HALVES = {
  "a job that was never sealed": `
    select id from jobs where status = 'preparing'`,
  "rows of a job that is not there": `
    select job from (select job from visits union select job from images union select job from chunks union select job from results
                     union select job from upload_uses) where job not in (select id from jobs)`,
  "a job that counts other visits or images than it has": `
    select id from jobs where visits <> (select count(*) from visits where job = id) or images <> (select count(*) from images where job = id)`,
  "chunks that count other results than there are": `
    select id from jobs where (select sum(done) from chunks where job = id) <> (select count(*) from results where job = id)
      or (select sum(failed) from chunks where job = id) <> (select count(*) from results where job = id and code is not null)`,
  "a job over without its end, or with two": `
    select id from jobs where finished_at is not null and (select count(*) from job_ends where job = id and run = jobs.run) <> 1`,
  "a result of an image that is not there": `
    select job, image from results where not exists (select 1 from images where images.job = results.job and images.no = results.image)`,
} as const;

function assertNothingHalf(db: DatabaseSync): void {
  for (const [fault, sql] of Object.entries(HALVES)) assert.deepEqual(db.prepare(sql).all(), [], fault);
}

async function finishAll(ledger: EmbeddedLedger): Promise<void> {
  for (const jobId of await ledger.readUnfinished()) await ledger.resumeJob(jobId);
  for (;;) {
    const refs = await dispatchAll(ledger);
    if (refs.length === 0) return;
    for (const ref of refs) {
      const claim = await ledger.claim(ref, 600_000);
      if (!claim) throw new Error("a chunk that was dispatched must be there to claim");
      const reply = await ledger.record(
        claim.lease,
        claim.images.map(({ no }) => measured(no)),
        600_000,
      );
      assert.equal(reply.kind, "recorded");
    }
  }
}

function assertAllOver(db: DatabaseSync): void {
  const open = db.prepare(`
    select id from jobs
    where finished_at is null
      or (status <> 'cancelled' and images <> (select count(*) from results where job = id))`);
  assert.deepEqual(open.all(), [], "a job that did not come to its end");
}
