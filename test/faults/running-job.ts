/** A fleet with a job in the middle of its way, for a fault to meet it there, and what must hold of it afterwards. */
import assert from "node:assert/strict";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { assertFinishedRight, type Poller, startPoller, submitNumbered } from "../numbered-job.ts";
import type { Ending } from "../storewalk-process.ts";
import { assertTablesAgree, type Fleet, type FleetOptions, startFleet } from "./fleet.ts";

const GPU_MEAN_S = 0.25;
const WORKERS = 2;
/** Long enough for faults in the middle. */
const JOB_S = 5;

export type RunningJob = {
  readonly fleet: Fleet;
  readonly address: string;
  readonly jobId: number;
  readonly images: number;
  readonly poller: Poller;
};

export type SmallFleet = Fleet & {
  /** Of each job. */
  readonly images: number;
};

/** One API process and two workers over a database of their own at this server, as fast as a job of so many images wants it. */
export async function startSmallFleet(
  t: Ending,
  serverUrl: string,
  options: Pick<FleetOptions, "amqpUrl" | "settings"> & {
    readonly images: number;
    /** The port by which the fleet's processes reach the database. */
    readonly through?: number;
  },
): Promise<SmallFleet> {
  const database = await createTestDatabase(serverUrl);
  const { images, through, settings, ...engines } = options;
  const fleet = await startFleet(t, {
    ...engines,
    apis: 1,
    workers: WORKERS,
    settings: {
      STOREWALK_GPU_LATENCY_MS: "200-300",
      STOREWALK_GPU_DEVICES: "1",
      STOREWALK_GPU_STREAMS: String(Math.round((images * GPU_MEAN_S) / (WORKERS * JOB_S))),
      ...settings,
    },
    databaseUrl: through === undefined ? database.url : withPort(database.url, through),
    directUrl: database.url,
  });
  // After the fleet: hooks run in the order in which they were added, and it must not meet a database that is gone.
  t.after(() => database.drop());
  return { ...fleet, images };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** Resolves when a quarter of the job is done. */
export async function startJob(t: Ending, fleet: SmallFleet): Promise<RunningJob> {
  const { images } = fleet;
  const [address = ""] = fleet.addresses;
  const jobId = await submitNumbered(address, fleet.host, images);
  const poller = startPoller(t, [address], jobId);
  await poller.reached(images / 4);
  return { fleet, address, jobId, images, poller };
}

/** Every image has exactly one result and the right one, counters equal rows, the job ended once, and progress only rose. */
export async function assertAllRight({ fleet, address, jobId, images, poller }: RunningJob): Promise<void> {
  await assertFinishedRight(address, jobId, images);
  await assertTablesAgree(fleet, jobId);
  assert.deepEqual(await poller.stop(), []);
}

/** Returns after how many ms there is progress. */
export async function resumedAfterMs({ poller }: RunningJob): Promise<number> {
  const start = performance.now();
  await poller.reached(poller.last + 1);
  return Math.round(performance.now() - start);
}
