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
import { declareQueues, lanesOf } from "./topology.ts";
import { within } from "./within.ts";

type Arrival = { readonly channel: Channel; readonly message: AsyncMessage };

/** One queue's part of the hand-out. */
type Lane = {
  readonly queue: string;
  readonly inHand: Set<Promise<void>>;
  /** More than fits in hand: after a reconnection the broker counts from zero while old handlers still run. */
  arrived: Arrival[];
};

/** Returns a function that stops the hand-out and resolves when the handlers in hand are done and acknowledged. */
export function startConsumer(deps: {
  readonly address: AmqpAddress;
  readonly queueName: string;
  readonly prefetch: number;
  readonly handle: (delivery: Delivery) => Promise<void>;
  readonly onEvent: OnQueueEvent;
}): () => Promise<void> {
  const { address, queueName, prefetch, onEvent } = deps;
  const lanes = lanesOf(queueName).map((queue): Lane => ({ queue, inHand: new Set(), arrived: [] }));
  let consumers: readonly { readonly channel: Channel; readonly tag: string }[] = [];
  let stopping = false;

  const standing = keepChannel({
    address,
    link: "consumer",
    connectionName: `storewalk consumer ${queueName}`,
    onEvent,
    async setUp(channel) {
      channel.once("close", () => {
        for (const lane of lanes) lane.arrived = lane.arrived.filter((arrival) => arrival.channel !== channel);
      });
      channel.once("basic.cancel", () => {
        standing.renew(
          channel,
          new Error(`the broker ended the hand-out: the queue "${queueName}" or its lane was deleted or moved`),
        );
      });
      await declareQueues(channel, queueName);
      // RabbitMQ counts it for each consumer of the channel by itself, so that each lane has as many.
      await channel.basicQos({ prefetchCount: prefetch });
      if (stopping) return;
      const begun = lanes.map(async (lane) => {
        const { consumerTag } = await channel.basicConsume({ queue: lane.queue }, (message) => {
          // What arrives while stopping stays unacknowledged and returns to the queue with the end of the channel.
          if (stopping) return;
          lane.arrived.push({ channel, message });
          handOut(lane);
        });
        return { channel, tag: consumerTag };
      });
      consumers = await Promise.all(begun);
    },
  });

  function handOut(lane: Lane): void {
    while (lane.inHand.size < prefetch) {
      const arrival = lane.arrived.shift();
      if (!arrival) return;
      const served = serve(arrival).finally(() => {
        lane.inHand.delete(served);
        handOut(lane);
      });
      lane.inHand.add(served);
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
    for (const lane of lanes) lane.arrived = [];
    const active = consumers.filter(({ channel }) => channel.active);
    const cancelled = Promise.all(active.map(({ channel, tag }) => channel.basicCancel(tag)));
    await Promise.all([within(CLOSE_MS, cancelled), ...lanes.flatMap(({ inHand }) => [...inHand])]);
    await standing.close();
  };
}

/** An answer on a channel that is gone says nothing: the broker sends the message again, and the ledger knows that it is done. */
function settle(channel: Channel, answer: () => void): void {
  if (channel.active) answer();
}
