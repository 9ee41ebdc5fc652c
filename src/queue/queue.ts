/**
 * The queue's port: carries references to chunks from the dispatcher to the workers, nothing else.
 * It may lose, double or reorder them: the ledger's claim decides, its sweeper re-sends. Types only.
 */

export type QueuedChunk = { readonly jobId: number; readonly chunk: number };

export type Queue = {
  /** Resolves once the references are as safe as the queue makes them. */
  publish(refs: readonly QueuedChunk[]): Promise<void>;
  /**
   * Hands references to `handle`, at most `prefetch` at a time; one is acknowledged when `handle` resolves.
   * Returns a function that stops the hand-out and resolves when the handlers in hand are done.
   */
  consume(prefetch: number, handle: (ref: QueuedChunk) => Promise<void>): () => Promise<void>;
};
