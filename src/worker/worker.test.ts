import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createInProcessQueue } from "../queue/in-process.ts";
import type { Delivery } from "../queue/queue.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { aStore, aVisit, claimNext, dispatchAll, measured, submitJob } from "../testing/ledger-builders.ts";
import { type RunEnd, type RunImages, startWorker } from "./worker.ts";

const LEASE_MS = 3_000;

/** A worker over a real ledger and queue whose images are run by the test. */
async function setup(runImages: RunImages) {
  const clock = createFakeClock();
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  await ledger.importStores([aStore({ id: "S1" })]);
  const queue = createInProcessQueue();
  let deliver: (delivery: Delivery) => Promise<void> = async () => {};
  const seen = { ended: [] as string[], fenced: 0, crashed: 0, errors: [] as unknown[] };
  let chunkOver = Promise.withResolvers<void>();
  const worker = startWorker({
    ledger,
    queue: {
      consume(prefetch, handle) {
        deliver = handle;
        return queue.consume(prefetch, handle);
      },
    },
    runImages,
    clock,
    leaseMs: LEASE_MS,
    prefetch: 10,
    events: {
      onRecorded: (_jobId, { jobStatus }) => {
        if (jobStatus) seen.ended.push(jobStatus);
      },
      onChunkOver: () => chunkOver.resolve(),
      onFenced: () => {
        seen.fenced += 1;
      },
      onCrashed: () => {
        seen.crashed += 1;
      },
      onError: (error) => void seen.errors.push(error),
    },
  });
  async function dispatch(): Promise<void> {
    chunkOver = Promise.withResolvers<void>();
    await queue.publish(await dispatchAll(ledger));
  }
  async function runChunk(): Promise<void> {
    await dispatch();
    await chunkOver.promise;
  }
  return { clock, ledger, worker, seen, dispatch, runChunk, deliver, chunkOver: () => chunkOver.promise };
}

/** Delivers every image at once. */
const measureAll: RunImages = async ({ images }, onResults) => {
  onResults(images.map(({ no }) => measured(no)));
  return "finished";
};

/** A run that ends when the test says how, or when it is aborted. */
function aHeldRun() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<RunEnd>();
  let deliver: Parameters<RunImages>[1] = () => {};
  let park: Parameters<RunImages>[3] = () => {};
  const runImages: RunImages = (_run, onResults, signal, onParked) => {
    deliver = onResults;
    park = onParked;
    signal.addEventListener("abort", () => end.resolve("aborted"));
    begun.resolve();
    return end.promise;
  };
  return {
    runImages,
    begun: begun.promise,
    end: end.resolve,
    park: () => park(true),
    deliver: (...nos: number[]) => deliver(nos.map((no) => measured(no))),
  };
}

describe("the worker", () => {
  it("records every image of a chunk and tells that the job ended", async () => {
    const { ledger, seen, runChunk } = await setup(measureAll);
    const jobId = await submitJob(ledger, [aVisit({ images: 5 })]);
    await runChunk();
    assert.deepEqual([(await ledger.readJob(jobId))?.succeeded, seen.ended, seen.errors], [5, ["completed"], []]);
  });

  it("fails the images of an unknown store without running them, and runs the others", async () => {
    const ran: number[] = [];
    const { ledger, runChunk } = await setup(async (run, ...told) => {
      ran.push(...run.images.map(({ no }) => no));
      return await measureAll(run, ...told);
    });
    const jobId = await submitJob(ledger, [aVisit({ storeId: "nowhere", images: 2 }), aVisit({ images: 2 })]);
    await runChunk();
    assert.deepEqual(ran, [2, 3]);
    assert.deepEqual((await ledger.readJob(jobId))?.failuresByCode, { unknown_store: 2 });
  });

  it("lets go of a chunk whose images wait for their hosts alone, and keeps it under its lease until they are done", async () => {
    const run = aHeldRun();
    const { ledger, clock, seen, deliver, worker } = await setup(run.runImages);
    await submitJob(ledger, [aVisit({ images: 2 })]);
    const handled = (await dispatchAll(ledger)).map((ref) => deliver({ ...ref, redelivered: false }));
    await run.begun;
    run.park();
    await Promise.all(handled);
    await clock.pass(3 * LEASE_MS);
    assert.deepEqual((await ledger.sweep({ queuedMs: 60_000, preparingMs: 60_000 })).rescued, 0);
    run.deliver(0, 1);
    run.end("finished");
    await worker.stop(1_000);
    assert.deepEqual([seen.ended, seen.errors], [["completed"], []]);
  });

  it("hands back at a stop what waits for its hosts", async () => {
    const run = aHeldRun();
    const { ledger, clock, dispatch, worker } = await setup(run.runImages);
    await submitJob(ledger, [aVisit()]);
    await dispatch();
    await run.begun;
    run.park();
    const stopped = worker.stop(1_000);
    await clock.pass(2_000);
    await stopped;
    assert.equal((await ledger.readBacklog(null)).chunks.pending, 1);
  });

  it("hands back at a stop what it is given only when the time to finish is over", async () => {
    const run = aHeldRun();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { ledger, clock, dispatch, worker, seen } = await setup(run.runImages);
    const { claim } = ledger;
    ledger.claim = async (...args) => {
      const claimed = await claim(...args);
      await answered;
      return claimed;
    };
    await submitJob(ledger, [aVisit()]);
    await dispatch();
    const stopped = worker.stop(1_000);
    await clock.pass(2_000);
    answer();
    await stopped;
    assert.deepEqual([(await ledger.readBacklog(null)).chunks.pending, seen.errors], [1, []]);
  });

  it("writes results while the chunk still runs", async () => {
    const run = aHeldRun();
    const { ledger, clock, dispatch, chunkOver } = await setup(run.runImages);
    const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
    await dispatch();
    await run.begun;
    run.deliver(0, 1);
    await clock.pass(200);
    assert.equal((await ledger.readJob(jobId))?.succeeded, 2);
    run.deliver(2);
    run.end("finished");
    await chunkOver();
    assert.equal((await ledger.readJob(jobId))?.status, "completed");
  });

  it("keeps the lease of a chunk that is slow, so that nobody rescues it", async () => {
    const run = aHeldRun();
    const { ledger, clock, dispatch } = await setup(run.runImages);
    await submitJob(ledger, [aVisit()]);
    await dispatch();
    await run.begun;
    for (let third = 0; third < 9; third++) await clock.pass(LEASE_MS / 3);
    assert.deepEqual(await ledger.sweep({ queuedMs: 60_000, preparingMs: 60_000 }), {
      rescued: 0,
      split: 0,
      discarded: 0,
    });
  });

  it("aborts a chunk that was taken over and writes nothing more", async () => {
    const run = aHeldRun();
    const { ledger, clock, seen, dispatch, chunkOver } = await setup(run.runImages);
    const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
    await dispatch();
    await run.begun;
    await ledger.cancelJob(jobId);
    run.deliver(0);
    await clock.pass(200);
    await chunkOver();
    assert.deepEqual([(await ledger.readJob(jobId))?.succeeded, seen.fenced], [0, 1]);
  });

  it("counts a crash of the thread against the chunk, and poisons the image that does it every time", async () => {
    const { ledger, seen, runChunk } = await setup(async () => "crashed");
    const jobId = await submitJob(ledger, [aVisit()]);
    for (let death = 0; death < 4; death++) await runChunk();
    assert.deepEqual([seen.crashed, (await ledger.readJob(jobId))?.failuresByCode], [3, { poisoned: 1 }]);
  });

  it("gives what runs its time to finish when it is stopped", async () => {
    const run = aHeldRun();
    const { ledger, worker, dispatch } = await setup(run.runImages);
    const jobId = await submitJob(ledger, [aVisit()]);
    await dispatch();
    await run.begun;
    const stopped = worker.stop(10_000);
    run.deliver(0);
    run.end("finished");
    await stopped;
    assert.equal((await ledger.readJob(jobId))?.status, "completed");
  });

  it("hands back what does not finish in time, with its results recorded", async () => {
    const run = aHeldRun();
    const { ledger, clock, worker, dispatch } = await setup(run.runImages);
    const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
    await dispatch();
    await run.begun;
    run.deliver(1);
    const stopped = worker.stop(10_000);
    await clock.pass(10_000);
    await stopped;
    assert.equal((await ledger.readJob(jobId))?.succeeded, 1);
    const [ref] = await dispatchAll(ledger);
    assert.ok(ref);
    assert.deepEqual(
      (await ledger.claim(ref, LEASE_MS))?.images.map(({ no }) => no),
      [0],
    );
  });

  it("keeps results while the ledger is away, and writes them when it is back", async () => {
    const { ledger, clock, seen, dispatch, chunkOver } = await setup(measureAll);
    const jobId = await submitJob(ledger, [aVisit({ images: 3 })]);
    const { record } = ledger;
    ledger.record = async () => Promise.reject(new LedgerUnavailable("away"));
    await dispatch();
    await clock.pass(2_000);
    ledger.record = record;
    await clock.pass(2_000);
    await chunkOver();
    assert.deepEqual([(await ledger.readJob(jobId))?.succeeded, seen.errors], [3, []]);
  });

  it("takes over what a claim may have claimed whose answer was lost", async () => {
    const { ledger, clock, dispatch, chunkOver } = await setup(measureAll);
    const jobId = await submitJob(ledger, [aVisit()]);
    const { claim } = ledger;
    ledger.claim = async (ref, leaseMs) => {
      await claim(ref, leaseMs);
      throw new LedgerUnavailable("the answer was lost");
    };
    await dispatch();
    await clock.pass(1_000);
    await chunkOver();
    assert.equal((await ledger.readJob(jobId))?.status, "completed");
  });

  it("gives up a ledger that stays away when it is stopped", async () => {
    const { ledger, clock, worker, seen, dispatch } = await setup(measureAll);
    await submitJob(ledger, [aVisit()]);
    ledger.record = async () => Promise.reject(new LedgerUnavailable("away"));
    await dispatch();
    const stopped = worker.stop(10_000);
    await clock.pass(20_000);
    await stopped;
    assert.deepEqual(seen.errors.map(String), ["LedgerUnavailable: away"]);
  });

  it("takes over a chunk whose worker's connection is gone, and leaves its own alone", async () => {
    const run = aHeldRun();
    let runs = 0;
    const { ledger, seen, deliver } = await setup((...order) => {
      runs += 1;
      return run.runImages(...order);
    });
    const jobId = await submitJob(ledger, [aVisit()]);
    const { lease: lost } = await claimNext(ledger, LEASE_MS);
    const taken = deliver({ jobId, chunk: 0, redelivered: true });
    await run.begun;
    await deliver({ jobId, chunk: 0, redelivered: true });
    run.deliver(0);
    run.end("finished");
    await taken;
    assert.deepEqual([runs, seen.ended], [1, ["completed"]]);
    assert.equal((await ledger.record(lost, [measured(0)], LEASE_MS)).kind, "fenced");
  });

  it("reports a ledger that cannot write, and leaves the chunk to the sweeper", async () => {
    const { ledger, clock, seen, runChunk } = await setup(measureAll);
    const jobId = await submitJob(ledger, [aVisit()]);
    const { record } = ledger;
    ledger.record = async () => Promise.reject(new Error("disk full"));
    await runChunk();
    assert.deepEqual(seen.errors.map(String), ["Error: disk full"]);
    ledger.record = record;
    await clock.pass(LEASE_MS + 1);
    await ledger.sweep({ queuedMs: 60_000, preparingMs: 60_000 });
    await runChunk();
    assert.equal((await ledger.readJob(jobId))?.status, "completed");
  });
});
