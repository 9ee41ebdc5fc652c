/**
 * Sends references and answers for each of them: resolved means that the broker has confirmed them all and returned none. Waits for an
 * absent broker for a few seconds only; whoever publishes has the ledger to try again from.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel } from "rabbitmq-client";
import type { QueuedChunk } from "../queue.ts";
import { QueueUnavailable } from "../queue-unavailable.ts";
import type { AmqpAddress } from "./address.ts";
import { type OnQueueEvent, reasonOf } from "./events.ts";
import { messageFromRef } from "./message.ts";
import { keepChannel } from "./standing-channel.ts";
import { declareQueues } from "./topology.ts";
import { unlessAborted } from "./within.ts";

export type Publisher = {
  publish(refs: readonly QueuedChunk[]): Promise<void>;
  close(): Promise<void>;
};

export function openPublisher(deps: {
  readonly address: AmqpAddress;
  readonly queueName: string;
  readonly timeoutMs: number;
  readonly onEvent: OnQueueEvent;
}): Publisher {
  const { address, queueName, timeoutMs } = deps;
  /** Messages that came back on the channel that stands now. */
  let returned = 0;
  let closed = false;

  const standing = keepChannel({
    address,
    link: "publisher",
    connectionName: `storewalk publisher ${queueName}`,
    onEvent: deps.onEvent,
    async setUp(channel) {
      await declareQueues(channel, queueName);
      await channel.confirmSelect();
      channel.on("basic.return", () => {
        returned += 1;
      });
    },
  });

  function unavailable(what: string, cause?: unknown): QueueUnavailable {
    return new QueueUnavailable(`RabbitMQ at ${address.shown} ${what}`, cause === undefined ? {} : { cause });
  }

  async function send(channel: Channel, refs: readonly QueuedChunk[]): Promise<void> {
    const before = returned;
    const envelope = { exchange: "", routingKey: queueName, mandatory: true, durable: true };
    await Promise.all(refs.map((ref) => channel.basicPublish(envelope, messageFromRef(ref))));
    // The broker returns a message before it confirms it, but the library tells of the return a turn later.
    await nextTurn();
    if (returned === before) return;
    // The queue is gone: the next channel declares it again. A return counts against everything in flight; that doubles, never loses.
    const gone = unavailable(`has no queue "${queueName}" any more; it is declared again`);
    standing.renew(channel, gone);
    throw gone;
  }

  return {
    async publish(refs) {
      if (closed) throw new QueueUnavailable("the queue is closed: this process is stopping");
      if (refs.length === 0) return;
      const blocked = standing.blocked();
      if (blocked !== null) throw unavailable(`takes no messages now: ${blocked}`);
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const channel = await standing.ready(deadline);
        await unlessAborted(deadline, send(channel, refs));
      } catch (error) {
        if (error instanceof QueueUnavailable) throw error;
        if (!deadline.aborted) throw unavailable(`did not confirm: ${reasonOf(error)}`, error);
        const fault = standing.fault();
        throw unavailable(`did not confirm within ${timeoutMs} ms: ${reasonOf(fault)}`, fault);
      }
    },

    async close() {
      closed = true;
      await standing.close();
    },
  };
}
