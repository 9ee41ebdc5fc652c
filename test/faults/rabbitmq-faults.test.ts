import { after, before, describe, it, type TestContext } from "node:test";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "../../src/testing/rabbitmq-server.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { assertFinishedRight, submitNumbered } from "../numbered-job.ts";
import { assertTablesAgree } from "./fleet.ts";
import { assertAllRight, type RunningJob, resumedAfterMs, startJob, startSmallFleet } from "./running-job.ts";

const postgres = await findService(POSTGRESQL);
const skip = postgres.skip || findRabbitmqServer().skip;
let broker: RabbitmqServer;
before(async () => {
  if (!skip) broker = await startRabbitmqServer();
});
after(async () => {
  if (!skip) await broker.dispose();
});

/** A lost message costs a lease's time. */
const SETTINGS = { STOREWALK_LEASE_MS: "6000" };
const aFleet = (t: TestContext) => startSmallFleet(t, postgres.url, { amqpUrl: broker.url, settings: SETTINGS });

const FAULTS = {
  "is restarted": async () => {
    await broker.stop();
    await broker.start();
  },
  "is killed": async () => {
    await broker.kill9();
    await broker.start();
  },
  "loses its messages": async ({ fleet }: RunningJob) => await broker.purge(fleet.queueName),
  "forgets everything": async () => await broker.wipe(),
} as const;

describe("a fleet whose RabbitMQ does not hold", { skip }, () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`finishes every image once when the broker ${name}`, async (t) => {
      const running = await startJob(t, await aFleet(t));
      const start = performance.now();
      await fault(running);
      const faultMs = Math.round(performance.now() - start);
      const resumedMs = await resumedAfterMs(running);
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
