/** Keeps the sums over jobs close behind the results: a step at a time with rests between, so that nobody waits behind it. */
import type { InsightLedger } from "../ledger/port/insight-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";

/** Results of so long share the pages of the sums that they change. */
const LOOK_AGAIN_MS = 1_000;
const REST_MS = 50;

export function startAddingUp(deps: {
  readonly ledger: Pick<InsightLedger, "addUpSums">;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}): Loop {
  const stopping = new AbortController();

  async function round(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { more } = await deps.ledger.addUpSums();
      if (!more) return;
      await deps.clock.sleep(REST_MS, stopping.signal);
    }
  }

  const loop = startLoop({ clock: deps.clock, pauseMs: LOOK_AGAIN_MS, onError: deps.onError, round });
  return {
    wake: loop.wake,
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
