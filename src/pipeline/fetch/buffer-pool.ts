/**
 * Buffers for the beginnings of files, used again and again: a fresh one for each image makes the collector work as long as the
 * fetching itself. Must never hand out a buffer that somebody still reads: only what was given back is used again.
 */

export type BufferPool = {
  readonly bytes: number;
  take(): Uint8Array;
  /** Takes back the buffer under `view`, when it is one of the pool's. Nobody may read it from then on. */
  giveBack(view: Uint8Array): void;
};

export function createBufferPool(deps: { readonly bytes: number; readonly mostKept: number }): BufferPool {
  const free: Uint8Array[] = [];
  const taken = new WeakSet<ArrayBufferLike>();
  return {
    bytes: deps.bytes,
    take() {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(deps.bytes);
      taken.add(buffer.buffer);
      return buffer;
    },
    giveBack(view) {
      // Deleting it first makes a second return of the same buffer nothing.
      if (taken.delete(view.buffer) && free.length < deps.mostKept) free.push(Buffer.from(view.buffer));
    },
  };
}
