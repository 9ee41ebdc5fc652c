/** The processor time of another process, all of its threads, as Linux tells it (proc_pid_stat(5)). */
import { readFileSync } from "node:fs";

/** Linux counts it in hundredths of a second on every machine that Node.js runs on. */
const TICK_MS = 10;

/** User and kernel time so far, in milliseconds. */
export function cpuMsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may hold anything; what follows it are numbers.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
