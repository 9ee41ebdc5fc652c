/** How long to wait before the next try at the broker: it doubles, is capped, and is spread so that a fleet does not return in step. */
export const LEAST_BACKOFF_MS = 100;
export const MOST_BACKOFF_MS = 5_000;

/** `failures` in a row, at least 1; `random` from 0 to 1. The client library spreads its own reconnections in the same way. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(MOST_BACKOFF_MS, LEAST_BACKOFF_MS * 2 ** failures);
  return LEAST_BACKOFF_MS + random * (ceiling - LEAST_BACKOFF_MS);
}
