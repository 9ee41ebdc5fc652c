/** The queue inside one process. Keeps nothing beyond the process: after a crash the ledger's recovery sends everything again. */
import type { Delivery, Queue, QueuedChunk } from "./queue.ts";
import { QueueUnavailable } from "./queue-unavailable.ts";

/** What waits, in order, and who looks for it. */
type Lane = { readonly waiting: QueuedChunk[]; readonly deliveries: Set<() => void> };

export function createInProcessQueue(): Queue {
  const urgent: Lane = { waiting: [], deliveries: new Set() };
  const other: Lane = { waiting: [], deliveries: new Set() };
  let closed = false;

  return {
    async publish(refs) {
      if (closed) throw new QueueUnavailable("the queue is closed: this process is stopping");
      for (const ref of refs) (ref.urgent ? urgent : other).waiting.push(ref);
      for (const { deliveries } of [urgent, other]) for (const deliver of deliveries) deliver();
    },

    consume(prefetch, handle) {
      const stops = [urgent, other].map((lane) => consumeLane(lane, prefetch, handle));
      return async () => {
        await Promise.all(stops.map((stop) => stop()));
      };
    },

    async close() {
      closed = true;
    },
  };
}

function consumeLane(
  { waiting, deliveries }: Lane,
  prefetch: number,
  handle: (delivery: Delivery) => Promise<void>,
): () => Promise<void> {
  const inHand = new Set<Promise<void>>();

  function deliver(): void {
    while (inHand.size < prefetch) {
      const ref = waiting.shift();
      if (!ref) return;
      // A handler that fails loses the reference, as a queue may; the ledger's sweeper re-sends it.
      const served = handle({ jobId: ref.jobId, chunk: ref.chunk, redelivered: false })
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
}
