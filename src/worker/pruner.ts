/** Removes jobs that ended long enough ago, step by step with rests between, so that nobody waits behind it. */

import type { UpkeepLedger } from "../ledger/port/upkeep-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";

const LOOK_AGAIN_MS = 60_000;
const REST_MS = 100;

export function startPruner(deps: {
  readonly ledger: Pick<UpkeepLedger, "prune">;
  readonly clock: Clock;
  readonly keepMs: number;
  readonly onRemoved: (jobId: number) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const stopping = new AbortController();

  async function round(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { removed, more } = await deps.ledger.prune(deps.keepMs);
      if (removed !== null) deps.onRemoved(removed);
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
