/** The ledger's promises about schedules: a run is one process's, however many ask, and who lost it changes nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aSchedule, aVisit, jobOptions } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { MadeRun, RunInHand, Schedule } from "../port/schedule-ledger.ts";
import { LEASE_MS, type LedgerUnderTest, type WithLedger } from "./ledger-under-test.ts";

/** Due in 100 ms of the ledger's clock. */
async function addDue(ledger: Ledger): Promise<Schedule> {
  const { id, createdAt } = await ledger.addSchedule(aSchedule());
  const due = await ledger.changeSchedule(id, { dueAt: createdAt + 100 });
  assert.ok(due);
  return due;
}

const LATER = 9_000_000_000_000;
const END = { error: null, nextDueAt: LATER, waitMs: 0 } as const;
const FAILED = { ...END, error: "the host answered 503" } as const;

/** Of one that is due now. */
async function takeRun({ ledger, passTime }: LedgerUnderTest): Promise<MadeRun> {
  const due = await ledger.takeDueSchedule(LEASE_MS);
  if (due) return { id: due.id, token: due.token, dueAt: due.dueAt, nextDueAt: LATER };
  await addDue(ledger);
  await passTime(100);
  const added = await ledger.takeDueSchedule(LEASE_MS);
  assert.ok(added);
  return { id: added.id, token: added.token, dueAt: added.dueAt, nextDueAt: LATER };
}

async function prepareJob(ledger: Ledger): Promise<number> {
  const jobId = await ledger.openJob(jobOptions());
  await ledger.addVisits(jobId, [aVisit()]);
  return jobId;
}

const digest = (no: number) => no.toString(16).padStart(32, "0");
const KEYS = [1, 2, 3].map(digest);
/** In any order. */
const noted = async (ledger: Ledger, run: RunInHand, keys: readonly string[]) =>
  (await ledger.noteNewKeys(run, keys)).toSorted();

export function describeSchedules(withLedger: WithLedger): void {
  it("keeps a schedule with its source and options, for its tenant", () =>
    withLedger(async ({ ledger }) => {
      const text = { kind: "text", text: "store_id,image_url,visit_time\n" } as const;
      const first = await ledger.addSchedule(aSchedule());
      const second = await ledger.addSchedule(aSchedule({ tenant: "b", source: text }));
      assert.partialDeepStrictEqual(first, { ...aSchedule(), enabled: true, nextAt: 1_000_100, runs: [] });
      assert.deepEqual(await ledger.listSchedules("b"), [second]);
      assert.deepEqual(await ledger.listSchedules(null), [first, second]);
      const changed = await ledger.changeSchedule(first.id, { name: "Tuesdays", enabled: false });
      assert.deepEqual(changed, { ...first, name: "Tuesdays", enabled: false });
      const bucket = { kind: "bucket", from: "s3://a/", visits: "{store}/{date}", take: "new" } as const;
      const moved = await ledger.changeSchedule(first.id, { source: bucket, format: "ndjson" });
      assert.deepEqual(moved, { ...changed, source: bucket, format: "ndjson" });
      assert.equal(await ledger.changeSchedule(99, { name: "none" }), null);
      assert.deepEqual([await ledger.removeSchedule(first.id), await ledger.removeSchedule(first.id)], [true, false]);
    }));

  it("hands a run to one of many, when its time has come", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id, dueAt } = await addDue(ledger);
      await ledger.changeSchedule((await addDue(ledger)).id, { enabled: false });
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
      await passTime(100);
      const taken = await Promise.all(Array.from({ length: 5 }, () => ledger.takeDueSchedule(LEASE_MS)));
      const got = taken.filter((due) => due !== null);
      assert.deepEqual(
        got.map((due) => [due.id, due.attempts, due.dueAt]),
        [[id, 1, dueAt]],
      );
    }));

  it("notes a run with the job that it made, all at once, and goes on to the next", () =>
    withLedger(async (under) => {
      const { ledger } = under;
      const run = await takeRun(under);
      const jobId = await prepareJob(ledger);
      assert.equal(await ledger.sealJob(jobId, undefined, run), true);
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
      const [after] = await ledger.listSchedules(null);
      assert.partialDeepStrictEqual(after, { dueAt: LATER, nextAt: LATER });
      assert.deepEqual(after?.runs, [{ dueAt: run.dueAt, endedAt: run.dueAt, jobId, error: null }]);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
    }));

  it("makes no second job of a run that is noted, by the same attempt or an end without one", () =>
    withLedger(async (under) => {
      const { ledger } = under;
      const run = await takeRun(under);
      const jobId = await prepareJob(ledger);
      await ledger.sealJob(jobId, undefined, run);
      const second = await prepareJob(ledger);
      assert.equal(await ledger.sealJob(second, undefined, run), false);
      assert.equal(await ledger.readJob(second), null);
      assert.equal(await ledger.endScheduleRun(run, FAILED), false);
      assert.partialDeepStrictEqual((await ledger.listSchedules(null))[0]?.runs, [{ jobId, error: null }]);
    }));

  it("makes no job of a run that another took over, whose schedule was moved, or is gone", () =>
    withLedger(async (under) => {
      const { ledger, passTime } = under;
      const late = await takeRun(under);
      await passTime(LEASE_MS);
      const next = await takeRun(under);
      assert.deepEqual([next.id, next.dueAt], [late.id, late.dueAt]);
      const isSealed = async (run: MadeRun) => await ledger.sealJob(await prepareJob(ledger), undefined, run);
      assert.equal(await isSealed(late), false);
      await ledger.changeSchedule(next.id, { dueAt: next.dueAt + 1 });
      assert.equal(await isSealed(next), false);
      const moved = await takeRun(under);
      await ledger.removeSchedule(moved.id);
      assert.equal(await isSealed(moved), false);
      assert.equal((await ledger.readUnfinished()).length, 0);
    }));

  it("leaves a run to be made where its job could not be sealed", () =>
    withLedger(async (under) => {
      const { ledger, passTime } = under;
      const run = await takeRun(under);
      assert.deepEqual(await noted(ledger, run, KEYS), KEYS);
      const jobId = await prepareJob(ledger);
      await ledger.discardJob(jobId);
      await assert.rejects(ledger.sealJob(jobId, undefined, run), /not in preparation/);
      await passTime(LEASE_MS);
      const again = await takeRun(under);
      assert.equal(again.dueAt, run.dueAt);
      assert.deepEqual(await noted(ledger, again, KEYS), KEYS);
      assert.deepEqual((await ledger.listSchedules(null))[0]?.runs, []);
    }));

  it("keeps a run in hand that is held", () =>
    withLedger(async (under) => {
      const { ledger, passTime } = under;
      const run = await takeRun(under);
      await ledger.holdScheduleRun(run, 2 * LEASE_MS);
      await passTime(LEASE_MS);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
      await ledger.holdScheduleRun({ ...run, token: run.token - 1 }, 9 * LEASE_MS);
      await passTime(LEASE_MS);
      assert.equal((await ledger.takeDueSchedule(LEASE_MS))?.id, run.id);
    }));

  it("ends a run without a job, and goes on to the next", () =>
    withLedger(async (under) => {
      const { ledger } = under;
      const run = await takeRun(under);
      assert.equal(await ledger.endScheduleRun(run, END), true);
      const [after] = await ledger.listSchedules(null);
      assert.partialDeepStrictEqual(after, { dueAt: LATER, runs: [{ dueAt: run.dueAt, jobId: null, error: null }] });
    }));

  it("takes each key once: with the job that is sealed, and not without", () =>
    withLedger(async (under) => {
      const { ledger, passTime } = under;
      const first = await takeRun(under);
      assert.deepEqual(await noted(ledger, first, KEYS.slice(0, 2)), KEYS.slice(0, 2));
      // Asked once more, where the answer was lost.
      assert.deepEqual(await noted(ledger, first, KEYS.slice(0, 2)), KEYS.slice(0, 2));
      await ledger.endScheduleRun(first, { ...FAILED, nextDueAt: null });
      await passTime(1);
      const second = await takeRun(under);
      assert.deepEqual(await noted(ledger, second, KEYS.slice(0, 2)), KEYS.slice(0, 2));
      await ledger.sealJob(await prepareJob(ledger), undefined, { ...second, nextDueAt: 1 });
      assert.deepEqual(await noted(ledger, second, KEYS), []);
      const third = await takeRun(under);
      assert.equal(third.id, first.id);
      assert.deepEqual(await noted(ledger, third, KEYS), [digest(3)]);
    }));

  it("says which keys the next run would take, and notes none", () =>
    withLedger(async (under) => {
      const { ledger } = under;
      const run = await takeRun(under);
      const wouldBeNew = async () => (await ledger.readNewKeys(run.id, KEYS)).toSorted();
      assert.deepEqual(await wouldBeNew(), KEYS);
      await noted(ledger, run, KEYS.slice(0, 2));
      assert.deepEqual(await wouldBeNew(), KEYS);
      await ledger.sealJob(await prepareJob(ledger), undefined, { ...run, nextDueAt: 1 });
      assert.deepEqual(await wouldBeNew(), [digest(3)]);
      assert.deepEqual(await noted(ledger, await takeRun(under), KEYS), [digest(3)]);
      assert.deepEqual(await ledger.readNewKeys(run.id + 1, KEYS), KEYS);
    }));

  it("gives a key that two attempts see to the later one, whose job is the one that counts", () =>
    withLedger(async (under) => {
      const { ledger, passTime } = under;
      const late = await takeRun(under);
      await noted(ledger, late, [digest(1)]);
      await passTime(LEASE_MS);
      const run = await takeRun(under);
      assert.deepEqual(await noted(ledger, run, KEYS), KEYS);
      assert.deepEqual(await noted(ledger, late, KEYS), []);
      await ledger.sealJob(await prepareJob(ledger), undefined, { ...run, nextDueAt: 1 });
      assert.deepEqual(await noted(ledger, await takeRun(under), KEYS), []);
    }));

  it("knows the keys of each schedule for itself, and forgets them with it", () =>
    withLedger(async (under) => {
      const { ledger } = under;
      const one = await takeRun(under);
      const other = await takeRun(under);
      assert.notEqual(one.id, other.id);
      for (const run of [one, other]) {
        assert.deepEqual(await noted(ledger, run, KEYS), KEYS);
        await ledger.sealJob(await prepareJob(ledger), undefined, { ...run, nextDueAt: 1 });
      }
      await ledger.removeSchedule(one.id);
      let steps = 0;
      while ((await ledger.clearRemovedSchedules()).more) steps += 1;
      assert.equal(steps, 1);
      assert.deepEqual(await noted(ledger, await takeRun(under), KEYS), []);
      // It would have been there under its number.
      assert.deepEqual(await noted(ledger, one, KEYS), []);
    }));

  it("tries the same run again after an attempt that failed", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { dueAt } = await addDue(ledger);
      await passTime(100);
      const due = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(due);
      assert.equal(await ledger.endScheduleRun(due, { ...FAILED, nextDueAt: null, waitMs: 500 }), true);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
      await passTime(500);
      const again = await ledger.takeDueSchedule(LEASE_MS);
      assert.partialDeepStrictEqual(again, { dueAt, attempts: 2 });
      assert.ok(again);
      await ledger.endScheduleRun(again, END);
      const [after] = await ledger.listSchedules(null);
      assert.deepEqual(
        after?.runs.map(({ jobId, error }) => [jobId, error]),
        [[null, null]],
      );
    }));

  it("hands a run of a process that died to another, and hears no more of the first", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addDue(ledger);
      await passTime(100);
      const dead = await ledger.takeDueSchedule(LEASE_MS);
      await passTime(LEASE_MS);
      const living = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(dead && living);
      assert.equal(await ledger.endScheduleRun(dead, FAILED), false);
      assert.deepEqual((await ledger.listSchedules(null))[0]?.runs, []);
      assert.equal(await ledger.endScheduleRun(living, END), true);
    }));

  it("gives a run that is changed in hand another time, whatever becomes of it", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await addDue(ledger);
      await passTime(100);
      const due = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(due);
      await ledger.changeSchedule(id, { cron: "0 7 * * *", dueAt: 9_000_000_000_000 });
      assert.equal(await ledger.endScheduleRun(due, END), false);
      assert.equal((await ledger.listSchedules(null))[0]?.nextAt, 9_000_000_000_000);
    }));

  it("passes over the tenants that it is told to", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addDue(ledger);
      const { id } = await ledger.addSchedule(aSchedule({ tenant: "b", dueAt: 1 }));
      await passTime(100);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS, ["default", "b"]), null);
      assert.equal((await ledger.takeDueSchedule(LEASE_MS, ["default"]))?.id, id);
      assert.equal((await ledger.takeDueSchedule(LEASE_MS, ["b"]))?.tenant, "default");
    }));

  it("keeps the last twenty runs", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.addSchedule(aSchedule({ dueAt: 1 }));
      for (let run = 1; run <= 22; run++) {
        const due = await ledger.takeDueSchedule(LEASE_MS);
        assert.ok(due);
        await ledger.endScheduleRun(due, { ...END, nextDueAt: run + 1 });
        await passTime(1);
      }
      const [{ runs } = { runs: [] }] = await ledger.listSchedules(null);
      assert.deepEqual([runs.length, runs[0]?.dueAt, runs.at(-1)?.dueAt], [20, 22, 3]);
    }));
}
