import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { systemClock } from "../process/clock.ts";
import { aVisit, claimNext, measured, submitJob } from "../testing/ledger-builders.ts";
import { createLiveEvents, type LiveEvent, type LiveEvents } from "./live-events.ts";

/** A ledger, and processes that tell what happens in it. */
function setup(t: TestContext) {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  const processes: LiveEvents[] = [];
  t.after(async () => {
    for (const live of processes) await live.stop();
    await ledger.close();
  });
  const onError = (error: unknown) => assert.fail(String(error));
  const startProcess = (clock = systemClock) => {
    const live = createLiveEvents({ ledger, clock, onError });
    processes.push(live);
    return live;
  };
  return { ledger, startProcess };
}

describe("live events", () => {
  it("tell of a job at most four times a second, however fast it goes", async (t) => {
    const { ledger, startProcess } = setup(t);
    const images = 60;
    const jobId = await submitJob(ledger, [aVisit({ images })]);
    const { lease } = await claimNext(ledger, 60_000);
    let at = 0;
    let done = 0;
    const ended = Promise.withResolvers<void>();
    // Time goes by in the pauses alone, and in each of them the job goes on.
    const sleep = async (ms: number) => {
      at += ms;
      if (done < images) await ledger.record(lease, [measured(done)], 60_000);
      done += 1;
    };
    const told: number[] = [];
    const tell = (event: LiveEvent) => {
      if (event.kind === "progress") told.push(at);
      if (event.kind === "ended") ended.resolve();
    };
    await startProcess({ now: () => at, sleep }).follow({ jobId, tenant: null, tell, end: () => {} }, null);
    await ended.promise;
    assert.ok(told.length > images / 2, `told ${told.length} times`);
    const inASecond = told.map((from) => told.filter((instant) => instant >= from && instant < from + 1_000).length);
    assert.equal(Math.max(...inASecond), 4);
  });

  it("come from the ledger, so that each process tells what happens at another", async (t) => {
    const { ledger, startProcess } = setup(t);
    const ended = ["here", "there"].map(async () => {
      const end = Promise.withResolvers<number>();
      const tell = (event: LiveEvent) => {
        if (event.kind === "ended") end.resolve(event.job.jobId);
      };
      await startProcess().follow({ jobId: null, tenant: null, tell, end: () => {} }, null);
      return end.promise;
    });
    const jobId = await submitJob(ledger, [aVisit()]);
    await ledger.record((await claimNext(ledger)).lease, [measured(0)], 1_000);
    assert.deepEqual(await Promise.all(ended), [jobId, jobId]);
  });

  it("tell a tenant of its own jobs and backlog only, the missed ends included", async (t) => {
    const { ledger, startProcess } = setup(t);
    const live = startProcess();
    async function listen(tenant: string | null, afterEnd: number | null = null) {
      const told: LiveEvent[] = [];
      const ends = Promise.withResolvers<void>();
      const tell = (event: LiveEvent) => {
        told.push(event);
        if (event.kind === "ended" && event.job.tenant === (tenant ?? "b")) ends.resolve();
      };
      await live.follow({ jobId: null, tenant, tell, end: () => {} }, afterEnd);
      return { told, ended: ends.promise };
    }
    const tenantsIn = (told: readonly LiveEvent[]) =>
      new Set(
        told.flatMap((event) =>
          "job" in event ? [event.job.tenant] : "jobs" in event ? event.jobs.map(({ tenant }) => tenant) : [],
        ),
      );
    const [a, b, all] = [await listen("a"), await listen("b"), await listen(null)];
    for (const tenant of ["a", "b"]) {
      await submitJob(ledger, [aVisit()], { tenant });
      await ledger.record((await claimNext(ledger)).lease, [measured(0)], 1_000);
    }
    await Promise.all([a.ended, b.ended, all.ended]);
    assert.deepEqual([tenantsIn(a.told), tenantsIn(b.told)], [new Set(["a"]), new Set(["b"])]);
    assert.deepEqual(tenantsIn(all.told), new Set(["a", "b"]));
    const late = await listen("b", 0);
    await late.ended;
    assert.deepEqual(tenantsIn(late.told), new Set(["b"]));
    await submitJob(ledger, [aVisit({ images: 7 })], { tenant: "a" });
    const [present] = (await listen("b")).told;
    assert.ok(present?.kind === "unfinished");
    assert.deepEqual([present.jobs, present.backlog.images], [[], 0]);
  });
});
