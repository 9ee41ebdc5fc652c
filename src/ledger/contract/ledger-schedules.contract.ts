/** The ledger's promises about schedules: a run is one process's, however many ask, and who lost it changes nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Ledger } from "../port/ledger.ts";
import type { NewSchedule, Schedule } from "../port/schedule-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const aSchedule = (schedule: Partial<NewSchedule> = {}): NewSchedule => ({
  tenant: "default",
  name: "Mondays",
  cron: "0 6 * * 1",
  timeZone: "Asia/Kolkata",
  source: { kind: "url", url: "https://files.example/manifest.csv" },
  format: "csv",
  options: { priority: 7 },
  dueAt: 1_000_100,
  ...schedule,
});

/** Due in 100 ms of the ledger's clock. */
async function addDue(ledger: Ledger): Promise<Schedule> {
  const { id, createdAt } = await ledger.addSchedule(aSchedule());
  const due = await ledger.changeSchedule(id, { dueAt: createdAt + 100 });
  assert.ok(due);
  return due;
}

const END = { jobId: 7, error: null, nextDueAt: 9_000_000_000_000, waitMs: 0 } as const;

export function describeSchedules(withLedger: WithLedger): void {
  it("keeps a schedule with its source and options, for its tenant", () =>
    withLedger(async ({ ledger }) => {
      const file = { kind: "file", text: "store_id,image_url,visit_time\n" } as const;
      const first = await ledger.addSchedule(aSchedule());
      const second = await ledger.addSchedule(aSchedule({ tenant: "b", source: file }));
      assert.partialDeepStrictEqual(first, { ...aSchedule(), enabled: true, nextAt: 1_000_100, runs: [] });
      assert.deepEqual(await ledger.listSchedules("b"), [second]);
      assert.deepEqual(await ledger.listSchedules(null), [first, second]);
      const changed = await ledger.changeSchedule(first.id, { name: "Tuesdays", enabled: false });
      assert.deepEqual(changed, { ...first, name: "Tuesdays", enabled: false });
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

  it("notes what became of a run and goes on to the next", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { dueAt } = await addDue(ledger);
      await passTime(200);
      const due = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(due);
      assert.equal(await ledger.endScheduleRun(due, END), true);
      const [after] = await ledger.listSchedules(null);
      assert.partialDeepStrictEqual(after, { dueAt: END.nextDueAt, nextAt: END.nextDueAt });
      assert.deepEqual(after?.runs, [{ dueAt, endedAt: dueAt + 100, jobId: 7, error: null }]);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
    }));

  it("tries the same run again after an attempt that failed", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { dueAt } = await addDue(ledger);
      await passTime(100);
      const due = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(due);
      const failed = { jobId: null, error: "the host answered 503", nextDueAt: null, waitMs: 500 };
      assert.equal(await ledger.endScheduleRun(due, failed), true);
      assert.equal(await ledger.takeDueSchedule(LEASE_MS), null);
      await passTime(500);
      const again = await ledger.takeDueSchedule(LEASE_MS);
      assert.partialDeepStrictEqual(again, { dueAt, attempts: 2 });
      assert.ok(again);
      await ledger.endScheduleRun(again, END);
      const [after] = await ledger.listSchedules(null);
      assert.deepEqual(
        after?.runs.map(({ jobId, error }) => [jobId, error]),
        [[7, null]],
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
      const failed = { ...END, jobId: null, error: "the host answered 503" };
      assert.equal(await ledger.endScheduleRun(dead, failed), false);
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

  it("notes the job of a run that was changed in hand, and of no schedule that is gone", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id, dueAt } = await addDue(ledger);
      await passTime(100);
      const due = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(due);
      await ledger.changeSchedule(id, { dueAt: dueAt + 1 });
      assert.equal(await ledger.endScheduleRun(due, END), false);
      await ledger.endScheduleRun({ ...due, token: due.token + 1 }, { ...END, jobId: null, error: "late" });
      const [after] = await ledger.listSchedules(null);
      assert.partialDeepStrictEqual(after?.runs, [{ dueAt, jobId: 7, error: null }]);
      await ledger.removeSchedule(id);
      assert.equal(await ledger.endScheduleRun(due, END), false);
      assert.deepEqual(await ledger.listSchedules(null), []);
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
