/** Keeps the window of chunks in flight filled. Which chunk goes next is the ledger's choice; a crash between the two steps is the sweeper's. */

import type { DispatchedChunk, DispatchLimits, WorkLedger } from "../ledger/port/work-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import type { Queue } from "../queue/queue.ts";

const CHUNKS_A_ROUND = 32;
/** Nothing depends on this pause: sealing a job and ending a chunk wake the dispatcher. It heals a lost wake-up. */
const IDLE_PAUSE_MS = 1_000;

export type Window = Omit<DispatchLimits, "maxChunks">;

export function startDispatcher(deps: {
  readonly ledger: Pick<WorkLedger, "dispatch">;
  readonly queue: Pick<Queue, "publish">;
  readonly clock: Clock;
  /** What may be in flight at this moment, over every process. */
  readonly window: () => Window;
  readonly onError: (error: unknown) => void;
}): Loop {
  /** Chunks that the ledger takes for queued and the queue has not confirmed. Sent again first: a doubled reference changes nothing. */
  let unsent: readonly DispatchedChunk[] = [];

  async function round(): Promise<void> {
    if (unsent.length === 0) unsent = await deps.ledger.dispatch({ ...deps.window(), maxChunks: CHUNKS_A_ROUND });
    if (unsent.length === 0) return;
    await deps.queue.publish(unsent);
    const sent = unsent.length;
    unsent = [];
    if (sent === CHUNKS_A_ROUND) loop.wake();
  }

  const loop = startLoop({ clock: deps.clock, pauseMs: IDLE_PAUSE_MS, onError: deps.onError, round });
  return loop;
}
