import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "../../src/testing/rabbitmq-server.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { assertFinishedRight, type Poller, startPoller, submitNumbered } from "../numbered-job.ts";
import { assertTablesAgree, type Fleet, startFleet } from "./fleet.ts";

const IMAGES = 4_000;
const SETTINGS = {
  STOREWALK_GPU_LATENCY_MS: "200-300",
  STOREWALK_GPU_DEVICES: "1",
  STOREWALK_GPU_STREAMS: "64",
  STOREWALK_LEASE_MS: "6000",
};

const postgres = await findService(POSTGRESQL);
const skip = postgres.skip || findRabbitmqServer().skip;
let broker: RabbitmqServer;
before(async () => {
  if (!skip) broker = await startRabbitmqServer();
});
after(async () => {
  if (!skip) await broker.dispose();
});

type Running = { readonly fleet: Fleet; readonly address: string; readonly jobId: number; readonly poller: Poller };

async function aFleet(t: TestContext): Promise<Fleet> {
  const database = await createTestDatabase(postgres.url);
  const shared = { apis: 1, workers: 2, settings: SETTINGS };
  const fleet = await startFleet(t, { ...shared, databaseUrl: database.url, amqpUrl: broker.url });
  t.after(() => database.drop());
  return fleet;
}

async function aRunningJob(t: TestContext): Promise<Running> {
  const fleet = await aFleet(t);
  const [address = ""] = fleet.addresses;
  const jobId = await submitNumbered(address, fleet.host, IMAGES);
  const poller = startPoller([address], jobId);
  t.after(() => poller.stop());
  await poller.reached(IMAGES / 4);
  return { fleet, address, jobId, poller };
}

async function assertAllRight({ fleet, address, jobId, poller }: Running): Promise<void> {
  await assertFinishedRight(address, jobId, IMAGES);
  await assertTablesAgree(fleet, jobId);
  assert.deepEqual(await poller.stop(), []);
}

const FAULTS = {
  "is restarted": async () => {
    await broker.stop();
    await broker.start();
  },
  "is killed": async () => {
    await broker.kill9();
    await broker.start();
  },
  "loses its messages": async ({ fleet }: Running) => await broker.purge(fleet.queueName),
  "forgets everything": async () => await broker.wipe(),
} as const;

describe("a fleet whose RabbitMQ does not hold", { skip }, () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`finishes every image once when the broker ${name}`, async (t) => {
      const running = await aRunningJob(t);
      const start = performance.now();
      await fault(running);
      const faultMs = Math.round(performance.now() - start);
      await running.poller.reached(running.poller.last + 1);
      const resumedMs = Math.round(performance.now() - start) - faultMs;
      await assertAllRight(running);
      t.diagnostic(`the fault took ${faultMs} ms, progress ${resumedMs} ms after it`);
    });
  }

  it("accepts jobs while the broker is away, and runs them when it is back", async (t) => {
    const fleet = await aFleet(t);
    const [address = ""] = fleet.addresses;
    await broker.stop();
    const jobId = await submitNumbered(address, fleet.host, 400);
    await broker.start();
    await assertFinishedRight(address, jobId, 400);
    await assertTablesAgree(fleet, jobId);
  });
});
