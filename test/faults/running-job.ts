/** A fleet with a job in the middle of its way, for a fault to meet it there, and what must hold of it afterwards. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { assertFinishedRight, type Poller, startPoller, submitNumbered } from "../numbered-job.ts";
import { assertTablesAgree, type Fleet, type FleetOptions, startFleet } from "./fleet.ts";

const IMAGES = 4_000;
/** Long enough for faults in the middle: some 250 images a second and worker. */
const SETTINGS = { STOREWALK_GPU_LATENCY_MS: "200-300", STOREWALK_GPU_DEVICES: "1", STOREWALK_GPU_STREAMS: "64" };

export type RunningJob = {
  readonly fleet: Fleet;
  readonly address: string;
  readonly jobId: number;
  readonly poller: Poller;
};

/** One API process and two workers over a database of their own at this server. */
export async function startSmallFleet(
  t: TestContext,
  serverUrl: string,
  options: Pick<FleetOptions, "amqpUrl" | "settings"> & {
    /** The port by which the fleet's processes reach the database. */
    readonly through?: number;
  } = {},
): Promise<Fleet> {
  const database = await createTestDatabase(serverUrl);
  const { through, settings, ...engines } = options;
  const fleet = await startFleet(t, {
    ...engines,
    apis: 1,
    workers: 2,
    settings: { ...SETTINGS, ...settings },
    databaseUrl: through === undefined ? database.url : withPort(database.url, through),
    directUrl: database.url,
  });
  // After the fleet: hooks run in the order in which they were added, and it must not meet a database that is gone.
  t.after(() => database.drop());
  return fleet;
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** Resolves when a quarter of the job is done. */
export async function startJob(t: TestContext, fleet: Fleet): Promise<RunningJob> {
  const [address = ""] = fleet.addresses;
  const jobId = await submitNumbered(address, fleet.host, IMAGES);
  const poller = startPoller([address], jobId);
  t.after(() => poller.stop());
  await poller.reached(IMAGES / 4);
  return { fleet, address, jobId, poller };
}

/** Every image has exactly one result and the right one, counters equal rows, the job ended once, and progress only rose. */
export async function assertAllRight({ fleet, address, jobId, poller }: RunningJob): Promise<void> {
  await assertFinishedRight(address, jobId, IMAGES);
  await assertTablesAgree(fleet, jobId);
  assert.deepEqual(await poller.stop(), []);
}

/** Returns after how many ms there is progress. */
export async function resumedAfterMs({ poller }: RunningJob): Promise<number> {
  const start = performance.now();
  await poller.reached(poller.last + 1);
  return Math.round(performance.now() - start);
}
