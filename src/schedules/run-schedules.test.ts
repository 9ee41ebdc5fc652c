/** When schedules run, and that each run makes one job, over a clock that the test moves. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { bytesOf, DAY, HOUR, MANIFEST, MINUTE, setupSchedules } from "../testing/running-schedules.ts";

describe("schedules", () => {
  it("make a job at each of their times, named after the day", async (t) => {
    const { add, jobs, pass, ledger, urlsOf } = await setupSchedules(t);
    await add({ options: { priority: "7" } });
    await pass(29 * MINUTE);
    assert.deepEqual(await jobs(), []);
    await pass(2 * MINUTE);
    await pass(DAY);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28", "schedule-1-2026-11-29"]);
    assert.equal((await ledger.readJob(1))?.priority, 7);
    assert.deepEqual(await urlsOf(1), ["https://photos.example/2026-11-28.jpg"]);
  });

  it("make one job of a run, however many processes look", async (t) => {
    const { add, jobs, pass } = await setupSchedules(t, { processes: 4 });
    await add();
    await pass(HOUR);
    assert.equal((await jobs()).length, 1);
  });

  it("catch up once what was missed while nothing ran", async (t) => {
    const { add, jobs, pass, runs, loops, start } = await setupSchedules(t);
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

  it("make no second job where the first process died with its answer on the way, though the job is gone since", async (t) => {
    const { add, jobs, pass, ledger, loops, start, runs } = await setupSchedules(t, { processes: 0 });
    await add();
    const dying = start({
      async sealJob(...args) {
        await ledger.sealJob(...args);
        throw new LedgerUnavailable("killed");
      },
    });
    await pass(HOUR);
    assert.equal((await jobs()).length, 1);
    await dying.stop();
    await ledger.cancelJob(1);
    while ((await ledger.prune(0)).more);
    loops.push(start());
    await pass(HOUR);
    assert.deepEqual(await jobs(), []);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: 1, error: null }]);
    await pass(DAY);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-29"]);
  });

  it("make the job of a run whose process died before it was sealed, within a minute", async (t) => {
    const { add, jobs, pass, loops, start } = await setupSchedules(t, { processes: 0 });
    await add();
    const dying = start({
      sealJob: async () => {
        throw new LedgerUnavailable("killed");
      },
    });
    await pass(30 * MINUTE);
    await dying.stop();
    assert.deepEqual(await jobs(), []);
    loops.push(start());
    await pass(MINUTE + 10_000);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28"]);
  });

  it("leave a run in hand to the next process where theirs ends", async (t) => {
    let fetched = 0;
    const { add, jobs, pass, loops, start } = await setupSchedules(t, {
      processes: 0,
      async fetchManifest(_, signal) {
        fetched += 1;
        if (fetched > 1) return bytesOf(MANIFEST);
        return await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    await add({ source: { kind: "url", url: "https://slow.example/visits.csv" } });
    const ending = start();
    await pass(HOUR);
    assert.equal(fetched, 1);
    await ending.stop();
    loops.push(start());
    await pass(MINUTE + 10_000);
    assert.equal((await jobs()).length, 1);
  });

  it("wait only for those of their own tenant, and four run at once", async (t) => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    t.after(() => resolve());
    const urls: string[] = [];
    const { add, jobs, pass } = await setupSchedules(t, {
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
    await pass(HOUR);
    assert.deepEqual(urls.toSorted(), ["a", "b", "c", "d"]);
    assert.deepEqual(await jobs(), ["schedule-5-2026-11-28"]);
    for (const tenant of ["e", "f"]) await from(tenant, "slow");
    await pass(DAY);
    assert.equal(urls.filter((tenant) => tenant === "e" || tenant === "f").length, 1);
    resolve();
    await pass(1);
    assert.equal((await jobs()).length > 5, true);
  });

  it("come at each of their times, also at one that passed while the run before was in hand", async (t) => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    t.after(() => resolve());
    const { add, jobs, pass, runs } = await setupSchedules(t, {
      fetchManifest: async () => {
        await release;
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "url", url: "https://slow.example/{date}.csv" }, options: { external_id: "{date}" } });
    await pass(HOUR);
    assert.deepEqual(await runs(), []);
    await pass(DAY);
    resolve();
    await pass(MINUTE);
    assert.deepEqual(await jobs(), ["2026-11-28", "2026-11-29"]);
  });

  it("keep to the tenant's quota of images, and try again what did not fit", async (t) => {
    const { add, jobs, pass, ledger } = await setupSchedules(t);
    for (let time = 0; time < 3; time++) await add();
    await add({ tenant: "b" });
    await pass(30 * MINUTE + 10_000);
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
    const { add, jobs, pass, runs, machine } = await setupSchedules(t, {
      fetchManifest: async () => {
        fetched += 1;
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "url", url: "https://files.example/{date}.csv" } });
    machine.memoryBytes = 2_000;
    await pass(30 * MINUTE + 10_000);
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
    const { add, jobs, pass, runs } = await setupSchedules(t, {
      fetchManifest: async (url) => {
        urls.push(url);
        if (!isThere) throw new Error("the host of the manifest answered 503");
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "url", url: "https://files.example/{date}.csv" } });
    await pass(30 * MINUTE + 5_000);
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
    const { add, pass, runs, ledger } = await setupSchedules(t);
    await add({
      source: { kind: "text", text: "store_id,image_url,visit_time\n,https://photos.example/1.jpg,2026-01-01\n" },
    });
    await pass(HOUR);
    const [run, ...others] = await runs();
    assert.deepEqual([run?.jobId, others], [null, []]);
    assert.match(run?.error ?? "", /store_id/);
    assert.equal((await ledger.listSchedules(null))[0]?.nextAt, Date.parse("2026-11-29T00:30:00Z"));
  });
});
