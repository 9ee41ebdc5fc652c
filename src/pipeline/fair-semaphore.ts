/**
 * A counting semaphore shared by several lanes (one a job): a free place goes to the lane that holds the fewest,
 * so a lane with ten waiters is served beside one with a hundred thousand. Within a lane: first come, first served.
 */

/** Where in its lane a newcomer stands: behind all others, or before all who stand behind. */
export type Turn = "behind" | "ahead";

export type FairSemaphore = {
  /** Waits for a place; the returned function gives it back, once. Rejects with the signal's reason when aborted first. */
  acquire(lane: string, signal: AbortSignal, turn?: Turn): Promise<() => void>;
  /** Stands in line as a plain entry, which costs no promise. Returns what ends the wait without a place. */
  lineUp(lane: string, waiter: Waiter, turn?: Turn): () => void;
  /** Serves those who wait as far as `mayServe` allows: to be called when it may do so again. */
  serve(): void;
  /** Ends the wait of all who can be refused, or of those in one lane. */
  turnAway(reason: Error, lane?: string): void;
  /** Changes the number of places. Those that are held stay held; with fewer places nobody is served until enough are given back. */
  resize(places: number): void;
  readonly inUse: number;
  readonly waiting: number;
  /** How many places are waited for in each lane where somebody waits. */
  waitingByLane(): readonly (readonly [lane: string, waiting: number])[];
};

export type Waiter = {
  /** Called once, before or after `lineUp` returned, with the function that gives the place back. */
  readonly grant: (giveBack: () => void) => void;
  /** Called instead when all are turned away. Those without it stay. */
  readonly refuse?: (reason: Error) => void;
  /** Asked right before a place is granted: how many it stands for, which have a place each in their turn. One without it. */
  readonly left?: () => number;
};
type Lane = { readonly name: string; held: number; readonly waiters: Readonly<Record<Turn, Set<Waiter>>> };

function isIdle({ waiters }: Lane): boolean {
  return waiters.ahead.size + waiters.behind.size === 0;
}

/** `mayServe` is asked right before each place is given out; with true it is. */
export function createFairSemaphore(atFirst: number, mayServe: () => boolean = () => true): FairSemaphore {
  const lanes = new Map<string, Lane>();
  let places = atFirst;
  let inUse = 0;
  let waiting = 0;

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const lane: Lane = { name, held: 0, waiters: { ahead: new Set(), behind: new Set() } };
    lanes.set(name, lane);
    return lane;
  }

  function forgetIdle(lane: Lane): void {
    if (lane.held === 0 && isIdle(lane)) lanes.delete(lane.name);
  }

  function take(lane: Lane): () => void {
    lane.held += 1;
    inUse += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      lane.held -= 1;
      inUse -= 1;
      serve();
      forgetIdle(lane);
    };
  }

  /** The lane that holds the fewest; on a tie the one that has not been served for longest, as the map keeps that order. */
  function neediest(): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of lanes.values()) {
      if (!isIdle(lane) && (!best || lane.held < best.held)) best = lane;
    }
    return best;
  }

  function serveNext(): void {
    const lane = neediest();
    if (!lane) return;
    if (lanes.size > 1) {
      lanes.delete(lane.name);
      lanes.set(lane.name, lane);
    }
    const waiters = lane.waiters.ahead.size > 0 ? lane.waiters.ahead : lane.waiters.behind;
    const [waiter] = waiters;
    if (!waiter) return;
    if (!waiter.left || waiter.left() <= 1) {
      waiters.delete(waiter);
      waiting -= 1;
    }
    waiter.grant(take(lane));
  }

  function serve(): void {
    while (waiting > 0 && inUse < places && mayServe()) serveNext();
  }

  function lineUp(name: string, waiter: Waiter, turn: Turn = "behind"): () => void {
    const lane = laneOf(name);
    lane.waiters[turn].add(waiter);
    waiting += 1;
    serve();
    return () => {
      if (!lane.waiters[turn].delete(waiter)) return;
      waiting -= 1;
      forgetIdle(lane);
    };
  }

  function acquire(name: string, signal: AbortSignal, turn?: Turn): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (waiting === 0 && inUse < places && mayServe()) return Promise.resolve(take(laneOf(name)));
    return new Promise((resolve, reject) => {
      const end = () => signal.removeEventListener("abort", giveUp);
      const giveUp = () => {
        leave();
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const leave = lineUp(
        name,
        {
          grant(giveBack) {
            end();
            resolve(giveBack);
          },
          refuse(reason) {
            end();
            reject(reason);
          },
        },
        turn,
      );
    });
  }

  return {
    acquire,
    lineUp,
    serve,
    turnAway(reason, only) {
      for (const lane of lanes.values()) {
        if (only !== undefined && lane.name !== only) continue;
        for (const waiters of [lane.waiters.ahead, lane.waiters.behind]) {
          for (const waiter of waiters) {
            if (!waiter.refuse) continue;
            waiters.delete(waiter);
            waiting -= 1;
            waiter.refuse(reason);
          }
        }
        forgetIdle(lane);
      }
    },
    resize(newPlaces) {
      places = newPlaces;
      serve();
    },
    get inUse() {
      return inUse;
    },
    get waiting() {
      return waiting;
    },
    waitingByLane: () =>
      Array.from(
        lanes.values(),
        ({ name, waiters }) => [name, standing(waiters.ahead) + standing(waiters.behind)] as const,
      ).filter(([, count]) => count > 0),
  };
}

/** How many places are waited for. */
function standing(waiters: ReadonlySet<Waiter>): number {
  let sum = 0;
  for (const { left } of waiters) sum += left?.() ?? 1;
  return sum;
}
