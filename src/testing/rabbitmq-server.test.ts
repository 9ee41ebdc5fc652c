import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Connection } from "rabbitmq-client";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "./rabbitmq-server.ts";

const { skip } = findRabbitmqServer();
const QUEUE = { queue: "kept", durable: true, arguments: { "x-queue-type": "quorum" } } as const;

describe("a RabbitMQ node of the test's own", { skip }, () => {
  let server: RabbitmqServer;
  before(async () => {
    server = await startRabbitmqServer();
  });
  after(() => server.dispose());

  /** How many messages the queue has; declares it when it is not there. */
  async function counted(use?: (connection: Connection) => Promise<unknown>): Promise<number> {
    const connection = new Connection({ url: server.url, retryLow: 100 });
    connection.on("error", () => {});
    await use?.(connection);
    const { messageCount } = await connection.queueDeclare(QUEUE);
    await connection.close();
    return messageCount;
  }
  async function publish(connection: Connection): Promise<void> {
    await connection.queueDeclare(QUEUE);
    const publisher = connection.createPublisher({ confirm: true });
    await publisher.send({ routingKey: QUEUE.queue, durable: true }, "one");
    await publisher.close();
  }

  it("keeps durable messages over a calm stop", async () => {
    await counted(publish);
    await server.stop();
    await server.start();
    assert.equal(await counted(), 1);
  });

  it("comes back after kill -9", async () => {
    await server.kill9();
    await server.start();
    assert.equal(await counted(), 1);
  });

  it("empties a queue", async () => {
    await server.purge(QUEUE.queue);
    assert.equal(await counted(), 0);
  });

  it("forgets everything when wiped", async () => {
    await counted(publish);
    await server.wipe();
    assert.equal(await counted(), 0);
  });
});
