/** Runs the workload under strace and reads what it did. Must not hand out a log that leaves something out: played to its end, it has to give the folder. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Acknowledgement } from "./acknowledged-ledger.ts";
import { type Contents, createReplay, isSharedMemory, linesWritten } from "./replay.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { type FileCall, parseStrace, TRACED_CALLS } from "./strace-log.ts";
import { EVERYTHING, writeSurvivors } from "./survivors.ts";

export type Recording = {
  /** Where the workload's folder was; it is gone. */
  readonly folder: string;
  /** What was in it before. */
  readonly start: Contents;
  readonly calls: readonly FileCall[];
  readonly acknowledgements: readonly (Acknowledgement & { readonly time: number })[];
};

export type Mutation = { readonly file: string; readonly from: string; readonly to: string };

const WORKLOAD = fileURLToPath(new URL("./workload.ts", import.meta.url));
const MUTATE = new URL("./mutate-source.ts", import.meta.url).href;
/** A write to the ledger is a page, one of a photo 64 KB. */
const LONGEST_WRITE = 2 ** 20;
/** Ends one that hangs; on a busy machine it takes a minute. */
const RUN_MS = 600_000;

/** Whether strace may watch a process here. */
export function canTrace(): boolean {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export async function recordWorkload(deps: {
  readonly seed: number;
  readonly rounds: number;
  readonly start?: Contents;
  readonly mutation?: Mutation;
}): Promise<Recording> {
  const { seed, rounds, start = new Map(), mutation = null } = deps;
  return await withScratchFolder(async (base) => {
    const folder = join(base, "disk");
    const log = join(base, "strace.log");
    const acknowledgements = join(base, "acknowledgements");
    mkdirSync(folder);
    writeContents(start, folder);
    await runTraced(log, [folder, acknowledgements, String(seed), String(rounds)], mutation);
    const calls = parseStrace(readFileSync(log, "latin1"));
    assertSame({ calls, folder, start }, join(base, "replayed"));
    const lines = linesWritten(calls, acknowledgements);
    return { folder, start, calls, acknowledgements: lines.map(({ time, line }) => ({ ...JSON.parse(line), time })) };
  });
}

async function runTraced(log: string, args: readonly string[], mutation: Mutation | null): Promise<void> {
  const strace = ["-f", "-xx", "--seccomp-bpf", "-s", String(LONGEST_WRITE), "-e", `trace=${TRACED_CALLS}`, "-o", log];
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", ...(mutation ? ["--import", MUTATE] : [])];
  const child = spawn("strace", [...strace, ...node, WORKLOAD, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, POWER_CUT_MUTATION: JSON.stringify(mutation) },
    timeout: RUN_MS,
  });
  const [code, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL", `the workload ended with ${code}`);
}

/** Byte for byte, save what is written through memory. */
function assertSame(recording: Pick<Recording, "calls" | "folder" | "start">, into: string): void {
  const replay = createReplay(recording);
  replay.playTo(recording.calls.length);
  writeSurvivors(replay.disk, EVERYTHING, into, isSharedMemory);
  const [replayed, real] = [readContents(into), readContents(recording.folder)];
  assert.deepEqual([...replayed.keys()], [...real.keys()]);
  for (const [path, bytes] of real) assert.ok(replayed.get(path)?.equals(bytes), `the log misses a write to ${path}`);
}

/** The files of a folder, save those that are written through memory. */
export function readContents(folder: string): Contents {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile() && !isSharedMemory(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path))]));
}

function writeContents(contents: Contents, folder: string): void {
  for (const [path, bytes] of contents) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
