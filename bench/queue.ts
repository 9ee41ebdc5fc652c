/**
 * `node bench/queue.ts`: what the RabbitMQ queue costs beside a bare loop over the same client library: confirmed publishes in the
 * dispatcher's batches, and consume + acknowledge. Needs a broker at AMQP_URL. Prints, judges nothing: these machines are noisy.
 */
import { randomUUID } from "node:crypto";
import { type Channel, Connection } from "rabbitmq-client";
import type { QueuedChunk } from "../src/queue/queue.ts";
import { deadLetterQueueOf, declareQueues } from "../src/queue/rabbitmq/topology.ts";
import { openRabbitmqQueue } from "../src/queue/rabbitmq.ts";
import { median, timed } from "./parts.ts";

const ROUNDS = 5;
const MESSAGES = 6_400;
const BATCH = 32;
const PREFETCHES = [1, 4];

const url = process.env.AMQP_URL || "amqp://guest:guest@127.0.0.1:5672";
const queueName = `storewalk-bench-${randomUUID()}`;
const batches: QueuedChunk[][] = Array.from({ length: MESSAGES / BATCH }, (_, batch) =>
  Array.from({ length: BATCH }, (_, no) => ({ jobId: 1, chunk: batch * BATCH + no, urgent: false })),
);
const perSecond = (ms: number) => Math.round((MESSAGES / ms) * 1_000);

async function publishBare(channel: Channel): Promise<void> {
  const envelope = { routingKey: queueName, mandatory: true, durable: true };
  for (const batch of batches) {
    await Promise.all(batch.map(({ jobId, chunk }) => channel.basicPublish(envelope, { job: jobId, chunk })));
  }
}

/** Resolves with the last message, acknowledged. */
async function consumeBare(connection: Connection, prefetch: number): Promise<void> {
  const channel = await connection.acquire();
  await channel.basicQos({ prefetchCount: prefetch });
  const all = Promise.withResolvers<void>();
  let seen = 0;
  await channel.basicConsume({ queue: queueName }, ({ deliveryTag }) => {
    channel.basicAck({ deliveryTag });
    if (++seen === MESSAGES) all.resolve();
  });
  await all.promise;
  await channel.close();
}

const queue = openRabbitmqQueue({ url, queueName, onEvent: () => {} });

async function publishOwn(): Promise<void> {
  for (const batch of batches) await queue.publish(batch);
}

async function consumeOwn(prefetch: number): Promise<void> {
  const all = Promise.withResolvers<void>();
  let seen = 0;
  const stop = queue.consume(prefetch, async () => {
    if (++seen === MESSAGES) all.resolve();
  });
  await all.promise;
  await stop();
}

const connection = new Connection(url);
const channel = await connection.acquire();
await declareQueues(channel, queueName);
await channel.confirmSelect();

/** Both ways in turn, so that a busy moment of the machine meets both; `between` undoes what a round left or took. */
async function compare(
  what: string,
  bare: () => Promise<void>,
  own: () => Promise<void>,
  between: () => Promise<unknown>,
) {
  const bareMs: number[] = [];
  const ownMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await between();
    const bareOnce = await timed(bare);
    await between();
    const ownOnce = await timed(own);
    // The first round warms up.
    if (round === 0) continue;
    bareMs.push(bareOnce);
    ownMs.push(ownOnce);
  }
  const ratio = median(bareMs) / median(ownMs);
  console.log(
    `${what}: bare loop ${perSecond(median(bareMs))}/s, queue ${perSecond(median(ownMs))}/s, ratio ${ratio.toFixed(2)}`,
  );
}

const purge = () => channel.queuePurge(queueName);
const fill = () => purge().then(() => publishBare(channel));
await compare(`confirmed publishes in batches of ${BATCH}`, () => publishBare(channel), publishOwn, purge);
for (const prefetch of PREFETCHES) {
  const title = `consume + acknowledge, prefetch ${prefetch}`;
  await compare(
    title,
    () => consumeBare(connection, prefetch),
    () => consumeOwn(prefetch),
    fill,
  );
}

await queue.close();
for (const name of [queueName, deadLetterQueueOf(queueName)]) await channel.queueDelete(name);
await channel.close();
await connection.close();
