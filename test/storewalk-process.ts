/** Runs the real program as a process of its own, as a person would, with a data folder that goes away with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The bundle where it is of these sources, which starts in half the time; the sources themselves where they were changed since. */
export const PROGRAM = fileURLToPath(new URL("../bin/storewalk.cjs", import.meta.url));
/** As its first line has them: `#!/usr/bin/env -S NAME=value node --option …`. */
export const NODE_ARGUMENTS = (/ node (.+)/.exec(readFileSync(PROGRAM, "utf8"))?.[1] ?? "").split(" ");

export type Environment = Readonly<Record<string, string>>;

/** A test, or whatever else ends. */
export type Ending = { after(end: () => Promise<void> | void): void };

/** For what several tests share. Ends in the order of a test's hooks: what was added first goes first. */
export function createEnding(): Ending & { end(): Promise<void> } {
  const ends: (() => Promise<void> | void)[] = [];
  return {
    after: (end) => void ends.push(end),
    async end() {
      for (const end of ends.splice(0)) await end();
    },
  };
}

export function aDataDir(t: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Settings of a service whose ledger, a new one, begins with these stores: by the import at its first start, not by a process of its own. */
export function aLedgerOf(t: Ending, stores = "store_id,store_name,area_code\nS1,Corner shop,7100015\n") {
  const master = join(aDataDir(t), "stores.csv");
  writeFileSync(master, stores);
  return { STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_STORE_MASTER: master };
}

/** Of a service of a test's own that keeps nobody waiting at its GPU; `host` is the one that it may reach. */
export function quickSettings(t: Ending, { stores, host }: { readonly stores?: string; readonly host?: string } = {}) {
  return {
    STOREWALK_PORT: "0",
    ...aLedgerOf(t, stores),
    ...(host === undefined ? {} : { STOREWALK_ALLOW_HOSTS: host }),
    STOREWALK_GPU_LATENCY_MS: "1",
  };
}

/** A busy machine is no reason here to refuse what is asked. */
export const NEVER_BEHIND = { STOREWALK_MAX_LAG_MS: "0" } as const;

/** Only what a test sets reaches the program: no setting of the machine's own. */
function environmentOf(settings: Environment): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("STOREWALK_"));
  return { ...Object.fromEntries(inherited), STOREWALK_LOG_LEVEL: "error", ...NEVER_BEHIND, ...settings };
}

export type Service = {
  readonly process: ChildProcess;
  /** Resolves to its address, or to null when it dies before it is ready. */
  readonly ready: Promise<string | null>;
};

/** `storewalk serve`, or `demo`; killed with the test unless it has ended by then. */
export function startService(
  t: Ending,
  settings: Environment,
  program = PROGRAM,
  command: "serve" | "demo" = "serve",
): Service {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, program, command], {
    env: environmentOf(settings),
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Passed on for people, and open to a test that waits for a line of the log.
  child.stderr.on("data", (data) => process.stderr.write(data));
  t.after(() => void child.kill("SIGKILL"));
  return { process: child, ready: readyAddress(child) };
}

async function readyAddress(child: ChildProcess): Promise<string | null> {
  if (!child.stdout) return null;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = /^storewalk is ready at (\S+)$/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  return null;
}

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A command that has not ended by then hangs; it is killed, and its code is null. */
const COMMAND_MS = 600_000;

/** Runs a command to its end. `onStderr` sees what it says while it runs, and may signal it. */
export async function runCommand(
  args: readonly string[],
  options: {
    readonly program?: string;
    readonly settings?: Environment;
    readonly stdin?: string;
    /** Where a shell leads its standard output, such as `| head -1`; the code stays the command's own. */
    readonly into?: string;
    readonly onStderr?: (text: string, child: ChildProcess) => void;
  } = {},
): Promise<Finished> {
  const command = [process.execPath, ...NODE_ARGUMENTS, options.program ?? PROGRAM, ...args];
  const shell = ["bash", "-c", `"$@" ${options.into}; exit "\${PIPESTATUS[0]}"`, "bash"];
  const [program = "", ...rest] = options.into === undefined ? command : [...shell, ...command];
  const child = spawn(program, rest, {
    env: environmentOf(options.settings ?? {}),
    timeout: COMMAND_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
    options.onStderr?.(stderr, child);
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}
