/**
 * The paces of a process's hosts, in memory that its pipeline threads share: two threads that each found a pace of its own would ask a host
 * for twice what it bears. A host keeps its row for as long as the process lives. Knows nothing of what the numbers mean.
 */
import { createPaceCells, PACE_CELLS, type PaceCells } from "./pace-cells.ts";

/** As many as a thread knows hosts. Hosts beyond them have a pace for each thread. */
const ROWS = 4_096;
/** A row that is taken by another host is passed over, so often. */
const TRIES = 16;

/** Plain data: it crosses to the threads as a message. */
export type PaceMemory = {
  readonly threads: number;
  /** Whose each row is, as the hash of its origin; 0 for nobody's. */
  readonly owners: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  readonly underWay: SharedArrayBuffer;
};

export type PaceTable = {
  readonly threads: number;
  cellsOf(origin: string): PaceCells;
};

export function createPaceMemory(threads: number): PaceMemory {
  return {
    threads,
    owners: new SharedArrayBuffer(ROWS * BigInt64Array.BYTES_PER_ELEMENT),
    numbers: new SharedArrayBuffer(ROWS * PACE_CELLS * Float64Array.BYTES_PER_ELEMENT),
    underWay: new SharedArrayBuffer(ROWS * threads * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** The table as one thread sees it. What a thread before it with the same number had under way is over. */
export function openPaceTable(memory: PaceMemory, thread: number): PaceTable {
  const { threads } = memory;
  const owners = new BigInt64Array(memory.owners);
  const counts = new Int32Array(memory.underWay);
  for (let row = 0; row < ROWS; row += 1) counts[row * threads + thread] = 0;

  function rowOf(origin: string): number | null {
    const owner = hashOf(origin);
    for (let no = 0; no < TRIES; no += 1) {
      const row = Number((owner + BigInt(no)) & BigInt(ROWS - 1));
      const found = Atomics.compareExchange(owners, row, 0n, owner);
      if (found === 0n || found === owner) return row;
    }
    return null;
  }

  return {
    threads,
    cellsOf(origin) {
      const row = rowOf(origin);
      if (row === null) return createPaceCells();
      return {
        numbers: new Float64Array(memory.numbers, row * PACE_CELLS * Float64Array.BYTES_PER_ELEMENT, PACE_CELLS),
        underWay: new Int32Array(memory.underWay, row * threads * Int32Array.BYTES_PER_ELEMENT, threads),
        thread,
      };
    },
  };
}

/** FNV-1a of 63 bits (draft-eastlake-fnv), never 0: that two of 4,096 origins share one is less likely than that the machine errs. */
function hashOf(origin: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(origin))
    hash = BigInt.asUintN(63, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash === 0n ? 1n : hash;
}
