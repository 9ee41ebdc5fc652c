/**
 * A counting semaphore shared by several lanes (one a job): a free place goes to the lane that holds the fewest,
 * so a lane with ten waiters is served beside one with a hundred thousand. Within a lane: first come, first served.
 */

/** Where in its lane a newcomer stands: behind all others, or before all who stand behind. */
export type Turn = "behind" | "ahead";

export type FairSemaphore = {
  /** Waits for a place; the returned function gives it back, once. Rejects with the signal's reason when aborted first. */
  acquire(lane: string, signal: AbortSignal, turn?: Turn): Promise<() => void>;
  /** Changes the number of places. Those that are held stay held; with fewer places nobody is served until enough are given back. */
  resize(places: number): void;
  readonly inUse: number;
  readonly waiting: number;
};

type Waiter = { readonly grant: () => void };
type Lane = { held: number; readonly waiters: Readonly<Record<Turn, Set<Waiter>>> };

function isIdle({ waiters }: Lane): boolean {
  return waiters.ahead.size + waiters.behind.size === 0;
}

export function createFairSemaphore(atFirst: number): FairSemaphore {
  const lanes = new Map<string, Lane>();
  let places = atFirst;
  let inUse = 0;
  let waiting = 0;

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const lane: Lane = { held: 0, waiters: { ahead: new Set(), behind: new Set() } };
    lanes.set(name, lane);
    return lane;
  }

  function take(name: string, lane: Lane): () => void {
    lane.held += 1;
    inUse += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      lane.held -= 1;
      inUse -= 1;
      grantNext();
      if (lane.held === 0 && isIdle(lane)) lanes.delete(name);
    };
  }

  /** The lane that holds the fewest; on a tie the one that has not been served for longest, as the map keeps that order. */
  function neediest(): [string, Lane] | undefined {
    let best: [string, Lane] | undefined;
    for (const entry of lanes) {
      if (isIdle(entry[1])) continue;
      if (!best || entry[1].held < best[1].held) best = entry;
    }
    return best;
  }

  function grantNext(): void {
    if (waiting === 0 || inUse >= places) return;
    const found = neediest();
    if (!found) return;
    const [name, lane] = found;
    lanes.delete(name);
    lanes.set(name, lane);
    const waiters = lane.waiters.ahead.size > 0 ? lane.waiters.ahead : lane.waiters.behind;
    const [waiter] = waiters;
    if (!waiter) return;
    waiters.delete(waiter);
    waiting -= 1;
    waiter.grant();
  }

  function acquire(name: string, signal: AbortSignal, turn: Turn = "behind"): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const lane = laneOf(name);
    if (inUse < places && waiting === 0) return Promise.resolve(take(name, lane));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener("abort", giveUp);
          resolve(take(name, lane));
        },
      };
      const giveUp = () => {
        lane.waiters[turn].delete(waiter);
        waiting -= 1;
        if (lane.held === 0 && isIdle(lane)) lanes.delete(name);
        reject(signal.reason);
      };
      lane.waiters[turn].add(waiter);
      waiting += 1;
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    acquire,
    resize(newPlaces) {
      places = newPlaces;
      while (waiting > 0 && inUse < places) grantNext();
    },
    get inUse() {
      return inUse;
    },
    get waiting() {
      return waiting;
    },
  };
}
