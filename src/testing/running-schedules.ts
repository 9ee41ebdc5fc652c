/** Schedules over a clock that the test moves, the real ledger and the real intake. Tests only. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createAllowance } from "../http/limits/allowance.ts";
import { createHeadroom } from "../http/limits/headroom.ts";
import { createImageQuota } from "../http/limits/image-quota.ts";
import { createIntake } from "../intake/submit-job.ts";
import { ANY_JOB } from "../ledger/port/job-reader.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { NewSchedule } from "../ledger/port/schedule-ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { nextRunAfter } from "../schedules/next-run.ts";
import type { SourcePlaces } from "../schedules/open-source.ts";
import { startSchedules } from "../schedules/run-schedules.ts";
import { createFakeClock } from "./fake-clock.ts";
import { aStore } from "./ledger-builders.ts";

/** Half an hour before six in India. */
const START = Date.parse("2026-11-28T00:00:00Z");
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MANIFEST = "store_id,image_url,visit_time\nS1,https://photos.example/{date}.jpg,{date}\n";

export async function setupSchedules(
  t: TestContext,
  {
    processes = 1,
    fetchManifest = nothingAsked,
    listBucket = nothingAsked,
    readFile = nothingAsked,
  }: { processes?: number } & Partial<SourcePlaces> = {},
) {
  const clock = createFakeClock(START);
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  await ledger.importStores([aStore()]);
  const errors: unknown[] = [];
  const machine = { memoryBytes: 0 };
  const allowance = createAllowance({ quota: 2, windowMs: HOUR }, { now: clock.now });
  const headroom = createHeadroom({
    limits: { backlogImages: 0, freeBytes: 0, memoryBytes: 1_000 },
    readBacklogImages: async () => 0,
    readFreeBytes: async () => null,
    readMemoryBytes: () => machine.memoryBytes,
    now: clock.now,
  });
  const start = (parts: Partial<typeof ledger> = {}) =>
    startSchedules({
      ledger: { ...ledger, ...parts },
      intake: createIntake({
        ledger: { ...ledger, ...parts },
        defaults: { unknownStores: "fail", integrity: "complete" },
      }),
      places: { fetchManifest, listBucket, readFile },
      quotaOf: (caller) =>
        createImageQuota({ images: { allowance, caller, whose: "tenant" }, headroom, onRefused: () => {} }),
      clock,
      onRun: () => {},
      // What dies is told of by nobody.
      onError: (error) => error instanceof LedgerUnavailable || errors.push(error),
    });
  const loops = Array.from({ length: processes }, () => start());
  t.after(async () => {
    for (const loop of loops) await loop.stop();
    assert.deepEqual(errors, []);
  });
  const add = (schedule: Partial<NewSchedule> = {}) => {
    const cron = schedule.cron ?? "0 6 * * *";
    return ledger.addSchedule({
      tenant: "default",
      name: "daily",
      cron,
      timeZone: "Asia/Kolkata",
      source: { kind: "text", text: MANIFEST },
      format: "csv",
      options: {},
      dueAt: nextRunAfter(cron, "Asia/Kolkata", clock.now()) ?? 0,
      ...schedule,
    });
  };
  const jobs = async () => {
    const { jobs: list } = await ledger.listJobs({ ...ANY_JOB, tenant: null }, { before: null, limit: 100 });
    return list.map(({ labels }) => labels.externalId).toReversed();
  };
  const runs = async () => (await ledger.listSchedules(null))[0]?.runs ?? [];
  /** Of the first job, the second, … */
  const urlsOf = async (place: number) => {
    const { jobs: list } = await ledger.listJobs({ ...ANY_JOB, tenant: null }, { before: null, limit: 100 });
    const jobId = list.toReversed()[place - 1]?.jobId ?? 0;
    const all = { outcome: null, code: null, storeId: null, visit: null };
    const { rows } = await ledger.readImages(jobId, all, { after: -1, limit: 100 });
    return rows.map(({ imageUrl }) => imageUrl);
  };
  /** Time goes by, and everything that follows from it has happened. */
  async function pass(ms: number): Promise<void> {
    await clock.pass(ms);
    for (let turn = 0; turn < 50; turn++) await clock.pass(0);
  }
  return { ledger, clock, add, jobs, runs, urlsOf, pass, loops, start, machine };
}

const nothingAsked = () => assert.fail("no place is asked");
export async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}
