/** A clock that stands still until the test lets time pass. */
import type { Clock } from "../process/clock.ts";

export type FakeClock = Clock & {
  /** Moves on by `ms` and wakes every sleeper whose time has come, in order. */
  pass(ms: number): Promise<void>;
};

type Sleeper = { readonly until: number; readonly wake: () => void };

export function createFakeClock(start = 1_000_000): FakeClock {
  let at = start;
  const sleepers = new Set<Sleeper>();
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  return {
    now: () => at,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const sleeper = { until: at + ms, wake };
        function wake(): void {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", wake);
          resolve();
        }
        sleepers.add(sleeper);
        signal.addEventListener("abort", wake, { once: true });
      }),
    async pass(ms) {
      await settle();
      const end = at + ms;
      for (;;) {
        const [next] = [...sleepers].filter(({ until }) => until <= end).toSorted((a, b) => a.until - b.until);
        if (!next) break;
        at = Math.max(at, next.until);
        next.wake();
        await settle();
      }
      at = end;
      await settle();
    },
  };
}
