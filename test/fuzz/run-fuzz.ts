/**
 * Runs the fuzz in processes under a watchdog: an input that takes too long, takes too much memory or brings its process down is a
 * finding as one that breaks a promise is. A finding names its input's number; the same seed and number make the same bytes again.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { FromFuzz, type WorkerOrder } from "./fuzz-messages.ts";

export type Finding = { readonly no: number; readonly promise: string };
export type FuzzRun = {
  readonly findings: readonly Finding[];
  /** Inputs by what they reached, such as `jpeg size`. */
  readonly counts: ReadonlyMap<string, number>;
};

export type FuzzOptions = {
  readonly seed: number;
  readonly first?: number;
  readonly inputs: number;
  readonly workers?: number;
  readonly mutant?: string;
  /** Of the processor, for one input. Generous: they take some 100 µs. */
  readonly timeLimitMs?: number;
  /** Of one process, whatever is in it. */
  readonly memoryLimitMb?: number;
};

const LOOK_MS = 20;
/** Of the clock, on a machine that gives its processors to others. Who takes it waits for something that never comes. */
const HANGS_MS = 120_000;
/** In which Linux counts a process' time for whoever asks. */
const CLOCK_TICK_MS = 10;
const PAGE_BYTES = 4_096;
const MEGABYTE = 2 ** 20;
/** In place of an input's number while a process starts. */
const NONE_YET = 2 ** 32 - 1;
const WORKER = new URL("./fuzz-worker.ts", import.meta.url);

/** Each process stops at its first finding. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzRun> {
  const { first = 0, inputs, workers = 2, seed, mutant = null } = options;
  const folder = mkdtempSync(join(tmpdir(), "storewalk-fuzz-"));
  const counts = new Map<string, number>();
  const orders = Array.from({ length: workers }, (_, no): WorkerOrder => {
    return { seed, first: first + no, step: workers, end: first + inputs, mutant, inHand: join(folder, `${no}`) };
  });
  try {
    const findings = await Promise.all(orders.map((order) => runWorker(order, options, counts)));
    return { findings: findings.filter((each) => each !== null), counts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runWorker(
  order: WorkerOrder,
  options: FuzzOptions,
  counts: Map<string, number>,
): Promise<Finding | null> {
  writeFileSync(order.inHand, Buffer.alloc(4, 0xff));
  const inHand = () => readFileSync(order.inHand).readUInt32LE();
  const worker = fork(WORKER, [JSON.stringify(order)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let finding: Finding | null = null;
  let isOver = false;
  const find = (promise: string) => {
    finding ??= { no: inHand(), promise };
  };
  worker.on("message", (message: unknown) => {
    const said = Value.Parse(FromFuzz, message);
    if (said.kind === "broken") return find(said.promise);
    isOver = true;
    for (const [reached, count] of Object.entries(said.counts)) counts.set(reached, (counts.get(reached) ?? 0) + count);
  });
  const watchdog = watch(worker, inHand, options, (promise) => {
    find(promise);
    worker.kill("SIGKILL");
  });
  const [code, signal] = await once(worker, "exit");
  clearInterval(watchdog);
  if (!isOver) find(`brought its process down (${signal ?? code})`);
  return finding;
}

function watch(worker: ChildProcess, inHand: () => number, options: FuzzOptions, bark: (promise: string) => void) {
  const { timeLimitMs = 5_000, memoryLimitMb = 1_024 } = options;
  let last = NONE_YET;
  let since = { clock: performance.now(), spent: spentMs(worker) };
  return setInterval(() => {
    const no = inHand();
    const now = { clock: performance.now(), spent: spentMs(worker) };
    if (no !== last || no === NONE_YET) since = now;
    last = no;
    const took = now.spent - since.spent;
    if (took > timeLimitMs || now.clock - since.clock > HANGS_MS) bark(`took more than ${timeLimitMs} ms`);
    if (residentBytes(worker) > memoryLimitMb * MEGABYTE) bark(`took more than ${memoryLimitMb} MB`);
  }, LOOK_MS);
}

/** Of the processor. 0 where the system does not tell: then the clock alone is watched. */
function spentMs({ pid }: ChildProcess): number {
  try {
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    return (Number(user) + Number(system)) * CLOCK_TICK_MS;
  } catch {
    return 0;
  }
}

/** 0 where the system does not tell: then time alone is watched. */
function residentBytes({ pid }: ChildProcess): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return Number(pages) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
