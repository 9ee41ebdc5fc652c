/**
 * Deadlines of everything that is under way, on one timer. A timer of its own costs an image more than its place in this list,
 * and a deadline of a minute may be a tenth of a second late.
 */

export type Deadlines = {
  /** Calls back once so much time has passed, unless the returned function is called first. */
  start(afterMs: number, onPassed: () => void): () => void;
};

const TICK_MS = 100;

export function createDeadlines(): Deadlines {
  type Deadline = { readonly endsAt: number; readonly onPassed: () => void };
  const running = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;

  function arm(afterMs: number): void {
    // What the deadline is for keeps the process alive by itself.
    timer = setTimeout(tick, afterMs).unref();
  }

  function tick(): void {
    timer = undefined;
    const now = performance.now();
    for (const deadline of running) {
      if (deadline.endsAt > now) continue;
      running.delete(deadline);
      deadline.onPassed();
    }
    if (running.size > 0 && !timer) arm(TICK_MS);
  }

  return {
    start(afterMs, onPassed) {
      const deadline: Deadline = { endsAt: performance.now() + afterMs, onPassed };
      running.add(deadline);
      if (!timer) arm(TICK_MS);
      return () => running.delete(deadline);
    },
  };
}
