/**
 * A counting semaphore shared by several lanes (one a job): a free place goes to the lane that holds the fewest,
 * so a lane with ten waiters is served beside one with a hundred thousand. Within a lane: first come, first served.
 */

export type FairSemaphore = {
  /** Waits for a place; the returned function gives it back, once. Rejects with the signal's reason when aborted first. */
  acquire(lane: string, signal: AbortSignal): Promise<() => void>;
  readonly inUse: number;
  readonly waiting: number;
};

type Waiter = { readonly grant: () => void };
type Lane = { held: number; readonly waiters: Set<Waiter> };

export function createFairSemaphore(places: number): FairSemaphore {
  const lanes = new Map<string, Lane>();
  let inUse = 0;
  let waiting = 0;

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const lane: Lane = { held: 0, waiters: new Set() };
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
      if (lane.held === 0 && lane.waiters.size === 0) lanes.delete(name);
    };
  }

  /** The lane that holds the fewest; on a tie the one that has not been served for longest, as the map keeps that order. */
  function neediest(): [string, Lane] | undefined {
    let best: [string, Lane] | undefined;
    for (const entry of lanes) {
      if (entry[1].waiters.size === 0) continue;
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
    for (const waiter of lane.waiters) {
      lane.waiters.delete(waiter);
      waiting -= 1;
      waiter.grant();
      return;
    }
  }

  function acquire(name: string, signal: AbortSignal): Promise<() => void> {
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
        lane.waiters.delete(waiter);
        waiting -= 1;
        if (lane.held === 0 && lane.waiters.size === 0) lanes.delete(name);
        reject(signal.reason);
      };
      lane.waiters.add(waiter);
      waiting += 1;
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    acquire,
    get inUse() {
      return inUse;
    },
    get waiting() {
      return waiting;
    },
  };
}
