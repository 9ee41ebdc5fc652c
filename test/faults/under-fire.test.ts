/**
 * A fleet under fire: three workers and an API, of which a worker is killed every two and a half seconds while PostgreSQL crashes twice under them, or
 * their broker does. Afterwards every image has one result and the right one, the job ended once, and who listens was told of it once.
 */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../src/testing/postgres-server.ts";
import { findRabbitmqServer, type RabbitmqServer, startRabbitmqServer } from "../../src/testing/rabbitmq-server.ts";
import { sizeOf } from "../campaigns.ts";
import { startLoopbackServer } from "../loopback-server.ts";
import { assertFinishedRight, startNumberedHost, startPoller, submitNumbered } from "../numbered-job.ts";
import { createEnding, type Ending } from "../storewalk-process.ts";
import { assertTablesAgree, type Fleet, type FleetProcess, startFleet } from "./fleet.ts";

const SEEDS = sizeOf("underFire");
const IMAGES = 2_000;
const WORKERS = 3;
const KILL_EVERY_MS = 2_500;
/** The shots after which the server crashes as well. */
const CRASHES = [1, 3];
/** Short, as a killed worker's chunks come back with it where no broker hands them on. */
const LEASE_MS = 3_000;
/** Some twelve seconds of work for all three, so that shots meet it. */
const STREAMS = "14";

/** An end becomes deliveries a moment after it is recorded. */
const UNTOLD = `
  select (select count(*) from webhook_deliveries where state = 'pending')::int
    + (select count(*) from job_ends where no > (select max(last_end) from webhook_progress))::int as untold`;

const skip = findPostgresServer().skip || findRabbitmqServer().skip;

/** Counts what it is told of ends by the message's id, which a delivery that is repeated keeps. */
async function startListener(t: Ending) {
  const ends = new Map<string, number>();
  const host = await startLoopbackServer(t, (request, response) => {
    const id = String(request.headers["webhook-id"]);
    ends.set(id, (ends.get(id) ?? 0) + 1);
    request.resume().once("end", () => response.writeHead(204).end());
  });
  return { url: `http://${host}/ended`, ends };
}

/** Kills a worker and starts another, and crashes the server at its shots, until the job is over. */
async function fire(
  fleet: Fleet,
  random: () => number,
  { crash, isOver }: { readonly crash: () => Promise<void>; readonly isOver: () => boolean },
): Promise<number> {
  const alive: FleetProcess[] = [...fleet.workers];
  let shots = 0;
  for (; !isOver(); shots++) {
    await sleep(KILL_EVERY_MS);
    const [killed] = alive.splice(Math.floor(random() * alive.length), 1);
    if (killed) await fleet.kill(killed);
    if (CRASHES.includes(shots)) await crash();
    alive.push(await fleet.startWorker());
  }
  return shots;
}

describe("a fleet under fire", { skip }, () => {
  const ending = createEnding();
  let postgres: PostgresServer;
  let rabbitmq: RabbitmqServer;
  before(async () => {
    [postgres, rabbitmq] = await Promise.all([startPostgresServer(), startRabbitmqServer()]);
    ending.after(() => postgres.dispose());
    ending.after(() => rabbitmq.dispose());
  });
  after(() => ending.end());

  async function holdsUnderFire(t: TestContext, seed: number, crash: () => Promise<void>, amqpUrl?: string) {
    const database = await createTestDatabase(postgres.url);
    const listener = await startListener(t);
    const host = await startNumberedHost(t);
    const fleet = await startFleet(t, {
      databaseUrl: database.url,
      ...(amqpUrl === undefined ? {} : { amqpUrl }),
      apis: 1,
      workers: WORKERS,
      settings: {
        STOREWALK_ALLOW_HOSTS: [host, listener.url].map((url) => new URL(url).host).join(),
        STOREWALK_LEASE_MS: String(LEASE_MS),
        STOREWALK_GPU_LATENCY_MS: "200-300",
        STOREWALK_GPU_DEVICES: "1",
        STOREWALK_GPU_STREAMS: STREAMS,
      },
    });
    t.after(() => database.drop());
    const [address = ""] = fleet.addresses;
    const added = await fetch(`${address}/api/v1/webhooks`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: listener.url }),
    });
    assert.equal(added.status, 201, await added.text());
    const jobId = await submitNumbered(address, host, IMAGES);
    const poller = startPoller(t, [address], jobId);
    let isOver = false;
    const over = poller.reached(IMAGES).then(() => {
      isOver = true;
    });
    const shots = await fire(fleet, createRandom(seed), { crash, isOver: () => isOver });
    await over;
    assert.deepEqual(await poller.stop(), []);
    await assertFinishedRight(address, jobId, IMAGES);
    await assertTablesAgree(fleet, jobId);
    while ((await fleet.row(UNTOLD)).untold !== 0) await sleep(100);
    assert.equal(listener.ends.size, 1, "one end, told under one id");
    t.diagnostic(`${shots} workers were killed`);
  }

  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`over PostgreSQL alone, which crashes twice, seed ${seed}`, (t) =>
      holdsUnderFire(t, seed, async () => {
        await postgres.stop("immediate");
        await postgres.start();
      }));

    it(`over RabbitMQ, which restarts twice, seed ${seed}`, (t) =>
      holdsUnderFire(
        t,
        seed,
        async () => {
          await rabbitmq.stop();
          await rabbitmq.start();
        },
        rabbitmq.url,
      ));
  }
});
