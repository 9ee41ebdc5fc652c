/** The loops of a process that is one of many: membership, dispatcher, sweeper, pruner, over a real ledger and a clock that stands still. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Fleet } from "../ledger/port/fleet-ledger.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import type { QueuedChunk } from "../queue/queue.ts";
import { QueueUnavailable } from "../queue/queue-unavailable.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { aVisit, claimNext, dispatchAll, measured, submitJob } from "../testing/ledger-builders.ts";
import { startDispatcher } from "./dispatcher.ts";
import { startMembership } from "./membership.ts";
import { startPruner } from "./pruner.ts";
import { startSweeper } from "./sweeper.ts";

const IDLE = { gpuPlaces: 0, gpuBusy: 0 };

const LEASE_MS = 30_000;
const WINDOW = { windowImages: 1_000, windowChunks: 100 };
const onError = () => {};

function setup(t: TestContext) {
  const clock = createFakeClock();
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  /** Stops a loop at the test's end, and lets it out of its pause. */
  const stopAfter = (loop: { stop(): Promise<void> }) => t.after(() => loop.stop());
  return { clock, ledger, stopAfter };
}

describe("membership", () => {
  const member = { id: "a", windowImages: 10, windowChunks: 2, threads: 3 };
  const readMember = () => member;

  it("counts its own member from the start and tells when the fleet changes", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    const told: Fleet[] = [];
    const onChange = (fleet: Fleet) => void told.push(fleet);
    const membership = await startMembership({
      ledger,
      clock,
      readLoad: () => IDLE,
      readHosts: () => [],
      readMember,
      onChange,
      onError,
    });
    stopAfter(membership);
    assert.equal(membership.fleet().threads, 3);
    await ledger.heartbeat({ ...member, id: "b" }, IDLE, 60_000);
    await clock.pass(10_000);
    assert.equal(membership.fleet().members, 2);
    assert.deepEqual(
      told.map(({ members }) => members),
      [1, 2],
    );
  });

  it("stays a member for as long as it runs, and leaves when it stops", async (t) => {
    const { clock, ledger } = setup(t);
    const membership = await startMembership({
      ledger,
      clock,
      readLoad: () => IDLE,
      readHosts: () => [],
      readMember,
      onChange: () => {},
      onError,
    });
    await clock.pass(100_000);
    assert.equal((await ledger.readFleet()).members, 1);
    await membership.stop();
    assert.equal((await ledger.readFleet()).members, 0);
  });

  it("tells of its own window at once, and the others with the next heartbeat", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    let parked = 0;
    const membership = await startMembership({
      ledger,
      clock,
      readLoad: () => IDLE,
      readHosts: () => [],
      readMember: () => ({ ...member, windowImages: 10 + parked }),
      onChange: () => {},
      onError,
    });
    stopAfter(membership);
    parked = 5;
    assert.deepEqual([membership.fleet().windowImages, (await ledger.readFleet()).windowImages], [15, 10]);
    await clock.pass(2_000);
    assert.deepEqual([membership.fleet().windowImages, (await ledger.readFleet()).windowImages], [15, 15]);
  });

  it("only looks when the process has no worker", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    await ledger.heartbeat(member, IDLE, 60_000);
    const watching = await startMembership({
      ledger,
      clock,
      readLoad: () => IDLE,
      readHosts: () => [],
      readMember: null,
      onChange: () => {},
      onError,
    });
    stopAfter(watching);
    assert.deepEqual(watching.fleet(), { members: 1, windowImages: 10, windowChunks: 2, threads: 3, ...IDLE });
  });
});

describe("the dispatcher", () => {
  it("publishes again what the queue did not take, before it asks for more", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    await submitJob(ledger, [aVisit({ images: 250 })]);
    const published: (readonly QueuedChunk[])[] = [];
    const errors: unknown[] = [];
    const queue = {
      publish: async (refs: readonly QueuedChunk[]) => {
        published.push(refs);
        if (published.length < 3) throw new QueueUnavailable("the broker is away");
      },
    };
    const take = (error: unknown) => void errors.push(error);
    stopAfter(startDispatcher({ ledger, queue, clock, window: () => WINDOW, onError: take }));
    await clock.pass(5_000);
    assert.deepEqual([published.length, errors.length], [3, 2]);
    assert.deepEqual(published[2], published[0]);
    assert.equal(published[0]?.length, 3);
  });

  it("follows the window as the fleet grows", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    await submitJob(ledger, [aVisit({ images: 1_000 })]);
    const published: QueuedChunk[] = [];
    const queue = { publish: async (refs: readonly QueuedChunk[]) => void published.push(...refs) };
    let window = { windowImages: 1_000, windowChunks: 0 };
    const dispatcher = startDispatcher({ ledger, queue, clock, window: () => window, onError });
    stopAfter(dispatcher);
    await clock.pass(3_000);
    assert.equal(published.length, 0);
    window = { windowImages: 1_000, windowChunks: 4 };
    await clock.pass(3_000);
    assert.equal(published.length, 4);
  });
});

describe("the sweeper", () => {
  it("gives workers time to renew their leases when a ledger comes back that was away", async (t) => {
    const { clock, ledger, stopAfter } = setup(t);
    await submitJob(ledger, [aVisit()]);
    const { lease } = await claimNext(ledger, LEASE_MS);
    let away = true;
    const rescued: number[] = [];
    const sweeper = startSweeper({
      ledger: {
        sweep: async (limits) => {
          if (away) throw new LedgerUnavailable("away");
          return await ledger.sweep(limits);
        },
      },
      clock,
      leaseMs: LEASE_MS,
      onRescued: (report) => void rescued.push(report.rescued),
      onError,
    });
    stopAfter(sweeper);
    await clock.pass(LEASE_MS + 1);
    away = false;
    await clock.pass(LEASE_MS / 3);
    assert.deepEqual(await ledger.renew([lease], LEASE_MS), []);
    await clock.pass(LEASE_MS - 1);
    assert.deepEqual(rescued, []);
    await clock.pass(LEASE_MS);
    assert.deepEqual(rescued, [1]);
  });
});

describe("the pruner", () => {
  it("removes jobs when their time is over, and stops in the middle of a large one", async (t) => {
    const { clock, ledger } = setup(t);
    const jobId = await submitJob(ledger, [aVisit()]);
    const { lease } = await claimNext(ledger);
    await ledger.record(lease, [measured(0)], LEASE_MS);
    const removed: number[] = [];
    const onRemoved = (id: number) => void removed.push(id);
    const pruner = startPruner({ ledger, clock, keepMs: 86_400_000, onRemoved, onError });
    await clock.pass(86_000_000);
    assert.deepEqual(removed, []);
    await clock.pass(500_000);
    assert.deepEqual(removed, [jobId]);
    await pruner.stop();
    const large = await submitJob(ledger, [aVisit({ images: 60_000 })]);
    await ledger.cancelJob(large);
    const stopped = startPruner({ ledger, clock, keepMs: 0, onRemoved, onError });
    await clock.pass(0);
    await stopped.stop();
    assert.deepEqual(removed, [jobId]);
    assert.deepEqual(await dispatchAll(ledger), []);
  });
});
