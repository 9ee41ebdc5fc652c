/**
 * `npm run bench -- fleet-fairness`: a job of ten images in a fleet of two workers, alone and beside a job of 100,000 of a quick and of a slow
 * image host, over RabbitMQ and over PostgreSQL alone. Needs both servers on their usual ports (DATABASE_URL, AMQP_URL). Prints, judges nothing.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FLEET_SETTINGS } from "../src/settings/fleet-settings.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { type Fleet, startFleet } from "../test/faults/fleet.ts";
import { createEnding, type Ending } from "../test/storewalk-process.ts";
import { awaitCompletion, cancelJob, median, readStatus, submitImages, timed } from "./parts.ts";

const { databaseConnections } = FLEET_SETTINGS;
const LARGE = 100_000;
const ROUNDS = 25;
const SLOW_MS = 200;
/** So many images of the large job have a result before the small ones are measured: its chunks fill every place by then. */
const UNDER_WAY = 500;

/** Answers every request with a small photo, after so many milliseconds. */
async function startHost(t: Ending, delayMs: number): Promise<{ readonly address: string }> {
  const png = aPng({ width: 640, height: 480 });
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(200, { "content-type": "image/png" }).end(png), delayMs);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the image host must listen on a port");
  return { address: `http://127.0.0.1:${bound.port}` };
}

export async function fleetFairnessBench(say: (line: string) => void): Promise<void> {
  const postgres = await findService(POSTGRESQL);
  const rabbitmq = await findService(RABBITMQ);
  if (postgres.skip || rabbitmq.skip) return;
  say(`a job of 10 images in a fleet of two workers, beside a job of ${LARGE}; medians of ${ROUNDS}`);
  for (const [queue, amqpUrl] of [
    ["RabbitMQ", rabbitmq.url],
    ["PostgreSQL alone", undefined],
  ] as const) {
    const ending = createEnding();
    try {
      await measure(ending, { databaseUrl: postgres.url, queue, amqpUrl }, say);
    } finally {
      await ending.end();
    }
  }
}

async function measure(
  ending: Ending,
  { databaseUrl, queue, amqpUrl }: { databaseUrl: string; queue: string; amqpUrl: string | undefined },
  say: (line: string) => void,
): Promise<void> {
  const quick = await startHost(ending, 0);
  const slow = await startHost(ending, SLOW_MS);
  const database = await createTestDatabase(databaseUrl);
  const fleet = await startFleet(ending, {
    databaseUrl: database.url,
    ...(amqpUrl === undefined ? {} : { amqpUrl }),
    apis: 1,
    workers: 2,
    settings: {
      STOREWALK_ALLOW_HOSTS: [quick, slow].map(({ address }) => new URL(address).host).join(),
      STOREWALK_GPU_LATENCY_MS: "100-400",
      // As a service has them, not as tests do.
      [databaseConnections.name]: databaseConnections.fallback,
    },
  });
  ending.after(() => database.drop());
  const api = { address: apiOf(fleet) };
  const tenImages = () =>
    timed(async () => awaitCompletion(api, await submitImages(api, quick, 10, "ndjson", "S1"), 10));
  const several = async () => {
    const all: number[] = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await tenImages());
    return median(all);
  };
  await tenImages();
  const alone = await several();
  for (const [name, host] of [
    ["a quick host", quick],
    [`a host that takes ${SLOW_MS} ms`, slow],
  ] as const) {
    const large = await submitImages(api, host, LARGE, "ndjson", "S1");
    while ((await readStatus(api, large)).counts.done < UNDER_WAY) await sleep(20);
    const beside = await several();
    const { status } = await readStatus(api, large);
    if (status !== "ongoing") throw new Error("the large job was over before the small ones were measured");
    await cancelJob(api, large);
    const ratio = (beside / alone).toFixed(2);
    say(
      `    ${queue}, beside ${name}: ${beside.toFixed(0)} ms, alone ${alone.toFixed(0)} ms, ratio ${ratio} (aim ≤ 1.3)`,
    );
  }
}

function apiOf(fleet: Fleet): string {
  const [address] = fleet.addresses;
  if (address === undefined) throw new Error("the fleet has no API process");
  return address;
}
