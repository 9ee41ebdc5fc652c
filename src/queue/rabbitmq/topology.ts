/**
 * The queues at the broker, one for each lane and one for dead letters, and their arguments. Declared whenever a channel is set up, so a wiped broker has them again at once.
 * Arguments never change after a release: a broker refuses (406) to declare a queue that exists with others.
 */
import type { Channel } from "rabbitmq-client";
import type { QueuedChunk } from "../queue.ts";

/**
 * Hand-outs that may end without an acknowledgement until the broker gives a reference up. Explicit, because RabbitMQ 3.10 knows no limit
 * by default and 4.x has this one. Attempts are counted in the ledger; this only ends a message that brings every consumer down.
 */
const DELIVERY_LIMIT = 20;
/** The dead-letter queue is a trace for people, not a store: the oldest go first. */
const DEAD_LETTERS_KEPT = 10_000;

export const deadLetterQueueOf = (queueName: string): string => `${queueName}.dead`;

/** The two lanes: a queue's own name, as it was before there were urgent references, and a queue beside it. */
export const laneOf = (queueName: string, { urgent }: Pick<QueuedChunk, "urgent">): string =>
  urgent ? `${queueName}.urgent` : queueName;

export const lanesOf = (queueName: string): readonly string[] =>
  [true, false].map((urgent) => laneOf(queueName, { urgent }));

export async function declareQueues(channel: Channel, queueName: string): Promise<void> {
  const deadLetters = deadLetterQueueOf(queueName);
  await channel.queueDeclare({
    queue: deadLetters,
    durable: true,
    arguments: { "x-queue-type": "quorum", "x-max-length": DEAD_LETTERS_KEPT, "x-overflow": "drop-head" },
  });
  for (const queue of lanesOf(queueName)) {
    await channel.queueDeclare({
      queue,
      durable: true,
      arguments: {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": deadLetters,
      },
    });
  }
}
