/**
 * The queue's port: carries references to chunks from the dispatcher to the workers, nothing else.
 * It may lose, double or reorder them: the ledger's claim decides, its sweeper re-sends. Types only.
 */

export type QueuedChunk = {
  readonly jobId: number;
  readonly chunk: number;
  /** Not to wait behind what is not: it has a lane of its own, with as many places in hand. */
  readonly urgent: boolean;
};

export type Delivery = Omit<QueuedChunk, "urgent"> & {
  /**
   * The queue handed this out before, and that consumer's connection ended without an acknowledgement. A hint only: it may be
   * missing, and it is also set for what a consumer that stopped gave back. The ledger decides.
   */
  readonly redelivered: boolean;
};

export type Queue = {
  /**
   * Resolves once the references are as safe as the queue makes them. Rejects with `QueueUnavailable` within seconds when the queue
   * cannot promise that; some of them may be in the queue all the same, so whoever tries again may double them.
   */
  publish(refs: readonly QueuedChunk[]): Promise<void>;
  /**
   * Hands references to `handle`, at most `prefetch` of each lane at a time, and goes on by itself when the queue goes and comes back. One is
   * acknowledged when `handle` resolves; when it rejects the reference is given up, never handed out again by itself.
   * Returns a function that stops the hand-out and resolves when the handlers in hand are done.
   */
  consume(prefetch: number, handle: (delivery: Delivery) => Promise<void>): () => Promise<void>;
  /** For when every consumer has stopped: ends the connections. What is published afterwards is rejected. */
  close(): Promise<void>;
};
