/**
 * Room in memory for files that are held whole until they were decoded, shared fairly between jobs: fetching is quicker than decoding, and
 * would pile up files. A file that is long on its way gives its room up and comes all the same: a slow host must hold up nobody.
 */
import { createFairSemaphore } from "./fair-semaphore.ts";

/** Of a file whose host does not say how long it is. */
const LIKELY_BYTES = 2 ** 20;
const LONGEST_WAY_MS = 5_000;

export type Stay = {
  /** The file is here: it has its room until it leaves. */
  arrived(): void;
  leave(): void;
};

export type FileRoom = {
  /** Waits for room. Rejects with the signal's reason. */
  enter(bytes: number | null, lane: string, signal: AbortSignal): Promise<Stay>;
};

/** A file comes in while less than `mostBytes` are taken, however long it is itself. */
export function createFileRoom(mostBytes: number, longestWayMs = LONGEST_WAY_MS): FileRoom {
  let taken = 0;
  const places = createFairSemaphore(Number.POSITIVE_INFINITY, () => taken < mostBytes);

  function stayOf(size: number, giveBack: () => void): Stay {
    let counted = size;
    taken += size;
    const leave = () => {
      clearTimeout(limit);
      taken -= counted;
      counted = 0;
      giveBack();
      // Given back already where the file was long on its way: what it took since then is free as well.
      places.serve();
    };
    const limit = setTimeout(leave, longestWayMs).unref();
    return {
      arrived() {
        clearTimeout(limit);
        taken += size - counted;
        counted = size;
      },
      leave,
    };
  }

  return {
    enter: (bytes, lane, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        let leaveLine = () => {};
        const abort = () => {
          leaveLine();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        leaveLine = places.lineUp(lane, {
          grant(giveBack) {
            signal.removeEventListener("abort", abort);
            resolve(stayOf(bytes ?? LIKELY_BYTES, giveBack));
          },
        });
      }),
  };
}
