/**
 * One simulated process: the real dispatcher, worker and sweeper, with every call that leaves the process turned into two events,
 * one on its way there and one on its way back. Between them the process may die, freeze, or lose the answer.
 */

import type { ImageResult } from "../../src/domain/job.ts";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { LedgerUnavailable } from "../../src/ledger/port/ledger-unavailable.ts";
import type { Clock } from "../../src/process/clock.ts";
import type { Delivery, Queue, QueuedChunk } from "../../src/queue/queue.ts";
import { startAddingUp } from "../../src/worker/add-up-sums.ts";
import { startDispatcher } from "../../src/worker/dispatcher.ts";
import { createJudge, type RunResult } from "../../src/worker/judge.ts";
import { startSweeper } from "../../src/worker/sweeper.ts";
import { type RunEnd, type RunImages, startWorker } from "../../src/worker/worker.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { compare, inspectedPhoto } from "./simulated-photos.ts";

export const LEASE_MS = 3_000;
const NETWORK_MS = 20;
const IMAGE_MS = 400;

/** Thrown inside a transaction to end the process there, as a kill would. */
export class Killed extends Error {}

export type Faults = {
  /** Shares of calls; all 0 once the faults are over. */
  readonly lostCall: number;
  readonly lostAnswer: number;
  readonly lostMessage: number;
  readonly doubledMessage: number;
  /** Of the messages: handed out as if a consumer before had vanished, whether or not one has. */
  readonly redelivered: number;
  /** Of the calls: the ledger cannot be reached, and says so. */
  readonly awayLedger: number;
  readonly doubledResult: number;
};

export type World = {
  readonly scheduler: Scheduler;
  readonly faults: () => Faults;
  /** Every consumer of every living process. */
  readonly consumers: Map<Process, (delivery: Delivery) => Promise<void>>;
  readonly isKiller: (jobId: number, image: number) => boolean;
  /** Whether the thread that begins this run dies on its way, though no image is to blame. */
  readonly threadDies: () => boolean;
  readonly kill: (process: Process) => void;
  /** A photo could not be judged, for another reason than a ledger that is away. */
  readonly onJudgeFault: (error: unknown) => void;
};

/** What a result must say, whoever measured it. */
export const widthOf = (jobId: number, image: number) => 1 + jobId * 100 + image;

export function startProcess(world: World, process: Process, ledger: Ledger): { stop(): Promise<void> } {
  const { scheduler } = world;

  /** A call to a part outside of the process, which may go wrong on both ways. */
  function remote<A extends unknown[], R>(
    what: string,
    call: (...args: A) => Promise<R>,
    lost = (how: string) => new Error(how),
  ): (...args: A) => Promise<R> {
    return (...args) =>
      new Promise((resolve, reject) => {
        const delay = () => scheduler.random() * NETWORK_MS;
        scheduler.later(process, delay(), what, () => {
          if (scheduler.chance(world.faults().lostCall)) return reject(lost(`${what}: connection lost`));
          if (scheduler.chance(world.faults().awayLedger)) return reject(new LedgerUnavailable(what));
          call(...args).then(
            (answer) =>
              scheduler.later(process, delay(), `${what} answered`, () => {
                if (scheduler.chance(world.faults().lostAnswer)) reject(lost(`${what}: answer lost`));
                else if (scheduler.chance(world.faults().awayLedger)) reject(new LedgerUnavailable(what));
                else resolve(answer);
              }),
            (error: unknown) => {
              if (error instanceof Killed) world.kill(process);
              else scheduler.later(process, delay(), `${what} failed`, () => reject(error));
            },
          );
        });
      });
  }

  const clock: Clock = {
    now: scheduler.now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const cancel = scheduler.later(process, ms, "wakes", resolve);
        signal.addEventListener("abort", () => {
          cancel();
          scheduler.later(process, 0, "is woken", resolve);
        });
      }),
  };

  const gated = {
    dispatch: remote("dispatch", ledger.dispatch),
    claim: remote("claim", ledger.claim),
    takeOver: remote("takeOver", ledger.takeOver),
    record: remote("record", ledger.record),
    renew: remote("renew", ledger.renew),
    release: remote("release", ledger.release),
    sweep: remote("sweep", ledger.sweep),
    addUpSums: remote("addUpSums", ledger.addUpSums),
  };

  // What goes wrong on its way is no fault of a photo: the ledgers say that they were away, and the recorder asks again.
  const away = (how: string) => new LedgerUnavailable(how);
  const judge = createJudge({
    ledger: {
      keepPrints: remote("keepPrints", ledger.keepPrints, away),
      findAlike: remote("findAlike", ledger.findAlike, away),
      findAlikeTo: ledger.findAlikeTo,
      addReuses: remote("addReuses", ledger.addReuses, away),
      readStorePlaces: remote("readStorePlaces", ledger.readStorePlaces, away),
    },
    compare,
    onError: world.onJudgeFault,
  });

  const onError = () => {};
  const dispatcher = startDispatcher({
    ledger: gated,
    queue: { publish: publishTo(world, process) },
    clock,
    window: () => ({ windowImages: 8, windowChunks: 4 }),
    onError,
  });
  const worker = startWorker({
    ledger: gated,
    queue: { consume: consumeFrom(world, process) },
    runImages: runImagesIn(world, process),
    judge,
    clock,
    leaseMs: LEASE_MS,
    prefetch: 10,
    events: {
      onRecorded: () => {},
      onChunkOver: () => dispatcher.wake(),
      onFenced: () => {},
      onCrashed: () => {},
      onError,
    },
  });
  const sweeper = startSweeper({
    ledger: gated,
    clock,
    leaseMs: LEASE_MS,
    onRescued: () => dispatcher.wake(),
    onError,
  });

  const addingUp = startAddingUp({ ledger: gated, clock, onError });

  return {
    async stop() {
      await addingUp.stop();
      await sweeper.stop();
      await dispatcher.stop();
      await worker.stop(IMAGE_MS);
    },
  };
}

/** A queue that loses, doubles and reorders, and hands on to any living process. */
function publishTo(world: World, process: Process): Queue["publish"] {
  const { scheduler } = world;
  function deliver(ref: QueuedChunk): void {
    scheduler.later(null, scheduler.random() * 10 * NETWORK_MS, `delivers chunk ${ref.jobId}/${ref.chunk}`, () => {
      const consumers = [...world.consumers.values()];
      const redelivered = scheduler.chance(world.faults().redelivered);
      void consumers[Math.floor(scheduler.random() * consumers.length)]?.({ ...ref, redelivered });
    });
  }
  return (refs) =>
    new Promise((resolve) => {
      scheduler.later(process, scheduler.random() * NETWORK_MS, "publish", () => {
        for (const ref of refs) {
          if (scheduler.chance(world.faults().lostMessage)) continue;
          deliver(ref);
          if (scheduler.chance(world.faults().doubledMessage)) deliver(ref);
        }
        resolve();
      });
    });
}

function consumeFrom(world: World, process: Process): Queue["consume"] {
  return (_prefetch, handle) => {
    const inHand = new Set<Promise<void>>();
    world.consumers.set(process, (ref) => {
      const handled = handle({ ...ref, redelivered: false }).finally(() => inHand.delete(handled));
      inHand.add(handled);
      return handled;
    });
    return async () => {
      world.consumers.delete(process);
      await Promise.all(inHand);
    };
  };
}

/** Measures images one after another in virtual time; a killer's thread dies, and so may any other. */
function runImagesIn(world: World, process: Process): RunImages {
  const { scheduler } = world;
  return ({ lane, inspect, images }, onResults, signal, onParked) =>
    new Promise<RunEnd>((end) => {
      const jobId = Number(lane);
      const dies = world.threadDies();
      let next = 0;
      let cancel = () => {};
      signal.addEventListener("abort", () => {
        cancel();
        scheduler.later(process, 0, "run aborted", () => end("aborted"));
      });
      function runNext(): void {
        const image = images[next++];
        if (!image) {
          end("finished");
          return;
        }
        // Its host keeps all that is left of the chunk waiting, longer than a lease.
        const waits = scheduler.chance(0.05);
        if (waits) onParked(true);
        const ms = scheduler.random() * (waits ? 2 * LEASE_MS : IMAGE_MS);
        cancel = scheduler.later(process, ms, `image ${lane}/${image.no}`, () => {
          if (world.isKiller(jobId, image.no) || (dies && scheduler.chance(0.5))) {
            end("crashed");
            return;
          }
          onResults([inspect === "off" ? resultOf(jobId, image.no) : inspectedResultOf(jobId, image.no)]);
          if (scheduler.chance(world.faults().doubledResult)) onResults([secondResultOf(image.no)]);
          runNext();
        });
      }
      runNext();
    });
}

function resultOf(jobId: number, no: number): ImageResult {
  const outcome =
    no % 5 === 4
      ? ({ kind: "failed", code: "not_found", detail: "404" } as const)
      : ({ kind: "measured", format: "png", width: widthOf(jobId, no), height: 1, bytes: 10 } as const);
  return { no, outcome, attempts: 1, fetchMs: 1, finishedAt: 1 };
}

function inspectedResultOf(jobId: number, no: number): RunResult {
  const result = resultOf(jobId, no);
  return result.outcome.kind === "failed" ? result : { ...result, inspected: inspectedPhoto(jobId, no) };
}

/** Told a second time and otherwise: the ledger must keep the first. */
function secondResultOf(no: number): ImageResult {
  return {
    no,
    outcome: { kind: "failed", code: "timeout", detail: "too late" },
    attempts: 1,
    fetchMs: 1,
    finishedAt: 2,
  };
}
