/**
 * One timer for the deadlines of all connections of a thread. It counts ticks and reads no clock: a thread that stood still for a while
 * takes no host for silent. Ticks only while somebody waits.
 */

export type Deadline = {
  /** The tick at which it passes. */
  at: number;
  readonly onPassed: () => void;
};

export type Deadlines = {
  /** The tick that comes when so many milliseconds have passed, never before. */
  after(ms: number): number;
  watch(deadline: Deadline): void;
  forget(deadline: Deadline): void;
};

export const NO_DEADLINE = Number.POSITIVE_INFINITY;

const TICK_MS = 50;

/** There are no more connections than places, so that looking at each of them every so often costs less than any order among them. */
export function createDeadlines(): Deadlines {
  const watched = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;
  let now = 0;

  function tick(): void {
    now += 1;
    for (const deadline of watched) if (deadline.at <= now) deadline.onPassed();
  }

  return {
    after: (ms) => now + Math.ceil(ms / TICK_MS) + 1,
    watch(deadline) {
      watched.add(deadline);
      timer ??= setInterval(tick, TICK_MS);
    },
    forget(deadline) {
      watched.delete(deadline);
      if (watched.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
