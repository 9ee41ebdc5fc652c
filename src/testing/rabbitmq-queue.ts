/** RabbitMQ queues for tests: a name of its own for each, its events to wait for, and nothing left at the broker. Tests only. */
import { randomUUID } from "node:crypto";
import type { TestContext } from "node:test";
import { type Channel, Connection } from "rabbitmq-client";
import type { Queue } from "../queue/queue.ts";
import type { QueueEvent } from "../queue/queue-events.ts";
import { deadLetterQueueOf, lanesOf } from "../queue/rabbitmq/topology.ts";
import { openRabbitmqQueue } from "../queue/rabbitmq.ts";

export type TestQueue = {
  readonly queue: Queue;
  readonly queueName: string;
  readonly events: readonly QueueEvent[];
  /** Resolves with the event of this kind that comes next, those that came before not counted. */
  readonly next: (kind: QueueEvent["kind"], link?: "publisher" | "consumer") => Promise<QueueEvent>;
};

/** `brokerUrl` when `url` goes through something that may be broken when the test ends. */
export function openTestQueue(
  t: TestContext,
  url: string,
  options: { readonly brokerUrl?: string; readonly publishTimeoutMs?: number; readonly queueName?: string } = {},
): TestQueue {
  const queueName = options.queueName ?? `storewalk-test-${randomUUID()}`;
  const events: QueueEvent[] = [];
  const waiting = new Set<(event: QueueEvent) => void>();
  const queue = openRabbitmqQueue({
    url,
    queueName,
    ...(options.publishTimeoutMs === undefined ? {} : { publishTimeoutMs: options.publishTimeoutMs }),
    onEvent(event) {
      events.push(event);
      for (const take of waiting) take(event);
    },
  });
  t.after(async () => {
    await queue.close();
    await deleteQueues(options.brokerUrl ?? url, queueName);
  });
  return {
    queue,
    queueName,
    events,
    next: (kind, link) =>
      new Promise((resolve) => {
        function take(event: QueueEvent): void {
          if (event.kind !== kind || (link && "link" in event && event.link !== link)) return;
          waiting.delete(take);
          resolve(event);
        }
        waiting.add(take);
      }),
  };
}

/** Leaves nothing of a queue at the broker. */
export async function deleteQueues(url: string, queueName: string): Promise<void> {
  await atBroker(url, async (channel) => {
    for (const queue of [...lanesOf(queueName), deadLetterQueueOf(queueName)]) await channel.queueDelete({ queue });
  });
}

/** Does something at the broker as an outsider. */
export async function atBroker<T>(url: string, act: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = new Connection({ url, retryLow: 100 });
  connection.on("error", () => {});
  const channel = await connection.acquire();
  try {
    return await act(channel);
  } finally {
    await channel.close();
    await connection.close();
  }
}
