/** Keeps the window of chunks in flight filled. Which chunk goes next is the ledger's choice; a crash between the two steps is the sweeper's. */
import type { Clock } from "../clock.ts";
import type { WorkLedger } from "../ledger/ledger.ts";
import type { Queue } from "../queue/queue.ts";
import { type Loop, startLoop } from "./loop.ts";

const CHUNKS_A_ROUND = 32;
/** Nothing depends on this pause: sealing a job and ending a chunk wake the dispatcher. It heals a lost wake-up. */
const IDLE_PAUSE_MS = 1_000;

export function startDispatcher(deps: {
  readonly ledger: Pick<WorkLedger, "dispatch">;
  readonly queue: Pick<Queue, "publish">;
  readonly clock: Clock;
  readonly windowImages: number;
  readonly onError: (error: unknown) => void;
}): Loop {
  const loop = startLoop({
    clock: deps.clock,
    pauseMs: IDLE_PAUSE_MS,
    onError: deps.onError,
    round: async () => {
      const refs = await deps.ledger.dispatch({ windowImages: deps.windowImages, maxChunks: CHUNKS_A_ROUND });
      if (refs.length === 0) return;
      await deps.queue.publish(refs);
      if (refs.length === CHUNKS_A_ROUND) loop.wake();
    },
  });
  return loop;
}
