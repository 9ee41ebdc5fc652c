/**
 * `npm run bench:scaling`: how GPU-bound workers add up over PostgreSQL and RabbitMQ, and what an image costs in each ledger. Needs both servers
 * (DATABASE_URL, AMQP_URL or the usual ports). Ratios against one worker of the same run; judges nothing: these machines are noisy.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { NO_LABELS } from "../src/domain/labels.ts";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { openThreadedLedger } from "../src/ledger/sqlite/threaded-ledger.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { jobOptions } from "../src/testing/ledger-builders.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { deleteQueues } from "../src/testing/rabbitmq-queue.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { readStatus, submitImages } from "./parts.ts";

const FLEETS = [1, 2, 4, 8];
const PLACES = 32;
const GPU_MS = 250;
/** Makes 20 s for one worker. */
const IMAGES_A_WORKER = (20_000 / GPU_MS) * PLACES;
const LEDGER_IMAGES = 100_000;
const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);
if (postgres.skip || rabbitmq.skip) process.exit(1);

async function startHost() {
  const png = aPng({ width: 640, height: 480 });
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "image/png" }).end(png),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const port = bound === null || typeof bound === "string" ? 0 : bound.port;
  return {
    address: `http://127.0.0.1:${port}`,
    bytes: png.length,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startProcess(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "serve"], {
    env: { ...process.env, ...env, STOREWALK_PORT: "0", STOREWALK_LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = /ready at (\S+)/.exec(line) ?? [];
    if (address !== undefined) return { child, address };
  }
  throw new Error("a process of the fleet did not start");
}

/** Seconds from the first claim to the job's end, for so many workers with their share of images each. */
async function secondsOf(workers: number, host: Awaited<ReturnType<typeof startHost>>): Promise<number> {
  const database = await createTestDatabase(postgres.url);
  const ledger = await database.openLedger();
  await ledger.importStores([{ id: "B1", name: "Bench", area: "1" }]);
  const env = {
    DATABASE_URL: database.url,
    AMQP_URL: rabbitmq.url,
    STOREWALK_QUEUE_NAME: `storewalk.bench.${randomBytes(6).toString("hex")}`,
    STOREWALK_ALLOW_HOSTS: new URL(host.address).host,
    STOREWALK_GPU_LATENCY_MS: String(GPU_MS),
    STOREWALK_GPU_DEVICES: "1",
    STOREWALK_GPU_STREAMS: String(PLACES),
    STOREWALK_WORKER_THREADS: "1",
  };
  const roles = ["api", ...Array.from({ length: workers }, () => "worker")];
  const processes = await Promise.all(roles.map((role) => startProcess({ ...env, STOREWALK_ROLE: role })));
  const service = { address: processes[0]?.address ?? "" };
  const jobId = await submitImages(service, host, workers * IMAGES_A_WORKER);
  while ((await readStatus(service, jobId)).status === "ongoing") await sleep(200);
  const job = await ledger.readJob(jobId);
  for (const { child } of processes) child.kill("SIGTERM");
  await Promise.all(processes.map(({ child }) => once(child, "exit")));
  await ledger.close();
  await database.drop();
  await deleteQueues(rabbitmq.url, env.STOREWALK_QUEUE_NAME);
  return ((job?.finishedAt ?? 0) - (job?.startedAt ?? 0)) / 1_000;
}

/** A job from submission to its last result through the port alone; returns images a second of recording. */
async function fill(ledger: Ledger): Promise<number> {
  await ledger.importStores([{ id: "B1", name: "Bench", area: "1" }]);
  const jobId = await ledger.openJob(jobOptions());
  const url = (no: number) => `https://photos.example.com/visits/2026-01-05/S00339218/aisle-07/IMG_${1e8 + no}.jpg`;
  for (let first = 0; first < LEDGER_IMAGES; first += 1_000) {
    const visits = Array.from({ length: 100 }, (_, visit) => ({
      storeId: "B1",
      visitTime: "2026-01-05T09:00:00Z",
      visitDate: "2026-01-05",
      visitAt: null,
      images: Array.from({ length: 10 }, (_, no) => ({ url: url(first + 10 * visit + no), labels: NO_LABELS })),
      labels: NO_LABELS,
    }));
    await ledger.addVisits(jobId, visits);
  }
  await ledger.sealJob(jobId);
  const start = performance.now();
  for (;;) {
    const refs = await ledger.dispatch({ windowImages: 1e9, windowChunks: 1e9, maxChunks: 32 });
    if (refs.length === 0) break;
    for (const ref of refs) {
      const claim = await ledger.claim(ref, 60_000);
      if (!claim) continue;
      const outcome = { kind: "measured", format: "jpeg", width: 4_032, height: 3_024, bytes: 1_400_000 } as const;
      const results = claim.images.map(({ no }) => ({ no, outcome, attempts: 1, fetchMs: 1, finishedAt: Date.now() }));
      for (let at = 0; at < results.length; at += 250)
        await ledger.record(claim.lease, results.slice(at, at + 250), 60_000);
    }
  }
  return LEDGER_IMAGES / ((performance.now() - start) / 1_000);
}

async function measureSqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  const path = join(folder, "storewalk.db");
  const ledger = await openThreadedLedger(path);
  const rate = await fill(ledger);
  await ledger.close();
  console.log(
    `    SQLite: ${bytesAnImage(statSync(path).size)} bytes, ${Math.round(rate)} results/s recorded by one caller`,
  );
  rmSync(folder, { recursive: true });
}

async function measurePostgres(): Promise<void> {
  const database = await createTestDatabase(postgres.url);
  const ledger = await database.openLedger();
  const rate = await fill(ledger);
  const rows = await database.query(
    `select relname as name, pg_total_relation_size(oid)::float8 as bytes from pg_class
     where relkind = 'r' and relnamespace = current_schema()::regnamespace order by 2 desc limit 5`,
  );
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const tables = rows.map(({ name, bytes }) => `${name} ${bytesAnImage(Number(bytes))}`).join(", ");
  console.log(
    `    PostgreSQL: ${bytesAnImage(total)} bytes (${tables}), ${Math.round(rate)} results/s recorded by one caller`,
  );
  await ledger.close();
  await database.drop();
}

function bytesAnImage(bytes: number): number {
  return Math.round(bytes / LEDGER_IMAGES);
}

console.log(`an image in each ledger, ${LEDGER_IMAGES} images of one job, ten a visit, URLs of 82 characters`);
await measureSqlite();
await measurePostgres();
console.log(`workers with ${PLACES} GPU places of ${GPU_MS} ms each, ${IMAGES_A_WORKER} images a worker: ideal 20.0 s`);
const host = await startHost();
let one = 0;
for (const workers of FLEETS) {
  const seconds = await secondsOf(workers, host);
  one ||= seconds;
  const rate = (workers * IMAGES_A_WORKER) / seconds;
  console.log(
    `    ${workers} workers: ${seconds.toFixed(2)} s, ${Math.round(rate)} images/s, ${(one / seconds).toFixed(3)} × linear`,
  );
}
host.stop();
