/**
 * The queue at a RabbitMQ broker, from 3.10 on: a durable quorum queue with a dead-letter queue beside it, confirmed publishes, acknowledgement
 * after the handler. Must never hold a truth of its own: purged, wiped, doubled or reordered, it costs time only (docs/decisions/0008).
 */
import type { Queue } from "./queue.ts";
import type { OnQueueEvent } from "./queue-events.ts";
import { addressFromUrl } from "./rabbitmq/address.ts";
import { startConsumer } from "./rabbitmq/consumer.ts";
import { openPublisher } from "./rabbitmq/publisher.ts";

const PUBLISH_TIMEOUT_MS = 5_000;

/**
 * Connects in the background, at once for publishing and with the first `consume` for consuming; a broker that is away is no error.
 * Throws for a URL that is no AMQP address, without repeating it.
 */
export function openRabbitmqQueue(options: {
  readonly url: string;
  readonly queueName: string;
  readonly onEvent: OnQueueEvent;
  /** How long `publish` waits for the broker's word. */
  readonly publishTimeoutMs?: number;
}): Queue {
  const { queueName, onEvent } = options;
  const address = addressFromUrl(options.url);
  const timeoutMs = options.publishTimeoutMs ?? PUBLISH_TIMEOUT_MS;
  const publisher = openPublisher({ address, queueName, timeoutMs, onEvent });
  const stops = new Set<() => Promise<void>>();

  return {
    publish: publisher.publish,

    consume(prefetch, handle) {
      const stop = startConsumer({ address, queueName, prefetch, handle, onEvent });
      stops.add(stop);
      return () => {
        stops.delete(stop);
        return stop();
      };
    },

    async close() {
      await Promise.all([publisher.close(), ...[...stops].map((stop) => stop())]);
    },
  };
}
