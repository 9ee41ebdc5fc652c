/**
 * `npm run bench -- start [--base FOLDER] [--rounds N]`: what a start costs, of this checkout and of an older one in turn, round after round: the processor's time until
 * the first answer of `npm run serve` and the memory that it holds when idle; the time and the processor's time until the page of `npm start` answers,
 * in a new folder and after a kill -9. Linux only: it reads /proc. Half a minute a round.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { startProgram } from "./measured-program.ts";
import { median } from "./parts.ts";
import { cpuMsOf } from "./wire/cpu-time.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const LOOK_MS = 10;
/** A garbage collector that has nothing to do comes some seconds after the last work, and gives back what the start took. */
const IDLE_MS = 12_000;
const MEGABYTE = 2 ** 20;
const Package = Type.Object({ scripts: Type.Object({ start: Type.String() }) });

const FIGURES = {
  serveCpuMs: "CPU of serve until its first 200, ms",
  idleMb: "memory of serve when idle (RSS), MB",
  newMs: "npm start until the page answers, new folder, ms",
  newCpuMs: "… CPU, ms",
  againMs: "npm start until the page answers, after kill -9, ms",
  againCpuMs: "… CPU, ms",
} as const;
type Figures = Readonly<Record<keyof typeof FIGURES, number>>;

async function serve(checkout: string): Promise<Pick<Figures, "serveCpuMs" | "idleMb">> {
  const program = await startProgram({ checkout, allowHost: "127.0.0.1:9", withHeaps: false });
  await answers(program.address);
  const serveCpuMs = program.cpuSeconds() * 1_000;
  await sleep(IDLE_MS);
  const idleMb = program.memory().rss / MEGABYTE;
  await program.stop();
  return { serveCpuMs, idleMb };
}

/** Asks until there is an answer with 200. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await sleep(LOOK_MS);
  }
}

/** `npm start`, which draws photos in a new folder, until its page is there; then as if its machine had lost its power. */
async function untilPage(checkout: string, dataDir: string): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const { scripts } = Value.Parse(Package, JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")));
  const port = await freePortBeforeAnother();
  const from = performance.now();
  const child = spawn("sh", ["-c", `exec ${scripts.start}`], {
    cwd: checkout,
    env: {
      ...process.env,
      PATH: `${join(checkout, "node_modules/.bin")}:${process.env.PATH}`,
      STOREWALK_PORT: String(port),
      STOREWALK_DATA_DIR: dataDir,
      STOREWALK_LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await Promise.race([answers(`http://127.0.0.1:${port}/`), endOf(child)]);
  const ms = performance.now() - from;
  const cpuMs = cpuMsOf(child.pid);
  child.kill("SIGKILL");
  await once(child, "exit");
  return { ms, cpuMs };
}

async function endOf(child: ChildProcess): Promise<never> {
  await once(child, "exit");
  throw new Error("npm start ended before its page answered");
}

/** The demo takes two, one after the other. Below those that the system gives to whoever asks for any. */
async function freePortBeforeAnother(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function measure(checkout: string): Promise<Figures> {
  const dataDir = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  try {
    const first = await untilPage(checkout, dataDir);
    const again = await untilPage(checkout, dataDir);
    return {
      ...(await serve(checkout)),
      newMs: first.ms,
      newCpuMs: first.cpuMs,
      againMs: again.ms,
      againCpuMs: again.cpuMs,
    };
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

export async function startBench(
  say: (line: string) => void,
  { base, rounds }: { readonly base: string | undefined; readonly rounds: number },
): Promise<void> {
  const checkouts = base === undefined ? [HERE] : [base, HERE];
  const all = checkouts.map((): Figures[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [no, checkout] of checkouts.entries()) all[no]?.push(await measure(checkout));
  }
  say(`start, medians of ${rounds} rounds${base === undefined ? "" : `, ${base} · here (ratio)`}`);
  for (const figure of Object.keys(FIGURES) as (keyof Figures)[]) {
    const medians = all.map((each) => median(each.map((figures) => figures[figure])));
    const [before, now] = medians;
    const ratio = before === undefined || now === undefined ? "" : ` (${(now / before).toFixed(2)})`;
    say(`    ${FIGURES[figure]}: ${medians.map((value) => value.toFixed(0)).join(" · ")}${ratio}`);
  }
}
