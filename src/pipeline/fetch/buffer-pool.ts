/**
 * Buffers for the beginnings and the ends of files, used again and again: a fresh one for each image makes the collector work as long as the
 * fetching itself. Must never hand out a buffer that somebody still reads: only what was given back is used again.
 */

export type BufferPool = {
  readonly bytes: number;
  take(): Uint8Array;
  /** Takes back the buffer under `view`, when it is one of the pool's. Nobody may read it from then on. */
  giveBack(view: Uint8Array): void;
};

type Pooled = { readonly bytes: Uint8Array; isTaken: boolean };

export function createBufferPool(deps: { readonly bytes: number; readonly mostKept: number }): BufferPool {
  const free: Pooled[] = [];
  // Written once for each buffer, and not each time that it is used: the collector walks through what is written here.
  const pooled = new WeakMap<ArrayBufferLike, Pooled>();

  function create(): Pooled {
    const bytes = Buffer.allocUnsafeSlow(deps.bytes);
    const made = { bytes, isTaken: true };
    pooled.set(bytes.buffer, made);
    return made;
  }

  return {
    bytes: deps.bytes,
    take() {
      const one = free.pop() ?? create();
      one.isTaken = true;
      return one.bytes;
    },
    giveBack(view) {
      const one = pooled.get(view.buffer);
      if (!one?.isTaken) return;
      one.isTaken = false;
      if (free.length < deps.mostKept) free.push(one);
    },
  };
}

/** Pools of several lengths, the shortest first. */
export type Buffers = {
  /** Of the shortest that will do, null when none is so long. */
  take(bytes: number): Uint8Array | null;
  readonly giveBack: BufferPool["giveBack"];
  /** The longest. */
  readonly bytes: number;
};

export function createBuffers(pools: readonly BufferPool[]): Buffers {
  return {
    take: (bytes) => pools.find((pool) => pool.bytes >= bytes)?.take() ?? null,
    giveBack(view) {
      for (const pool of pools) pool.giveBack(view);
    },
    bytes: pools.at(-1)?.bytes ?? 0,
  };
}
