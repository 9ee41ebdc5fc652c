/** Schedules over a clock that the test moves, the real ledger and the real intake. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createAllowance } from "../http/limits/allowance.ts";
import { createHeadroom } from "../http/limits/headroom.ts";
import { createImageQuota } from "../http/limits/image-quota.ts";
import { createIntake } from "../intake/submit-job.ts";
import { ANY_JOB } from "../ledger/port/job-reader.ts";
import type { NewSchedule } from "../ledger/port/schedule-ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { aStore } from "../testing/ledger-builders.ts";
import { nextRunAfter } from "./next-run.ts";
import { type FetchManifest, keyOfRun, startSchedules } from "./run-schedules.ts";

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
  const machine = { memoryBytes: 0 };
  const allowance = createAllowance({ quota: 2, windowMs: HOUR }, { now: clock.now });
  const headroom = createHeadroom({
    limits: { backlogImages: 0, freeBytes: 0, memoryBytes: 1_000 },
    readBacklogImages: async () => 0,
    readFreeBytes: async () => null,
    readMemoryBytes: () => machine.memoryBytes,
    now: clock.now,
  });
  const start = (parts: Partial<Pick<typeof ledger, "endScheduleRun">> = {}) =>
    startSchedules({
      ledger: { ...ledger, ...parts },
      intake: createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } }),
      fetchManifest,
      quotaOf: (caller) =>
        createImageQuota({ images: { allowance, caller, whose: "tenant" }, headroom, onRefused: () => {} }),
      clock,
      onRun: () => {},
      onError: (error) => errors.push(error),
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
      source: { kind: "file", text: MANIFEST },
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
  /** Time goes by, and everything that follows from it has happened. */
  async function pass(ms: number): Promise<void> {
    await clock.pass(ms);
    for (let turn = 0; turn < 50; turn++) await clock.pass(0);
  }
  return { ledger, clock, add, jobs, runs, pass, loops, start, machine };
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
    const key = { key: keyOfRun(due), holder: "dead" };
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

  it("make no second job days after the first process died with its job sealed and its run not ended", async (t) => {
    const { add, jobs, pass, loops, start, runs } = await setup(t, { processes: 0 });
    await add();
    const dying = start({ endScheduleRun: async () => false });
    await pass(13 * HOUR);
    await dying.stop();
    assert.equal((await jobs()).length, 1);
    await pass(3 * DAY);
    loops.push(start());
    await pass(1);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28"]);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: 1, error: null }]);
  });

  it("are not held up by a client's key, whatever it is", async (t) => {
    const { add, jobs, pass, ledger } = await setup(t);
    const { id, dueAt } = await add();
    await ledger.beginRequest({ key: `default schedule/${id}/${dueAt}`, holder: "a client" }, 2 * DAY);
    await pass(13 * HOUR);
    assert.equal((await jobs()).length, 1);
  });

  it("wait only for those of their own tenant, and four run at once", async (t) => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    t.after(() => resolve());
    const urls: string[] = [];
    const { add, jobs, pass } = await setup(t, {
      fetchManifest: async (url) => {
        urls.push(url.slice(-1));
        if (url.includes("slow")) await release;
        return bytesOf(MANIFEST);
      },
    });
    const from = (tenant: string, host: string) =>
      add({ tenant, source: { kind: "url", url: `https://${host}.example/${tenant}` } });
    for (const tenant of ["a", "a", "b", "c"]) await from(tenant, "slow");
    await from("d", "quick");
    await pass(13 * HOUR);
    assert.deepEqual(urls.toSorted(), ["a", "b", "c", "d"]);
    assert.deepEqual(await jobs(), ["schedule-5-2026-11-28"]);
    for (const tenant of ["e", "f"]) await from(tenant, "slow");
    await pass(DAY);
    assert.equal(urls.filter((tenant) => tenant === "e" || tenant === "f").length, 1);
    resolve();
    await pass(1);
    assert.equal((await jobs()).length > 5, true);
  });

  it("keep to the tenant's quota of images, and try again what did not fit", async (t) => {
    const { add, jobs, pass, ledger } = await setup(t);
    for (let time = 0; time < 3; time++) await add();
    await add({ tenant: "b" });
    await pass(12 * HOUR + 30 * 60_000 + 10_000);
    assert.equal((await jobs()).length, 3);
    const refused = (await ledger.listSchedules(null))
      .flatMap(({ runs }) => runs)
      .filter(({ error }) => error !== null);
    assert.equal(refused.length, 1);
    assert.match(refused[0]?.error ?? "", /do not fit into what is left of the tenant's 2 an hour/);
    await pass(HOUR);
    assert.equal((await jobs()).length, 4);
  });

  it("fetch and make nothing while there is no room for work, and try again", async (t) => {
    let fetched = 0;
    const { add, jobs, pass, runs, machine } = await setup(t, {
      fetchManifest: async () => {
        fetched += 1;
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "url", url: "https://files.example/{date}.csv" } });
    machine.memoryBytes = 2_000;
    await pass(12 * HOUR + 30 * 60_000 + 10_000);
    assert.equal(fetched, 0);
    assert.match((await runs())[0]?.error ?? "", /the process has 2000 bytes of memory.*try again later/);
    machine.memoryBytes = 0;
    await pass(60_000);
    assert.equal((await jobs()).length, 1);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: 1, error: null }]);
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
