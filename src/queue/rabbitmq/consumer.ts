/**
 * Hands messages to a handler and acknowledges each on the channel it came by, after the handler is done. A handler may run for many
 * minutes and outlive its connection: its place stays taken, its acknowledgement is void, and the message comes again for the ledger to judge.
 */
import type { AsyncMessage, Channel } from "rabbitmq-client";
import type { Delivery } from "../queue.ts";
import type { OnQueueEvent } from "../queue-events.ts";
import type { AmqpAddress } from "./address.ts";
import { CLOSE_MS } from "./link.ts";
import { refFromMessage } from "./message.ts";
import { keepChannel } from "./standing-channel.ts";
import { declareQueues } from "./topology.ts";
import { within } from "./within.ts";

type Arrival = { readonly channel: Channel; readonly message: AsyncMessage };

/** Returns a function that stops the hand-out and resolves when the handlers in hand are done and acknowledged. */
export function startConsumer(deps: {
  readonly address: AmqpAddress;
  readonly queueName: string;
  readonly prefetch: number;
  readonly handle: (delivery: Delivery) => Promise<void>;
  readonly onEvent: OnQueueEvent;
}): () => Promise<void> {
  const { address, queueName, prefetch, onEvent } = deps;
  const inHand = new Set<Promise<void>>();
  /** More than fits in hand: after a reconnection the broker counts from zero while old handlers still run. */
  let arrived: Arrival[] = [];
  let consumer: { readonly channel: Channel; readonly tag: string } | null = null;
  let stopping = false;

  const standing = keepChannel({
    address,
    link: "consumer",
    connectionName: `storewalk consumer ${queueName}`,
    onEvent,
    async setUp(channel) {
      channel.once("close", () => {
        arrived = arrived.filter((arrival) => arrival.channel !== channel);
      });
      channel.once("basic.cancel", () => {
        standing.renew(
          channel,
          new Error(`the broker ended the hand-out: the queue "${queueName}" was deleted or moved`),
        );
      });
      await declareQueues(channel, queueName);
      await channel.basicQos({ prefetchCount: prefetch });
      if (stopping) return;
      const { consumerTag } = await channel.basicConsume({ queue: queueName }, (message) => {
        // What arrives while stopping stays unacknowledged and returns to the queue with the end of the channel.
        if (stopping) return;
        arrived.push({ channel, message });
        handOut();
      });
      consumer = { channel, tag: consumerTag };
    },
  });

  function handOut(): void {
    while (inHand.size < prefetch) {
      const arrival = arrived.shift();
      if (!arrival) return;
      const served = serve(arrival).finally(() => {
        inHand.delete(served);
        handOut();
      });
      inHand.add(served);
    }
  }

  async function serve({ channel, message }: Arrival): Promise<void> {
    const { deliveryTag, redelivered } = message;
    const ref = refFromMessage(message.body);
    if (!ref) {
      onEvent({ kind: "unreadable" });
      return settle(channel, () => channel.basicNack({ deliveryTag, requeue: false }));
    }
    try {
      await deps.handle({ ...ref, redelivered });
      settle(channel, () => channel.basicAck({ deliveryTag }));
    } catch (error) {
      // To the dead-letter queue rather than back: put back, it would return at once and fail again. The ledger's sweeper re-sends.
      onEvent({ kind: "handler-failed", error });
      settle(channel, () => channel.basicNack({ deliveryTag, requeue: false }));
    }
  }

  return async () => {
    stopping = true;
    arrived = [];
    const cancelled = consumer?.channel.active ? consumer.channel.basicCancel(consumer.tag) : Promise.resolve();
    await Promise.all([within(CLOSE_MS, cancelled), ...inHand]);
    await standing.close();
  };
}

/** An answer on a channel that is gone says nothing: the broker sends the message again, and the ledger knows that it is done. */
function settle(channel: Channel, answer: () => void): void {
  if (channel.active) answer();
}
