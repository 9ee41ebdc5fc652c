/** One run of the simulation: a few jobs, a few processes, faults for a while, then peace, and the question whether all came right. */
import type { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { aVisit, jobOptions } from "../../src/testing/ledger-builders.ts";
import { BrokenPromise, createObserver } from "./observer.ts";
import { createScheduler, type Process } from "./scheduler.ts";
import { type Faults, Killed, LEASE_MS, startProcess, type World } from "./simulated-process.ts";

/** A fault built into the ledger, to see whether the simulation finds it. */
export type Mutant = {
  readonly name: string;
  readonly mutateDatabase?: (db: DatabaseSync, maybeDie: () => void) => DatabaseSync;
  readonly mutateLedger?: (ledger: Ledger, db: DatabaseSync, pause: () => Promise<void>) => Ledger;
};

export type Run =
  | { readonly kind: "fine"; readonly steps: number }
  | { readonly kind: "broken"; readonly promise: string; readonly trace: readonly string[] };

const NO_FAULTS: Faults = {
  lostCall: 0,
  lostAnswer: 0,
  lostMessage: 0,
  doubledMessage: 0,
  redelivered: 0,
  awayLedger: 0,
  doubledResult: 0,
};
const SOME_FAULTS: Faults = {
  lostCall: 0.02,
  lostAnswer: 0.03,
  lostMessage: 0.1,
  doubledMessage: 0.1,
  redelivered: 0.1,
  awayLedger: 0.02,
  doubledResult: 0.1,
};
const STEPS_OF_FAULTS = 250;
const MOST_STEPS = 6_000;
const JOBS = 3;
const MOST_IMAGES = 10;
/** Fewer than would poison an innocent image. */
const MOST_DEATHS = 6;
const MOST_THREAD_DEATHS = 2;

export async function simulate(seed: number, mutant?: Mutant): Promise<Run> {
  const scheduler = createScheduler(seed);
  const { chance, random } = scheduler;
  let broken: Error | null = null;
  let peace = false;
  let deaths = 0;
  let threadDeaths = 0;
  const fleet = chance(0.5) ? 1 + Math.ceil(random() * 2) : 1;
  const killers = new Set<string>();
  const isKiller = (jobId: number, image: number) => killers.has(`${jobId}/${image}`);

  const maybeDie = () => {
    if (peace || deaths >= MOST_DEATHS || !chance(0.02)) return;
    throw new Killed("killed inside a transaction");
  };
  const plain = openDatabase(":memory:");
  const db = mutant?.mutateDatabase?.(plain, maybeDie) ?? plain;
  const observer = createObserver(plain, isKiller);
  const real = createSqliteLedger({ db, now: scheduler.now, chunkSize: () => 3, onStep: maybeDie });
  const pause = () => new Promise<void>((resolve) => void scheduler.later(null, random() * 50, "pauses", resolve));
  const mutated = mutant?.mutateLedger?.(real, plain, pause) ?? real;
  const ledger: Ledger = {
    ...mutated,
    async record(lease, results, leaseMs) {
      const reply = await mutated.record(lease, results, leaseMs);
      if (reply.kind === "recorded") {
        if (reply.jobStatus) observer.jobEnded(lease.jobId);
        // An error thrown from here would pass for a fault of the ledger, which the worker survives.
        broken ??= observer.faultOfWriting(lease.jobId, lease.chunk, lease.token);
      }
      return reply;
    },
  };
  await ledger.importStores([{ id: "S1", name: "Shop", area: "1" }]);

  const running = new Map<Process, { stop(): Promise<void> }>();
  const world: World = {
    scheduler,
    faults: () => (peace ? NO_FAULTS : SOME_FAULTS),
    consumers: new Map(),
    isKiller,
    onJudgeFault: (error) => {
      broken ??= error instanceof Error ? error : new Error(String(error));
    },
    threadDies: () => {
      if (peace || threadDeaths >= MOST_THREAD_DEATHS || !chance(0.05)) return false;
      threadDeaths += 1;
      return true;
    },
    kill(process) {
      process.alive = false;
      deaths += 1;
      world.consumers.delete(process);
      running.delete(process);
      scheduler.later(null, random() * LEASE_MS, "starts a process", () => void start());
    },
  };

  let started = 0;
  async function start(): Promise<void> {
    const process: Process = { name: `p${++started}`, alive: true, frozenUntil: 0 };
    // A ledger that one process owns is recovered at its start; a fleet waits for leases to run out.
    if (fleet === 1) await real.recover();
    running.set(process, startProcess(world, process, ledger));
  }

  let submitted = 0;
  async function submit(): Promise<void> {
    const images = 1 + Math.floor(random() * MOST_IMAGES);
    let jobId = 0;
    try {
      jobId = await real.openJob(jobOptions({ inspect: chance(0.5) ? "full" : "off" }));
      await real.addVisits(jobId, [aVisit({ images })]);
      if (chance(0.4)) killers.add(`${jobId}/${Math.floor(random() * images)}`);
      await real.sealJob(jobId);
      submitted += 1;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      // The intake died; the client sends the job anew.
      await real.discardJob(jobId);
      await submit();
    }
  }

  function harm(): void {
    const processes = [...running.keys()];
    const victim = processes[Math.floor(random() * processes.length)];
    if (!victim) return;
    if (chance(0.008) && deaths < MOST_DEATHS) world.kill(victim);
    else if (chance(0.008)) victim.frozenUntil = scheduler.now() + Math.ceil(random() * 3 * LEASE_MS);
    else if (chance(0.004)) {
      const stopped = running.get(victim);
      running.delete(victim);
      void stopped?.stop().then(() => {
        victim.alive = false;
        scheduler.later(null, random() * LEASE_MS, "starts again after a calm stop", () => void start());
      });
    } else if (chance(0.002) && submitted > 0) void real.cancelJob(1 + Math.floor(random() * submitted));
  }

  const unhandled = (error: unknown) => {
    broken ??= error instanceof Error ? error : new Error(String(error));
  };
  process.on("unhandledRejection", unhandled);
  try {
    for (let job = 0; job < JOBS; job++) scheduler.later(null, random() * 2_000, "submits a job", () => void submit());
    for (let member = 0; member < fleet; member++) await start();
    let steps = 0;
    while (steps++ < MOST_STEPS && (await scheduler.step())) {
      if (broken) throw broken;
      const allOver = observer.look() && submitted === JOBS;
      if (allOver) break;
      peace ||= steps > STEPS_OF_FAULTS;
      if (!peace) harm();
    }
    observer.lookAtTheEnd();
    return { kind: "fine", steps };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const promise = error instanceof BrokenPromise ? error.message : (error.stack ?? error.message);
    return { kind: "broken", promise, trace: scheduler.trace };
  } finally {
    process.off("unhandledRejection", unhandled);
    plain.close();
  }
}
