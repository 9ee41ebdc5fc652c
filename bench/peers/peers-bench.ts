/**
 * `npm run bench -- peers`: the service against the same job built from BullMQ, probe-image-size and PostgreSQL, one after the other in each round.
 * Needs Redis and PostgreSQL on their usual ports (REDIS_URL, DATABASE_URL) and `npm install --prefix bench/peers --ignore-scripts`; what is
 * missing is said, and nothing is run.
 */
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { findService, missing, POSTGRESQL } from "../../src/testing/test-services.ts";
import { LARGE_PHOTO } from "../camera-photo.ts";
import { awaitCompletion, median, startService, submitImages, timed } from "../parts.ts";
import { cpuMsOf } from "../wire/cpu-time.ts";
import { type Measured, runLoop } from "../wire/loop.ts";
import { startPhotos } from "../wire/photos.ts";

const REDIS = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
/** So that a round of the service takes more than two seconds; one second, of 4,000, says little. */
const IMAGES = 30_000;
const CONNECTIONS = 64;
const ROUNDS = 3;
const PACKAGES = new URL("./node_modules/bullmq", import.meta.url);

function answers({ hostname, port }: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: hostname, port: Number(port || 6_379) }, () => {
    socket.destroy();
    resolve(true);
  }).on("error", () => resolve(false));
  return promise;
}

export async function peersBench(say: (line: string) => void): Promise<void> {
  const postgres = await findService(POSTGRESQL);
  if (!existsSync(PACKAGES)) missing("no bench/peers/node_modules; npm install --prefix bench/peers --ignore-scripts");
  else if (!(await answers(new URL(REDIS))))
    missing(`no Redis at ${REDIS}; apt-get install redis-server, or set REDIS_URL`);
  else if (postgres.skip === false) await compare(postgres.url, say);
}

async function compare(database: string, say: (line: string) => void): Promise<void> {
  const photos = await startPhotos({ size: LARGE_PHOTO, tls: null, roundTripMs: 0 });
  const connections = String(CONNECTIONS);
  const service = await startService(photos, {
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_WORKER_THREADS: "1",
    STOREWALK_CONNECTIONS: connections,
    STOREWALK_CONNECTIONS_PER_HOST: connections,
  });
  await awaitCompletion(service, await submitImages(service, photos, IMAGES), 50);
  const order = { address: photos.address, images: IMAGES, connections: CONNECTIONS, database, redis: REDIS };
  const peers: Measured[] = [];
  const own: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    peers.push(await runLoop("../peers/peers-loop.mjs", order, null));
    const cpuMs = cpuMsOf(service.pid);
    const ms = await timed(async () => awaitCompletion(service, await submitImages(service, photos, IMAGES), 25));
    own.push({ imagesPerS: (IMAGES / ms) * 1_000, cpuUs: ((cpuMsOf(service.pid) - cpuMs) / IMAGES) * 1_000 });
  }
  await service.stop();
  photos.stop();
  const rate = (all: readonly Measured[]) => median(all.map(({ imagesPerS }) => imagesPerS));
  const cpu = (all: readonly Measured[]) => median(all.map(({ cpuUs }) => cpuUs)).toFixed(0);
  say(`peers: ${IMAGES} photos of 1.4 MB, results durable, medians of ${ROUNDS} rounds`);
  say(
    `    BullMQ + probe-image-size + PostgreSQL ${rate(peers).toFixed(0)}/s, ${cpu(peers)} µs CPU an image (its servers' not counted)`,
  );
  say(`    service with one pipeline thread       ${rate(own).toFixed(0)}/s, ${cpu(own)} µs CPU an image`);
  say(`    ratio ${(rate(own) / rate(peers)).toFixed(1)} (aim ≥ 10)`);
}
