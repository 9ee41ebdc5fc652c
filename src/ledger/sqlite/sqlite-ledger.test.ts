import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { aReuse } from "../../testing/flagged-images.ts";
import { aVisit, claimNext, dispatchAll, jobOptions, measured, submitJob } from "../../testing/ledger-builders.ts";
import { describeLedger } from "../contract/ledger.contract.ts";
import { LEASE_MS } from "../contract/ledger-under-test.ts";
import { printBefore } from "../contract/prints-before.ts";
import { openDatabase } from "./database.ts";
import { createSqliteLedger } from "./sqlite-ledger.ts";

const INDEXED_BYTES = `
  select coalesce(sum(length(entries)), 0) as bytes from (select entries from print_entries union all select entries from print_buckets)`;

function asVersionBefore(db: DatabaseSync): void {
  const setBuckets = db.prepare("update prints set buckets = ? where no = ?");
  const addOld = db.prepare(`
    insert into print_buckets (tenant, bucket, entries) values (?, ?, ?)
    on conflict (tenant, bucket) do update set entries = cast(entries || excluded.entries as blob)`);
  for (const { no, tenant, sketch } of db.prepare("select no, tenant, sketch from prints order by no").all()) {
    if (!(sketch instanceof Uint8Array)) continue;
    const { buckets, entries } = printBefore(Number(no), sketch);
    setBuckets.run(buckets, Number(no));
    for (const { bucket, bytes } of entries) addOld.run(String(tenant), bucket, bytes);
  }
  db.exec("delete from print_entries");
}

function open() {
  let at = 1_000_000;
  const db = openDatabase(":memory:");
  const ledger = createSqliteLedger({ db, now: () => at });
  return {
    ledger,
    passTime: async (ms: number) => {
      at += ms;
    },
    indexedBytes: async () => Number(db.prepare(INDEXED_BYTES).get()?.bytes),
    asVersionBefore: async () => asVersionBefore(db),
    async refuse(write: string, table: string) {
      db.exec(`create trigger refused before ${write} on ${table} begin select raise(abort, 'refused'); end`);
      return async () => db.exec("drop trigger refused");
    },
  };
}

describeLedger("the SQLite ledger", async () => open());

describe("the SQLite ledger at the start of its process", () => {
  it("recovers what a dead process left: leases and queue places are void, unsealed jobs are gone", async () => {
    const { ledger } = open();
    const jobId = await submitJob(ledger, [aVisit({ images: 101 })]);
    const [ref] = await dispatchAll(ledger);
    assert.ok(ref);
    const dead = await ledger.claim(ref, LEASE_MS);
    assert.ok(dead);
    const unsealed = await ledger.openJob(jobOptions());
    await ledger.addVisits(unsealed, [aVisit({ images: 7 })]);
    await ledger.recover();
    assert.equal((await dispatchAll(ledger)).length, 2);
    assert.equal((await ledger.record(dead.lease, [measured(0)], LEASE_MS)).kind, "fenced");
    await assert.rejects(ledger.addVisits(unsealed, [aVisit()]), /not in preparation/);
    assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
    await ledger.close();
  });

  it("counts as standstill what passed since an image was done, for the jobs that ran", async () => {
    const { ledger, passTime } = open();
    const [begun, paused, waiting] = [
      await submitJob(ledger, [aVisit({ images: 2 })]),
      await submitJob(ledger, [aVisit()]),
      await submitJob(ledger, [aVisit()]),
    ];
    const first = await claimNext(ledger);
    await claimNext(ledger);
    assert.deepEqual([first.lease.jobId, begun < paused, paused < waiting], [begun, true, true]);
    await ledger.pauseJob(paused);
    await passTime(20_000);
    await ledger.record(first.lease, [{ ...measured(0), finishedAt: 1_020_000 }], LEASE_MS);
    while ((await ledger.addUpSums()).more);
    await passTime(3_600_000);
    await ledger.recover();
    const still = (await Promise.all([begun, paused, waiting].map((id) => ledger.readJob(id)))).map(
      (job) => job?.stillMs,
    );
    assert.deepEqual(still.slice(1), [0, 0]);
    // Known by the ten seconds.
    assert.ok(still[0] !== undefined && still[0] > 3_589_000 && still[0] <= 3_600_000, String(still[0]));
    await ledger.close();
  });
});

describe("a pair of photos in the SQLite ledger", () => {
  it("is not kept of a job that was removed before it was told: nobody would take it away", async () => {
    const db = openDatabase(":memory:");
    let at = 1_000_000;
    const ledger = createSqliteLedger({ db, now: () => at });
    const removed = await submitJob(ledger, [aVisit()]);
    await ledger.cancelJob(removed);
    at += 1_000;
    const job = await submitJob(ledger, [aVisit()]);
    while ((await ledger.prune(500)).more);
    await ledger.addReuses([aReuse({ jobId: removed, image: 0 }, { jobId: job, image: 0 })]);
    assert.deepEqual(db.prepare("select job from reuses").all(), []);
    await ledger.close();
  });
});
