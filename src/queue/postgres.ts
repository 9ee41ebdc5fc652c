/**
 * The queue of a fleet without a broker: the ledger's own chunk rows are the queue, and a publish only wakes whoever looks for them. Holds no
 * truth of its own and needs no message to arrive: each consumer looks every second or two as well.
 */
import { databaseAddressFromUrl } from "../postgres/address.ts";
import { createDatabase } from "../postgres/database.ts";
import { startConsumer } from "./postgres-consumer.ts";
import type { Queue } from "./queue.ts";
import type { OnQueueEvent } from "./queue-events.ts";
import { QueueUnavailable } from "./queue-unavailable.ts";

/** A channel belongs to the whole database; its name tells the schemas apart. */
export const CHANNEL = `'storewalk_chunks_' || md5(current_schema())`;

const WAKE_CONSUMERS = `
  select pg_notify(${CHANNEL}, '')`;

/**
 * Connects in the background; a server that is away is no error. `url` must name the ledger's database: what is published must stand there as
 * queued, and the handler must claim it there. Throws for a URL that is no address of PostgreSQL, without repeating it.
 */
export function openPostgresQueue(options: { readonly url: string; readonly onEvent: OnQueueEvent }): Queue {
  const { onEvent } = options;
  const address = databaseAddressFromUrl(options.url);
  const db = createDatabase({
    address,
    awayError: QueueUnavailable,
    onEvent(event) {
      if (event.kind === "lost") onEvent({ kind: "lost", link: "publisher", reason: event.reason });
      if (event.kind === "back") onEvent({ kind: "ready", link: "publisher" });
    },
  });
  const stops = new Set<() => Promise<void>>();
  let closed = false;

  return {
    async publish(refs) {
      if (closed) throw new QueueUnavailable("the queue is closed: this process is stopping");
      if (refs.length > 0) await db.write(WAKE_CONSUMERS);
    },

    consume(prefetch, handle) {
      const stop = startConsumer({ address, channel: CHANNEL, prefetch, handle, onEvent });
      stops.add(stop);
      return () => {
        stops.delete(stop);
        return stop();
      };
    },

    async close() {
      closed = true;
      await Promise.all([db.close(), ...[...stops].map((stop) => stop())]);
    },
  };
}
