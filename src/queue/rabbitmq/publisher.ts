/**
 * Sends references and answers for each of them: resolved means that the broker has confirmed them all and returned none. Tries again
 * for a few seconds only: whoever publishes has the ledger to try again from.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel } from "rabbitmq-client";
import { systemClock } from "../../process/clock.ts";
import type { QueuedChunk } from "../queue.ts";
import { type OnQueueEvent, reasonOf } from "../queue-events.ts";
import { QueueUnavailable } from "../queue-unavailable.ts";
import type { AmqpAddress } from "./address.ts";
import { backoffMs } from "./backoff.ts";
import { messageFromRef } from "./message.ts";
import { keepChannel } from "./standing-channel.ts";
import { declareQueues, laneOf } from "./topology.ts";
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
  const closing = new AbortController();

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

  async function send(channel: Channel, refs: readonly QueuedChunk[]): Promise<void> {
    const before = returned;
    const envelope = { exchange: "", mandatory: true, durable: true };
    await Promise.all(
      refs.map((ref) => channel.basicPublish({ ...envelope, routingKey: laneOf(queueName, ref) }, messageFromRef(ref))),
    );
    // The broker returns a message before it confirms it, but the library tells of the return a turn later.
    await nextTurn();
    if (returned === before) return;
    // The queue is gone: the next channel declares it again. A return counts against everything in flight; that doubles, never loses.
    const gone = new Error(`the queue "${queueName}" or its lane for what is urgent was deleted`);
    standing.renew(channel, gone);
    throw gone;
  }

  async function tryOnce(refs: readonly QueuedChunk[], over: AbortSignal): Promise<void> {
    const blocked = standing.blocked();
    // What is sent to a broker that does not read piles up here, and with every further try once more.
    if (blocked !== null) throw new Error(`it takes no messages now: ${blocked}`);
    const channel = await standing.ready(over);
    await unlessAborted(over, send(channel, refs));
  }

  return {
    async publish(refs) {
      if (refs.length === 0) return;
      const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal]);
      let why: unknown = null;
      for (let failures = 1; !over.aborted; failures++) {
        try {
          return await tryOnce(refs, over);
        } catch (error) {
          if (error !== over.reason) why = error;
        }
        // Where something was confirmed before the fault, the next try doubles it; the ledger's claim sees to that.
        await systemClock.sleep(backoffMs(failures, Math.random()), over);
      }
      if (closing.signal.aborted) throw new QueueUnavailable("the queue is closed: this process is stopping");
      const cause = standing.fault() ?? why ?? new Error("no answer");
      const sentence = `RabbitMQ at ${address.shown} did not confirm within ${timeoutMs} ms: ${reasonOf(cause)}`;
      throw new QueueUnavailable(sentence, { cause });
    },

    async close() {
      closing.abort();
      await standing.close();
    },
  };
}
