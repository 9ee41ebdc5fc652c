/** A broker of the test's own is restarted, killed, wiped and short of memory while publisher and consumer stand; nobody helps them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { atBroker, openTestQueue } from "../../testing/rabbitmq-queue.ts";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "../../testing/rabbitmq-server.ts";
import { collector, refs } from "../queue.contract.ts";
import { QueueUnavailable } from "../queue-unavailable.ts";

const { skip } = findRabbitmqServer();
const FOREIGN = "of-somebody-else";

describe("RabbitMQ", { skip }, () => {
  let server: RabbitmqServer;
  before(async () => {
    server = await startRabbitmqServer();
  });
  after(() => server.dispose());

  it("restarts under a publisher and a consumer, which go on, and is killed then: what it had confirmed is handed out", async (t) => {
    const { queue, next } = openTestQueue(t, server.url);
    const consumed = openTestQueue(t, server.url);
    await queue.publish(refs(2));
    const served = Promise.withResolvers<void>();
    const consuming = consumed.next("ready", "consumer");
    const stopConsuming = consumed.queue.consume(2, async ({ chunk }) => {
      if (chunk === 1) served.resolve();
    });
    await consuming;
    const again = [next("ready", "publisher"), consumed.next("ready", "consumer")];
    // A quorum queue of RabbitMQ 3.10 younger than minutes is on disk only after a calm stop.
    await server.stop();
    // Tried all the while; whether the broker is back before the time is up depends on the machine.
    const tried = consumed.queue
      .publish(refs(1))
      .catch((error: unknown) => assert.ok(error instanceof QueueUnavailable));
    await server.start();
    await Promise.all([...again, tried]);
    await consumed.queue.publish([{ jobId: 1, chunk: 1, urgent: false }]);
    await served.promise;
    await stopConsuming();

    const kept = refs(50);
    await queue.publish(kept.slice(2));
    await server.kill9();
    await server.start();
    const { got, handle, has } = collector();
    const stop = queue.consume(4, handle);
    await has(kept.length);
    assert.deepEqual(new Set(got.map(({ chunk }) => chunk)), new Set(kept.map(({ chunk }) => chunk)));
    await stop();
  });

  it("is wiped: queues are there again, and both sides go on", async (t) => {
    const { queue, next } = openTestQueue(t, server.url);
    const { got, handle, has } = collector();
    await atBroker(server.url, (channel) => channel.queueDeclare({ queue: FOREIGN, durable: true }));
    const stop = queue.consume(1, handle);
    await queue.publish(refs(1));
    await has(1);
    const ready = Promise.all([next("ready", "publisher"), next("ready", "consumer")]);
    await server.wipe();
    await ready;
    await queue.publish([{ jobId: 2, chunk: 0, urgent: false }]);
    await has(2);
    assert.equal(got[1]?.jobId, 2);
    await stop();
    // Nobody makes this one again: the broker did forget.
    const look = atBroker(server.url, (channel) => channel.queueDeclare({ queue: FOREIGN, passive: true }));
    await assert.rejects(look, { code: "NOT_FOUND" });
  });

  it("is purged: what waited is gone, what comes after is served", async (t) => {
    const { queue, queueName } = openTestQueue(t, server.url);
    await queue.publish(refs(3));
    await server.purge(queueName);
    const { got, handle, has } = collector();
    const stop = queue.consume(1, handle);
    await queue.publish([{ jobId: 2, chunk: 0, urgent: false }]);
    await has(1);
    assert.equal(got[0]?.jobId, 2);
    await stop();
  });

  it("runs short of memory: publishing is refused until it has some, finishing is not", async (t) => {
    const { queue, queueName, next } = openTestQueue(t, server.url, { publishTimeoutMs: 5_000 });
    const gate = Promise.withResolvers<void>();
    const { handle, has } = collector();
    const stop = queue.consume(1, async (delivery) => {
      await handle(delivery);
      await gate.promise;
    });
    await queue.publish(refs(1));
    await has(1);
    await server.setMemoryAlarm(true);
    const blocked = next("blocked");
    await assert.rejects(queue.publish(refs(1)), QueueUnavailable);
    await blocked;
    await assert.rejects(queue.publish(refs(1)), /takes no messages now: low on memory/);
    gate.resolve();
    await stop();
    const unblocked = next("unblocked");
    await server.setMemoryAlarm(false);
    await unblocked;
    await queue.publish(refs(1));
    const message = await atBroker(server.url, (channel) => channel.basicGet({ queue: queueName, noAck: true }));
    assert.equal(message?.redelivered, false, "the one in hand was acknowledged during the alarm");
  });

  // The last one: the broker has no patience any more.
  it("loses patience with a long handler: it goes on, the reference comes again, and others are served", async (t) => {
    await server.setConsumerTimeout(500);
    const { queue, next } = openTestQueue(t, server.url);
    const gate = Promise.withResolvers<void>();
    const { got, handle, has } = collector();
    const lost = next("lost", "consumer");
    const stop = queue.consume(2, async (delivery) => {
      await handle(delivery);
      if (!delivery.redelivered) await gate.promise;
    });
    await queue.publish(refs(1));
    const event = await lost;
    assert.match(event.kind === "lost" ? event.reason : "", /PRECONDITION_FAILED/, JSON.stringify(event));
    await has(2);
    assert.equal(got[1]?.redelivered, true);
    gate.resolve();
    await stop();
  });
});
