/** Ends a body that comes too slowly. Counts only the time in which we wait for the client: while we are slow ourselves nobody is late. */
import { ApiError } from "../problems/api-error.ts";

export type Pace = {
  /** So many bytes must come in each such time of waiting. */
  readonly bytes: number;
  readonly withinMs: number;
};

/** A body may wait for its own source for half a minute, and may be as slow as the worst of lines. */
export const BODY_PACE: Pace = { bytes: 1_024, withinMs: 30_000 };

/** Throws an ApiError when they are late. */
export async function* atPace(
  bytes: AsyncIterable<Uint8Array>,
  { bytes: leastBytes, withinMs }: Pace,
): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  let waitedMs = 0;
  let came = 0;
  let isWaiting = false;
  try {
    for (;;) {
      const askedAt = performance.now();
      isWaiting = true;
      const next = await inTime(iterator.next(), withinMs - waitedMs);
      isWaiting = false;
      if (next.done) return;
      waitedMs += performance.now() - askedAt;
      came += next.value.length;
      if (came >= leastBytes) {
        waitedMs = 0;
        came = 0;
      }
      yield next.value;
    }
  } finally {
    const letGo = Promise.resolve(iterator.return?.());
    // It must have let go of the source before the rest of a body is let in, unless it stands behind a piece that may never come.
    if (isWaiting) void letGo.catch(() => {});
    else await letGo;
  }
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
    // Whoever loses the race has nobody to tell.
    promise.catch(() => {});
  }
}

function tooSlow(): ApiError {
  return new ApiError("request_timeout", "the body came too slowly; nothing of it was kept", {
    headers: { connection: "close" },
  });
}
