/** The queue inside one process. Keeps nothing beyond the process: after a crash the ledger's recovery sends everything again. */
import type { Queue, QueuedChunk } from "./queue.ts";
import { QueueUnavailable } from "./queue-unavailable.ts";

export function createInProcessQueue(): Queue {
  const waiting: QueuedChunk[] = [];
  const deliveries = new Set<() => void>();
  let closed = false;

  return {
    async publish(refs) {
      if (closed) throw new QueueUnavailable("the queue is closed: this process is stopping");
      waiting.push(...refs);
      for (const deliver of deliveries) deliver();
    },

    consume(prefetch, handle) {
      const inHand = new Set<Promise<void>>();

      function deliver(): void {
        while (inHand.size < prefetch) {
          const ref = waiting.shift();
          if (!ref) return;
          // A handler that fails loses the reference, as a queue may; the ledger's sweeper re-sends it.
          const served = handle({ ...ref, redelivered: false })
            .catch(() => {})
            .finally(() => {
              inHand.delete(served);
              if (deliveries.has(deliver)) deliver();
            });
          inHand.add(served);
        }
      }

      deliveries.add(deliver);
      deliver();
      return async () => {
        deliveries.delete(deliver);
        await Promise.all(inHand);
      };
    },

    async close() {
      closed = true;
    },
  };
}
