/**
 * Where threads are many and cores few, those that somebody waits for go first: the API's and the ledger's. On Linux a priority is the thread's own
 * (setpriority(2), "C library/kernel differences"), elsewhere it would be the whole process's.
 */
import { constants, getPriority, setPriority } from "node:os";

const STEP_BACK = 5;

/** For the thread that calls it, and the processes that it starts. */
export function stepBack(): void {
  if (process.platform === "linux") setPriority(Math.min(getPriority() + STEP_BACK, constants.priority.PRIORITY_LOW));
}
