/** What a process and all that it started take of the machine. Linux only: it reads /proc. */
import { readdirSync, readFileSync } from "node:fs";

const TICKS_A_SECOND = 100;
const KILOBYTE = 1_024;

export type Taken = {
  /** Of those that live, and of those that have ended and were waited for. */
  readonly cpuSeconds: number;
  /** Memory, what several share counted once for each. */
  readonly rss: number;
  /** Memory, what several share divided among them. */
  readonly pss: number;
};

export function takenBy(root: number): Taken {
  const all = [root];
  for (const pid of all) all.push(...childrenOf(pid));
  const taken = all.map(takenByOne);
  const sum = (of: (one: Taken) => number) => taken.reduce((total, one) => total + of(one), 0);
  return { cpuSeconds: sum((one) => one.cpuSeconds), rss: sum((one) => one.rss), pss: sum((one) => one.pss) };
}

/** Children belong to the thread that started them. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readOr(`/proc/${pid}/task/${thread}/children`, "")
      .split(" ")
      .filter((text) => text.trim() !== "")
      .map(Number),
  );
}

function takenByOne(pid: number): Taken {
  const [, fields = ""] = readOr(`/proc/${pid}/stat`, ") ").split(") ");
  const ticks = fields.split(" ").slice(11, 15).map(Number);
  const memory = readOr(`/proc/${pid}/smaps_rollup`, "");
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(memory)?.[1] ?? 0);
  return {
    cpuSeconds: ticks.reduce((sum, value) => sum + value, 0) / TICKS_A_SECOND,
    rss: kilobytes("Rss") * KILOBYTE,
    pss: kilobytes("Pss") * KILOBYTE,
  };
}

/** One that has just ended takes nothing. */
function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
