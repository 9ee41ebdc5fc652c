/** A background loop that can be woken early and stopped for good. The one shape of dispatcher, sweeper and lease renewal. */
import type { Clock } from "./clock.ts";

export type Loop = {
  /** Runs the next round at once, or right after the one in hand. */
  wake(): void;
  /** Resolves when the round in hand is over; no other follows. */
  stop(): Promise<void>;
};

/** Repeats `round` until stopped. A round that throws is reported and the loop goes on after its usual pause. */
export function startLoop(deps: {
  readonly clock: Clock;
  readonly pauseMs: number;
  readonly round: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}): Loop {
  const stopping = new AbortController();
  let pause = new AbortController();
  let woken = false;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      await deps.round().catch(deps.onError);
      if (woken || stopping.signal.aborted) continue;
      pause = new AbortController();
      await deps.clock.sleep(deps.pauseMs, pause.signal);
    }
  }

  const running = run();
  return {
    wake() {
      woken = true;
      pause.abort();
    },
    async stop() {
      stopping.abort();
      pause.abort();
      await running;
    },
  };
}
