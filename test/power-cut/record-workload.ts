/** Runs the workload under strace and reads what it did. Must not hand out a log that leaves something out: played to its end, it has to give the folder. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Acknowledgement } from "./acknowledged-ledger.ts";
import { createReplay, isSharedMemory, linesWritten } from "./replay.ts";
import { type FileCall, parseStrace, TRACED_CALLS } from "./strace-log.ts";
import { EVERYTHING, writeSurvivors } from "./survivors.ts";

export type Recording = {
  /** Where the workload's folder was; it is gone. */
  readonly folder: string;
  readonly calls: readonly FileCall[];
  readonly acknowledgements: readonly (Acknowledgement & { readonly time: number })[];
};

export type Mutation = { readonly file: string; readonly from: string; readonly to: string };

const WORKLOAD = fileURLToPath(new URL("./workload.ts", import.meta.url));
const MUTATE = new URL("./mutate-source.ts", import.meta.url).href;
/** A write to the ledger is a page, one of a photo 64 KB. */
const LONGEST_WRITE = 2 ** 20;
const RUN_MS = 120_000;

/** Whether strace may watch a process here. */
export function canTrace(): boolean {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export async function recordWorkload(seed: number, rounds: number, mutation?: Mutation): Promise<Recording> {
  const base = mkdtempSync(join(tmpdir(), "storewalk-power-cut-"));
  try {
    const folder = join(base, "disk");
    const log = join(base, "strace.log");
    const acknowledgements = join(base, "acknowledgements");
    mkdirSync(folder);
    await runTraced(log, [folder, acknowledgements, String(seed), String(rounds)], mutation);
    const calls = parseStrace(readFileSync(log, "latin1"));
    assertSame(calls, folder, join(base, "replayed"));
    const lines = linesWritten(calls, acknowledgements);
    return { folder, calls, acknowledgements: lines.map(({ time, line }) => ({ ...JSON.parse(line), time })) };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function runTraced(log: string, args: readonly string[], mutation?: Mutation): Promise<void> {
  const strace = ["-f", "-xx", "--seccomp-bpf", "-s", String(LONGEST_WRITE), "-e", `trace=${TRACED_CALLS}`, "-o", log];
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", ...(mutation ? ["--import", MUTATE] : [])];
  const child = spawn("strace", [...strace, ...node, WORKLOAD, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, POWER_CUT_MUTATION: JSON.stringify(mutation ?? null) },
    timeout: RUN_MS,
  });
  const [code, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL", `the workload ended with ${code}`);
}

/** Byte for byte, save what is written through memory. */
function assertSame(calls: readonly FileCall[], folder: string, into: string): void {
  const replay = createReplay(calls, folder);
  replay.playTo(calls.length);
  writeSurvivors(replay.disk, EVERYTHING, into, isSharedMemory);
  const files = filesIn(folder);
  assert.deepEqual(filesIn(into), files);
  for (const file of files) {
    assert.ok(
      readFileSync(join(into, file)).equals(readFileSync(join(folder, file))),
      `the log misses a write to ${file}`,
    );
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile() && !isSharedMemory(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}
