/**
 * Until a process is up, a ledger that is away for a moment is waited for: whoever starts a fleet starts its database as well, and a
 * busy one may be slow to answer the first questions. Must not wait for anything else.
 */
import { systemClock } from "../process/clock.ts";
import { repeatWhileAway } from "../worker/while-away.ts";

/** A signal ends a process that is not up yet, and this wait with it. */
const NEVER = new AbortController().signal;

/** Asks again until the ledger answers. Rejects with whatever else goes wrong. */
export function whileStarting<T>(ask: () => Promise<T>): Promise<T> {
  return repeatWhileAway({ clock: systemClock, signal: NEVER }, ask);
}
