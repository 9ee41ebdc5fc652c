/** The processes of a load run: the real program with its memory watched, and helpers that end with their parent. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { freePort } from "../../src/testing/free-port.ts";
import { aLedgerOf, NODE_ARGUMENTS, PROGRAM } from "../storewalk-process.ts";

const SAMPLE_MS = 200;
const Listening = Type.Object({ address: Type.String() });

/** Ended by `end()`, also when the run fails. */
export type Ends = { add(end: () => Promise<void> | void): void; end(): Promise<void> };

export function createEnds(): Ends {
  const ends: (() => Promise<void> | void)[] = [];
  return {
    add: (end) => void ends.push(end),
    async end() {
      for (const end of ends.reverse().splice(0)) await end();
    },
  };
}

export function startHelper(
  ends: Ends,
  file: string,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    execArgv: NODE_ARGUMENTS,
    env: { ...process.env, ...environment },
  });
  ends.add(() => void child.kill("SIGKILL"));
  return child;
}

export async function startLoadHost(ends: Ends, withFaults: boolean): Promise<string> {
  const [message] = await once(startHelper(ends, "./load-host.ts", { FAULTS: withFaults ? "1" : "0" }), "message");
  return Value.Parse(Listening, message).address;
}

export type LoadedService = {
  readonly address: string;
  readonly dataDir: string;
  /** The most that it ever had, over all of its lives; bytes. */
  readonly peakRss: number;
  /** In its present life; bytes. */
  readonly rss: number;
  readonly starts: number;
  /** Lines of its log that say `warn` or worse. */
  readonly errors: readonly string[];
  /** kill -9, and the same again on the same folder and port. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

/** `storewalk serve` with an embedded ledger of its own. */
export async function startLoadedService(
  ends: Ends,
  host: string,
  settings: Readonly<Record<string, string>>,
): Promise<LoadedService> {
  const ledger = aLedgerOf({ after: ends.add });
  const port = await freePort();
  const environment = {
    STOREWALK_PORT: String(port),
    ...ledger,
    STOREWALK_ALLOW_HOSTS: new URL(host).host,
    STOREWALK_LOG_LEVEL: "error",
    ...settings,
  };

  let child: ChildProcess | null = null;
  let peakRss = 0;
  let rss = 0;
  let starts = 0;
  const errors: string[] = [];

  async function start(): Promise<void> {
    starts += 1;
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("STOREWALK_"));
    const started = spawn(process.execPath, [...NODE_ARGUMENTS, PROGRAM, "serve"], {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    createInterface({ input: started.stderr }).on("line", (line) => line.startsWith("{") && errors.push(line));
    for await (const line of createInterface({ input: started.stdout })) {
      if (line.startsWith("storewalk is ready")) return;
    }
    throw new Error(`the service did not start: ${errors.at(-1)}`);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  const sampling = setInterval(() => {
    if (!child?.pid) return;
    rss = rssOf(child.pid);
    peakRss = Math.max(peakRss, rss);
  }, SAMPLE_MS);
  ends.add(() => clearInterval(sampling));
  ends.add(() => end("SIGKILL"));
  await start();

  return {
    address: `http://127.0.0.1:${port}`,
    dataDir: ledger.STOREWALK_DATA_DIR,
    errors,
    get peakRss() {
      return peakRss;
    },
    get rss() {
      return rss;
    },
    get starts() {
      return starts;
    },
    async crash() {
      await end("SIGKILL");
      await start();
    },
    stop: async () => await end("SIGTERM"),
  };
}

function rssOf(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    // Gone between two looks.
    return 0;
  }
}
