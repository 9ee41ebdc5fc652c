import { after, before, describe, it } from "node:test";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "../../src/testing/rabbitmq-server.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { sizeOf } from "../campaigns.ts";
import { assertFinishedRight, submitNumbered } from "../numbered-job.ts";
import { createEnding } from "../storewalk-process.ts";
import { assertTablesAgree } from "./fleet.ts";
import {
  assertAllRight,
  type RunningJob,
  resumedAfterMs,
  type SmallFleet,
  startJob,
  startSmallFleet,
} from "./running-job.ts";

const postgres = await findService(POSTGRESQL);
const skip = postgres.skip || findRabbitmqServer().skip;
const ending = createEnding();
let broker: RabbitmqServer;
let fleet: SmallFleet;
before(async () => {
  if (skip) return;
  broker = await startRabbitmqServer();
  // A lost message costs a lease's time.
  const settings = { STOREWALK_LEASE_MS: "6000" };
  fleet = await startSmallFleet(ending, postgres.url, {
    amqpUrl: broker.url,
    images: sizeOf("rabbitmqFaults"),
    settings,
  });
  ending.after(() => broker.dispose());
});
after(() => ending.end());

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
      const running = await startJob(t, fleet);
      const start = performance.now();
      await fault(running);
      const faultMs = Math.round(performance.now() - start);
      const resumedMs = await resumedAfterMs(running);
      await assertAllRight(running);
      t.diagnostic(`the fault took ${faultMs} ms, progress ${resumedMs} ms after it`);
    });
  }

  it("accepts jobs while the broker is away, and runs them when it is back", async () => {
    const [address = ""] = fleet.addresses;
    await broker.stop();
    const jobId = await submitNumbered(address, fleet.host, 400);
    await broker.start();
    await assertFinishedRight(address, jobId, 400);
    await assertTablesAgree(fleet, jobId);
  });
});
