/**
 * Reads what may be slow or away on behalf of many who ask: one read at a time, its answer shared for a moment. Nobody waits longer
 * than the limit; who gets nothing must show nothing, never an older answer.
 */

export type RecentReading<T> = () => Promise<T | null>;

export function createRecentReading<T>(deps: {
  readonly read: () => Promise<T>;
  /** For how long an answer is as good as a new one. */
  readonly keepMs: number;
  /** What a caller waits at most. The read goes on, for those who ask next. */
  readonly waitMs: number;
  readonly now: () => number;
}): RecentReading<T> {
  let kept: { readonly value: T; readonly at: number } | null = null;
  let reading: Promise<T | null> | null = null;

  async function read(): Promise<T | null> {
    try {
      const value = await deps.read();
      kept = { value, at: deps.now() };
      return value;
    } catch {
      // The one who asks is told that there is nothing; who uses the ledger in earnest reports the cause.
      return null;
    }
  }

  return async () => {
    if (kept && deps.now() - kept.at < deps.keepMs) return kept.value;
    reading ??= read().finally(() => {
      reading = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, deps.waitMs, null);
    });
    try {
      return await Promise.race([reading, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
