/** The program as `npm run serve` of a checkout starts it, with its memory in view. Linux only: it reads /proc. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";

const PROBE = new URL("./heap-probe.mjs", import.meta.url).href;
const TELL_MS = 1_500;
const STORES = "store_id,store_name,area_code\nB1,Bench,1\n";
const Package = Type.Object({ scripts: Type.Object({ serve: Type.String() }) });
const Heap = Type.Object({ thread: Type.String(), heapBytes: Type.Number() });

export type Memory = {
  /** All that it holds of the machine's memory; bytes, as everything here. */
  readonly rss: number;
  /** The most that it ever held. */
  readonly peak: number;
  /** Of `rss`, files that it maps: Node itself and its libraries. */
  readonly files: number;
};

export type MeasuredProgram = {
  readonly address: string;
  readonly pid: number;
  memory(): Memory;
  /** V8's heap of each thread. Only with `withHeaps`. */
  heaps(): Promise<readonly Type.Static<typeof Heap>[]>;
  cpuSeconds(): number;
  stop(): Promise<void>;
};

export async function startProgram(options: {
  readonly checkout: string;
  readonly allowHost: string;
  readonly withHeaps: boolean;
  /** On top of its own. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<MeasuredProgram> {
  const { checkout, allowHost, withHeaps } = options;
  const dataDir = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  writeFileSync(join(dataDir, "stores.csv"), STORES);
  const { scripts } = Value.Parse(Package, JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")));
  const child = spawn("sh", ["-c", `exec ${scripts.serve}`], {
    cwd: checkout,
    env: {
      ...process.env,
      PATH: `${join(checkout, "node_modules/.bin")}:${process.env.PATH}`,
      ...(withHeaps ? { NODE_OPTIONS: `--import ${PROBE}` } : {}),
      STOREWALK_PORT: "0",
      STOREWALK_DATA_DIR: dataDir,
      STOREWALK_STORE_MASTER: join(dataDir, "stores.csv"),
      STOREWALK_ALLOW_HOSTS: allowHost,
      STOREWALK_GPU_LATENCY_MS: "0",
      STOREWALK_LOG_LEVEL: "error",
      ...options.settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => heard.push(line));
  const address = await addressIn(createInterface({ input: child.stdout }));
  const field = (name: string) => {
    const [, kilobytes = "0"] =
      new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1_024;
  };
  return {
    address,
    pid: child.pid ?? 0,
    memory: () => ({ rss: field("VmRSS"), peak: field("VmHWM"), files: field("RssFile") }),
    async heaps() {
      heard.length = 0;
      child.kill("SIGUSR2");
      await sleep(TELL_MS);
      return heard.filter((line) => line.startsWith("{")).map((line) => Value.Parse(Heap, JSON.parse(line)));
    },
    cpuSeconds() {
      const [, fields = ""] = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ");
      const [user, system] = fields.split(" ").slice(11);
      // In hundredths: USER_HZ of every Linux that Node runs on.
      return (Number(user) + Number(system)) / 100;
    },
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      rmSync(dataDir, { recursive: true });
    },
  };
}

async function addressIn(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, address] = /ready at (http[^\s,]+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error("the program ended before it was ready");
}
