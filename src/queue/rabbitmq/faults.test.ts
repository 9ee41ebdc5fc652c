/** The network between us and the broker breaks in every way a proxy can break it; publisher and consumer go on by themselves. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { atBroker, openTestQueue } from "../../testing/rabbitmq-queue.ts";
import { findService, RABBITMQ } from "../../testing/test-services.ts";
import { collector, refs } from "../queue.contract.ts";
import { QueueUnavailable } from "../queue-unavailable.ts";

const { url, skip } = await findService(RABBITMQ);
/** Time enough for a broker that is there, on a busy machine too. */
const PUBLISH_MS = 2_000;
/** What takes some seconds takes no longer than this on a busy machine; what hangs takes minutes. */
const IN_TIME_MS = 60_000;

/** A queue whose connections go through a proxy. */
async function setup(t: TestContext, options: { readonly publishTimeoutMs?: number; readonly away?: boolean } = {}) {
  const broker = new URL(url);
  const proxy = await startFaultProxy({ host: broker.hostname, port: Number(broker.port || RABBITMQ.port) });
  if (options.away) await proxy.refuse();
  const through = new URL(url);
  through.host = `127.0.0.1:${proxy.port}`;
  const { publishTimeoutMs } = options;
  t.after(() => proxy.close());
  const opened = openTestQueue(t, through.href, {
    brokerUrl: url,
    ...(publishTimeoutMs === undefined ? {} : { publishTimeoutMs }),
  });
  return { proxy, ...opened };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await work;
  return performance.now() - begunAt;
}

/** Resolves when the broker has given everything to a consumer, and it may be on its way. */
const handedOut = (queue: string) =>
  atBroker(url, async (channel) => {
    let waiting = 1;
    while (waiting > 0) waiting = (await channel.queueDeclare({ queue, passive: true })).messageCount;
  });

const carriesReference = (bytes: Buffer) => bytes.includes('{"job"');
/** The method basic.ack (AMQP 0-9-1, class 60, method 80), which the broker sends when it has a message. */
const carriesConfirm = (bytes: Buffer) => bytes.includes(Buffer.from([0, 60, 0, 80]));

describe("RabbitMQ behind a bad network", { skip }, () => {
  it("may be away when the queue is opened: publishing is refused in time, then goes on without help", async (t) => {
    const { proxy, queue, events, next } = await setup(t, { away: true, publishTimeoutMs: PUBLISH_MS });
    const { got, handle, has } = collector();
    const stop = queue.consume(1, handle);
    const ms = await timed(assert.rejects(queue.publish(refs(1)), QueueUnavailable));
    assert.ok(ms >= PUBLISH_MS - 10 && ms < IN_TIME_MS, `${ms} ms`);
    assert.equal(events.filter(({ kind }) => kind === "lost").length, 2, "one line a link, however often it is tried");
    const ready = [next("ready", "publisher"), next("ready", "consumer")];
    await proxy.accept();
    await Promise.all(ready);
    await queue.publish([{ jobId: 5, chunk: 5, urgent: false }]);
    await has(1);
    assert.equal(got[0]?.jobId, 5);
    await stop();
  });

  it("names the broker and the fault, never the password, when it refuses", async (t) => {
    const { proxy, queue } = await setup(t, { away: true, publishTimeoutMs: PUBLISH_MS });
    await assert.rejects(queue.publish(refs(1)), (error: Error) => {
      const message = `RabbitMQ at amqp://127.0.0.1:${proxy.port} did not confirm within ${PUBLISH_MS} ms: `;
      assert.ok(error.message.startsWith(message), error.message);
      assert.match(error.message, /ECONNREFUSED/);
      return true;
    });
  });

  it("sends again what was cut on the way to the broker", async (t) => {
    const { proxy, queue } = await setup(t);
    const cut = proxy.cutAt("to-server", carriesReference, "before");
    await queue.publish(refs(3));
    await cut;
    const { got, handle, has } = collector();
    const stop = queue.consume(1, handle);
    await has(3);
    assert.deepEqual(new Set(got.map(({ chunk }) => chunk)), new Set([0, 1, 2]));
    await stop();
  });

  it("is not believed to have what it never confirmed: what arrives before the cut may come twice", async (t) => {
    const { proxy, queue } = await setup(t);
    // A cut behind the message itself may end the broker's channel before it has read the message.
    const cut = proxy.cutAt("to-client", carriesConfirm, "before");
    await queue.publish(refs(1));
    await cut;
    const { got, handle, has } = collector();
    const stop = queue.consume(1, handle);
    await has(2);
    assert.deepEqual(
      got.map(({ chunk }) => chunk),
      [0, 0],
    );
    await stop();
  });

  it("hands a reference out again when the connection ended under its handler, and says so", async (t) => {
    const { proxy, queue } = await setup(t);
    const { got, handle, has } = collector();
    const gate = Promise.withResolvers<void>();
    const stop = queue.consume(4, async (delivery) => {
      await handle(delivery);
      if (!delivery.redelivered) await gate.promise;
    });
    await queue.publish(refs(1));
    await has(1);
    // An acknowledgement sent too early would be at the broker by the time the next reference has made its way.
    await queue.publish([{ jobId: 1, chunk: 1, urgent: false }]);
    await has(2);
    proxy.cut();
    await has(4);
    assert.deepEqual(got.map(({ chunk, redelivered }) => `${chunk} ${redelivered}`).toSorted(), [
      "0 false",
      "0 true",
      "1 false",
      "1 true",
    ]);
    gate.resolve();
    await stop();
  });

  it("never has more in hand than `prefetch`, although the broker forgets what is in hand with each cut", async (t) => {
    const { proxy, queue, queueName, next } = await setup(t);
    const first = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const { got, handle, has } = collector();
    let inHand = 0;
    let most = 0;
    const stop = queue.consume(1, async (delivery) => {
      inHand += 1;
      most = Math.max(most, inHand);
      first.resolve();
      await gate.promise;
      inHand -= 1;
      await handle(delivery);
    });
    await queue.publish(refs(1));
    await first.promise;
    for (let cuts = 0; cuts < 2; cuts++) {
      const ready = next("ready", "consumer");
      proxy.cut();
      await ready;
      await handedOut(queueName);
    }
    gate.resolve();
    await queue.publish([{ jobId: 1, chunk: 1, urgent: false }]);
    await has(3);
    // Once for the handler in hand, once for the connection that stands; what came by the one between went with it.
    assert.deepEqual(got.map(({ chunk }) => chunk).toSorted(), [0, 0, 1]);
    assert.equal(most, 1);
    await stop();
  });

  it("gets back what was on its way when the consumer stopped", async (t) => {
    const { proxy, queue, queueName, next } = await setup(t);
    const ready = Promise.all([next("ready", "publisher"), next("ready", "consumer")]);
    const { got, handle } = collector();
    const stop = queue.consume(1, handle);
    await ready;
    proxy.pause();
    await atBroker(url, async (channel) => {
      await channel.confirmSelect();
      await channel.basicPublish(queueName, { job: 1, chunk: 0 });
    });
    await handedOut(queueName);
    const stopped = stop();
    proxy.resume();
    await stopped;
    assert.deepEqual(got, []);
    const another = collector();
    const stopAnother = queue.consume(1, another.handle);
    await another.has(1);
    await stopAnother();
  });

  it("is left and found again when it ends the connection calmly", async (t) => {
    const { proxy, queue, events, next } = await setup(t);
    await next("ready", "publisher");
    const [lost, ready] = [next("lost"), next("ready")];
    proxy.halfClose("to-client");
    await Promise.all([lost, ready]);
    assert.equal(
      events.filter(({ kind }) => kind === "lost").length,
      1,
      "told by the channel or by the connection, once",
    );
    await queue.publish(refs(1));
  });

  it("that falls silent is noticed in time, and publishing is refused before", async (t) => {
    const { proxy, queue, next } = await setup(t, { publishTimeoutMs: PUBLISH_MS });
    await next("ready", "publisher");
    const lost = next("lost", "publisher");
    const swallowed = proxy.blackHole("to-server", "to-client");
    const silence = timed(lost);
    const ms = await timed(assert.rejects(queue.publish(refs(1)), QueueUnavailable));
    await swallowed;
    assert.ok(ms >= PUBLISH_MS - 10 && ms < IN_TIME_MS, `${ms} ms`);
    const silenceMs = await silence;
    assert.ok(silenceMs < IN_TIME_MS, `${silenceMs} ms`);
    const ready = next("ready", "publisher");
    proxy.heal();
    await ready;
    await queue.publish(refs(1));
  });

  it("that falls silent keeps neither a consumer from stopping nor the queue from closing", async (t) => {
    const { proxy, queue, next } = await setup(t);
    const ready = Promise.all([next("ready", "publisher"), next("ready", "consumer")]);
    const stop = queue.consume(1, async () => {});
    await ready;
    void proxy.blackHole("to-server", "to-client");
    const ms = await timed(stop().then(() => queue.close()));
    assert.ok(ms < IN_TIME_MS, `${ms} ms`);
  });

  it("that is away keeps the queue from nothing when it closes, not even what is being published", async (t) => {
    const { queue } = await setup(t, { away: true, publishTimeoutMs: 60_000 });
    const refused = assert.rejects(queue.publish(refs(1)), /the queue is closed/);
    await queue.close();
    await refused;
  });
});
