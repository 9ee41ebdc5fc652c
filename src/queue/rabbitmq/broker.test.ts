/** What the queue leaves at the broker and takes from it, besides the contract. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { atBroker, openTestQueue } from "../../testing/rabbitmq-queue.ts";
import { findService, RABBITMQ } from "../../testing/test-services.ts";
import { collector, refs } from "../queue.contract.ts";
import { QueueUnavailable } from "../queue-unavailable.ts";

const { url, skip } = await findService(RABBITMQ);

describe("RabbitMQ", { skip }, () => {
  const messagesIn = (queue: string) =>
    atBroker(url, async (channel) => (await channel.queueDeclare({ queue, passive: true })).messageCount);

  it("is asked for durable quorum queues, a limit of deliveries and a place for dead letters", async (t) => {
    const { queueName, next } = openTestQueue(t, url);
    await next("ready");
    // The broker answers 406 unless every argument is the same.
    await atBroker(url, async (channel) => {
      await channel.queueDeclare({
        queue: queueName,
        durable: true,
        arguments: {
          "x-queue-type": "quorum",
          "x-delivery-limit": 20,
          "x-dead-letter-exchange": "",
          "x-dead-letter-routing-key": `${queueName}.dead`,
        },
      });
      await channel.queueDeclare({
        queue: `${queueName}.dead`,
        durable: true,
        arguments: { "x-queue-type": "quorum", "x-max-length": 10_000, "x-overflow": "drop-head" },
      });
    });
  });

  it("keeps each reference as the JSON of job and chunk, persistent", async (t) => {
    const { queue, queueName } = openTestQueue(t, url);
    await queue.publish([{ jobId: 3, chunk: 4, urgent: false }]);
    const message = await atBroker(url, (channel) => channel.basicGet({ queue: queueName, noAck: true }));
    assert.deepEqual(message?.body, { job: 3, chunk: 4 });
    assert.equal(message?.durable, true);
  });

  it("gets a message that is no reference back as a dead letter, and the next one is served", async (t) => {
    const { queue, queueName, events, next } = openTestQueue(t, url);
    const { got, handle, has } = collector();
    await next("ready");
    const unreadable = [
      "no JSON",
      { job: 1 },
      { job: -1, chunk: 0 },
      { job: 1.5, chunk: 0 },
      [],
      null,
      Buffer.alloc(0),
    ];
    await atBroker(url, async (channel) => {
      await channel.confirmSelect();
      for (const body of unreadable) await channel.basicPublish(queueName, body);
      await channel.basicPublish({ routingKey: queueName, contentType: "application/json" }, Buffer.from("{"));
    });
    const stop = queue.consume(4, handle);
    await queue.publish(refs(1));
    await has(1);
    assert.equal(got.length, 1);
    assert.equal(events.filter(({ kind }) => kind === "unreadable").length, unreadable.length + 1);
    await stop();
    assert.equal(await messagesIn(queueName), 0);
    assert.equal(await messagesIn(`${queueName}.dead`), unreadable.length + 1);
  });

  it("gets a reference whose handler failed as a dead letter", async (t) => {
    const { queue, queueName, next } = openTestQueue(t, url);
    const failed = next("handler-failed");
    const error = new Error("this chunk cannot be run");
    const stop = queue.consume(1, () => Promise.reject(error));
    await queue.publish(refs(1));
    assert.deepEqual(await failed, { kind: "handler-failed", error });
    await stop();
    assert.equal(await messagesIn(`${queueName}.dead`), 1);
  });

  it("may lose the queue: it is declared again and nothing is taken for published that came back", async (t) => {
    const { queue, queueName } = openTestQueue(t, url);
    await queue.publish(refs(1));
    await atBroker(url, (channel) => channel.queueDelete({ queue: queueName }));
    await queue.publish([{ jobId: 9, chunk: 9, urgent: false }]);
    const { got, handle, has } = collector();
    const stop = queue.consume(1, handle);
    await has(1);
    assert.deepEqual(got, [{ jobId: 9, chunk: 9, redelivered: false }]);
    await stop();
  });

  it("may lose the queue under a consumer: it consumes from the new one", async (t) => {
    const { queue, queueName, next } = openTestQueue(t, url);
    const { handle, has } = collector();
    const ready = next("ready", "consumer");
    const stop = queue.consume(1, handle);
    await ready;
    const again = next("ready", "consumer");
    await atBroker(url, (channel) => channel.queueDelete({ queue: queueName }));
    await again;
    await queue.publish(refs(1));
    await has(1);
    await stop();
  });

  it("is told apart from a queue of the same name and another kind, which is left alone", async (t) => {
    const { queue, queueName, next } = openTestQueue(t, url, { publishTimeoutMs: 500 });
    await next("ready");
    const lost = next("lost", "consumer");
    await atBroker(url, async (channel) => {
      await channel.queueDelete({ queue: queueName });
      await channel.queueDeclare({ queue: queueName, durable: true });
    });
    const stop = queue.consume(1, async () => {});
    const event = await lost;
    assert.match(event.kind === "lost" ? event.reason : "", /PRECONDITION_FAILED/);
    await stop();
  });

  it("that lets us in with no password it was given is named, and the password is not", async (t) => {
    const wrong = new URL(url);
    wrong.username = "storewalk";
    wrong.password = "s3cret%20word";
    const { queue, events, next } = openTestQueue(t, wrong.href, { brokerUrl: url, publishTimeoutMs: 300 });
    await next("lost");
    const error = await queue.publish(refs(1)).then(
      () => assert.fail("published without being let in"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof QueueUnavailable);
    assert.match(error.message, /ACCESS_REFUSED/);
    assert.match(error.message, new RegExp(wrong.host));
    assert.doesNotMatch(JSON.stringify([error.message, error.stack, String(error.cause), events]), /s3cret/);
  });
});
