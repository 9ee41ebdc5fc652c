/** Outlasts a ledger that is away: the work in hand is kept and the same call made again, until it gets through or nobody wants to wait. */

import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { Clock } from "../process/clock.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_500;

/** Calls until the answer is anything but LedgerUnavailable, which is thrown on only after the signal's abort. `attempt` counts from 1. */
export async function repeatWhileAway<T>(
  deps: { readonly clock: Clock; readonly signal: AbortSignal },
  call: (attempt: number) => Promise<T>,
): Promise<T> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(attempt);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) || deps.signal.aborted) throw error;
    }
    await deps.clock.sleep(pauseMs, deps.signal);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}
