/** Schedules over a clock that the test moves, the real ledger and the real intake. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createIntake } from "../intake/submit-job.ts";
import type { NewSchedule } from "../ledger/port/schedule-ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { aStore } from "../testing/ledger-builders.ts";
import { nextRunAfter } from "./next-run.ts";
import { type FetchManifest, startSchedules } from "./run-schedules.ts";

const START = Date.parse("2026-11-27T12:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MANIFEST = "store_id,image_url,visit_time\nS1,https://photos.example/{date}.jpg,{date}\n";

async function setup(
  t: TestContext,
  { processes = 1, fetchManifest = noManifest }: { processes?: number; fetchManifest?: FetchManifest } = {},
) {
  const clock = createFakeClock(START);
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  await ledger.importStores([aStore()]);
  const errors: unknown[] = [];
  const start = () =>
    startSchedules({
      ledger,
      intake: createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } }),
      fetchManifest,
      clock,
      onRun: () => {},
      onError: (error) => errors.push(error),
    });
  const loops = Array.from({ length: processes }, start);
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
      source: { kind: "file", text: MANIFEST },
      format: "csv",
      options: {},
      dueAt: nextRunAfter(cron, "Asia/Kolkata", clock.now()) ?? 0,
      ...schedule,
    });
  };
  const jobs = async () => {
    const any = {
      tenant: null,
      statuses: null,
      storeId: null,
      area: null,
      externalId: null,
      createdFrom: null,
      createdBefore: null,
    };
    const { jobs: list } = await ledger.listJobs(any, { before: null, limit: 100 });
    return list.map(({ labels }) => labels.externalId).toReversed();
  };
  const runs = async () => (await ledger.listSchedules(null))[0]?.runs ?? [];
  /** Time goes by, and everything that follows from it has happened. */
  async function pass(ms: number): Promise<void> {
    await clock.pass(ms);
    for (let turn = 0; turn < 50; turn++) await clock.pass(0);
  }
  return { ledger, clock, add, jobs, runs, pass, loops, start };
}

const noManifest: FetchManifest = async () => assert.fail("no manifest is fetched");
async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

describe("schedules", () => {
  it("make a job at each of their times, named after the day", async (t) => {
    const { add, jobs, pass, ledger } = await setup(t);
    await add({ options: { priority: "7" } });
    await pass(12 * HOUR);
    assert.deepEqual(await jobs(), []);
    await pass(HOUR);
    await pass(DAY);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28", "schedule-1-2026-11-29"]);
    assert.equal((await ledger.readJob(1))?.priority, 7);
    const [image] = (
      await ledger.readImages(1, { outcome: null, code: null, storeId: null, visit: null }, { after: -1, limit: 1 })
    ).rows;
    assert.equal(image?.imageUrl, "https://photos.example/2026-11-28.jpg");
  });

  it("make one job of a run, however many processes look", async (t) => {
    const { add, jobs, pass } = await setup(t, { processes: 4 });
    await add();
    await pass(13 * HOUR);
    assert.equal((await jobs()).length, 1);
  });

  it("catch up once what was missed while nothing ran", async (t) => {
    const { add, jobs, pass, runs, loops, start } = await setup(t);
    await add();
    for (const loop of loops.splice(0)) await loop.stop();
    await pass(5 * DAY);
    loops.push(start());
    await pass(1);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28"]);
    assert.equal((await runs()).length, 1);
    await pass(DAY);
    assert.equal((await jobs()).length, 2);
  });

  it("make no second job where the first process died after its job was sealed", async (t) => {
    const { add, jobs, pass, ledger, loops, start, runs } = await setup(t);
    for (const loop of loops.splice(0)) await loop.stop();
    await add();
    await pass(13 * HOUR);
    const due = await ledger.takeDueSchedule(1_000);
    assert.ok(due);
    const key = { key: `default schedule/${due.id}/${due.dueAt}`, holder: "dead" };
    await ledger.beginRequest(key, 1_000);
    const intake = createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } });
    const submission = { tenant: "default", format: "csv", bytes: bytesOf(MANIFEST), options: {} } as const;
    await intake.submit(submission, { ...key, fingerprint: () => "" });
    await pass(1_000);
    loops.push(start());
    await pass(1);
    assert.equal((await jobs()).length, 1);
    assert.deepEqual(
      (await runs()).map(({ jobId, error }) => [jobId, error]),
      [[1, null]],
    );
  });

  it("try again where the manifest cannot be had, and give up after a while", async (t) => {
    const urls: string[] = [];
    let isThere = false;
    const { add, jobs, pass, runs } = await setup(t, {
      fetchManifest: async (url) => {
        urls.push(url);
        if (!isThere) throw new Error("the host of the manifest answered 503");
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "url", url: "https://files.example/{date}.csv" } });
    await pass(12 * HOUR + 30 * 60_000 + 5_000);
    assert.deepEqual(urls, ["https://files.example/2026-11-28.csv"]);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: null, error: "the host of the manifest answered 503" }]);
    await pass(2 * HOUR);
    assert.equal(urls.length, 5);
    isThere = true;
    await pass(6 * HOUR);
    assert.deepEqual(await jobs(), []);
    await pass(16 * HOUR);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-29"]);
  });

  it("say what is wrong with a manifest, and do not try it again", async (t) => {
    const { add, pass, runs, ledger } = await setup(t);
    await add({
      source: { kind: "file", text: "store_id,image_url,visit_time\n,https://photos.example/1.jpg,2026-01-01\n" },
    });
    await pass(13 * HOUR);
    const [run, ...others] = await runs();
    assert.deepEqual([run?.jobId, others], [null, []]);
    assert.match(run?.error ?? "", /store_id/);
    assert.equal((await ledger.listSchedules(null))[0]?.nextAt, Date.parse("2026-11-29T00:30:00Z"));
  });
});
