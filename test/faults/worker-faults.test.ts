import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seriesOf } from "../../src/testing/metrics-text.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../../src/testing/test-services.ts";
import { isWhole, sizeOf } from "../campaigns.ts";
import { assertFinishedRight, readStatus, startPoller, submitNumbered } from "../numbered-job.ts";
import { createEnding, type Ending } from "../storewalk-process.ts";
import { assertTablesAgree, type Fleet, type FleetOptions, startFleet } from "./fleet.ts";

const IMAGES = sizeOf("fleetKills");
const KILLS = isWhole ? 8 : 2;
const WORKERS = isWhole ? 4 : 2;
/** So long the GPUs alone make the job last: on no machine is it over before its workers were killed. */
const JOB_S = isWhole ? 40 : 15;
const GPU_MEAN_S = 0.25;
const PACED_GPU = {
  STOREWALK_GPU_LATENCY_MS: "200-300",
  STOREWALK_GPU_DEVICES: "1",
  STOREWALK_GPU_STREAMS: String(Math.round((IMAGES * GPU_MEAN_S) / (WORKERS * JOB_S))),
};
/** One worker's images in four chunks, as many as it takes at a time. */
const IN_HAND = 400;
/** Not so short that a busy machine's worker misses it: what loses its lease three times is split into single images. */
const SHORT_LEASE_MS = 5_000;
/** So long that nobody waits for it: a chunk that runs again before its end was handed on. */
const LONG_LEASE_MS = 300_000;
/**
 * Their images begin all at once, whatever their host's pace: a chunk all of whose images stand in a line that moves slowly gives its message back,
 * and comes again with its lease (docs/decisions/0024-pace.md).
 */
const ALL_AT_ONCE = { STOREWALK_CONNECTIONS: String(IN_HAND), STOREWALK_CONNECTIONS_PER_HOST: String(IN_HAND) };
/** Has them in hand when it is killed, however long the machine takes until then. */
const NEVER_DONE = { ...ALL_AT_ONCE, STOREWALK_GPU_LATENCY_MS: "600000" };
const QUICK = { ...ALL_AT_ONCE, STOREWALK_GPU_LATENCY_MS: "20-60" };
/** Has them in hand when it freezes, and done when it wakes. */
const SLOW = { ...ALL_AT_ONCE, STOREWALK_GPU_LATENCY_MS: "10000" };

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);
const skip = postgres.skip || rabbitmq.skip;

async function aFleet(t: Ending, options: Omit<FleetOptions, "databaseUrl">): Promise<Fleet> {
  const database = await createTestDatabase(postgres.url);
  // Hooks of a test run in the order in which they were added: the fleet's come later and would meet a database that is gone.
  const fleet = await startFleet(t, { databaseUrl: database.url, ...options });
  t.after(() => database.drop());
  return fleet;
}

/** Waits until every chunk of the job was claimed under at least this token, whatever became of it since; returns after how many ms. */
async function claimedAgain(fleet: Fleet, jobId: number, token: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const row = await fleet.row(
      "select bool_and(state in ('running', 'done') and token >= $2) as all_run from chunks where job = $1",
      jobId,
      token,
    );
    if (row.all_run === true) return Math.round(performance.now() - start);
    await sleep(10);
  }
}

/** The only worker takes the whole job and dies when another is there; returns the job and the one that is left. */
async function afterAKill(fleet: Fleet) {
  const [address = ""] = fleet.addresses;
  const lost = await fleet.startWorker(NEVER_DONE);
  const jobId = await submitNumbered(address, fleet.host, IN_HAND);
  await claimedAgain(fleet, jobId, 1);
  const left = await fleet.startWorker(QUICK);
  await fleet.kill(lost);
  return { address, jobId, left };
}

describe("a fleet whose processes die", { skip }, () => {
  const ending = createEnding();
  let fleet: Fleet;
  before(async () => {
    fleet = await aFleet(ending, { amqpUrl: rabbitmq.url, apis: 2, workers: WORKERS, settings: PACED_GPU });
  });
  after(() => ending.end());

  it(`finishes ${IMAGES} images right with ${WORKERS} workers of which ${KILLS} are killed one after the other`, async (t) => {
    const [address = ""] = fleet.addresses;
    const jobId = await submitNumbered(address, fleet.host, IMAGES);
    const poller = startPoller(t, fleet.addresses, jobId);
    const workers = fleet.workers.map((worker) => Promise.resolve(worker));
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await poller.reached((IMAGES * kill) / (KILLS + 1));
      const victim = await workers.shift();
      assert.ok(victim && poller.last < IMAGES, "the job must outlast the kills");
      await fleet.kill(victim);
      workers.push(fleet.startWorker());
    }
    await Promise.all(workers);
    await assertFinishedRight(fleet.addresses[1] ?? "", jobId, IMAGES);
    await assertTablesAgree(fleet, jobId);
    assert.deepEqual(await poller.stop(), []);
  });

  it("leaves no half job behind when an API process dies, and its jobs go on for whoever asks another", async (t) => {
    const [first, second] = fleet.apis;
    assert.ok(first && second);
    const jobId = await submitNumbered(first.address, fleet.host, 1_000);
    const poller = startPoller(t, [second.address], jobId);
    const half = await aHalfSubmission(first.address, fleet.host);
    await poller.reached(100);
    const opened = Number((await fleet.row("select max(id)::int as id from jobs")).id);
    assert.ok(opened > jobId, "the half submission must have reached the ledger");
    await fleet.kill(first);
    await half.brokenOff;
    await assertFinishedRight(second.address, jobId, 1_000);
    await assertTablesAgree(fleet, jobId);
    assert.deepEqual(await poller.stop(), []);
    await assert.rejects(readStatus(second.address, opened));
    const next = await submitNumbered(second.address, fleet.host, 100);
    assert.ok(next > opened);
    await assertFinishedRight(second.address, next, 100);
  });
});

describe("the chunks of a killed worker", { skip }, () => {
  it("run again at once when RabbitMQ carries them, long before their lease is over", async (t) => {
    const settings = { STOREWALK_LEASE_MS: String(LONG_LEASE_MS) };
    const fleet = await aFleet(t, { amqpUrl: rabbitmq.url, apis: 1, workers: 0, settings });
    const { address, jobId } = await afterAKill(fleet);
    const ms = await claimedAgain(fleet, jobId, 2);
    assert.ok(ms < LONG_LEASE_MS / 2, `the chunks ran again after ${ms} ms`);
    await assertFinishedRight(address, jobId, IN_HAND);
    await assertTablesAgree(fleet, jobId);
    t.diagnostic(`the killed worker's chunks ran again ${ms} ms after its death`);
  });

  it("run again after their lease when PostgreSQL alone carries them, and a worker that freezes past it writes nothing when it wakes", async (t) => {
    const settings = { STOREWALK_LEASE_MS: String(SHORT_LEASE_MS), STOREWALK_LOG_LEVEL: "warn" };
    const fleet = await aFleet(t, { apis: 1, workers: 0, settings });
    const { address, jobId: first, left } = await afterAKill(fleet);
    const ms = await claimedAgain(fleet, first, 2);
    await assertFinishedRight(address, first, IN_HAND);
    await assertTablesAgree(fleet, first);
    t.diagnostic(`the killed worker's chunks ran again ${ms} ms after its death, with a lease of ${SHORT_LEASE_MS} ms`);

    await fleet.kill(left);
    const frozen = await fleet.startWorker(SLOW);
    const jobId = await submitNumbered(address, fleet.host, IN_HAND);
    await claimedAgain(fleet, jobId, 1);
    // Claimed in the ledger, and known to the worker: it would ask again for what it was not told.
    await inFlight(frozen, "some");
    frozen.process.kill("SIGSTOP");
    t.after(() => frozen.process.kill("SIGCONT"));
    await fleet.startWorker(QUICK);
    await assertFinishedRight(address, jobId, IN_HAND);
    const checksum = `select md5(string_agg(results::text, ';' order by image)) as sum from results where job = $1`;
    const before = await fleet.row(checksum, jobId);
    const fenced = said(frozen, "the chunk went to another worker; nothing was written");
    frozen.process.kill("SIGCONT");
    await fenced;
    await inFlight(frozen, "none");
    assert.deepEqual(await fleet.row(checksum, jobId), before);
    await assertTablesAgree(fleet, jobId);
  });
});

/** Resolves when the process has logged the message. */
async function said({ process: child }: Fleet["workers"][number], message: string): Promise<void> {
  if (!child.stderr) throw new Error("the process must have a log to read");
  for await (const line of createInterface({ input: child.stderr })) if (line.includes(message)) return;
}

/** Resolves when the worker has images on their way, or none: what it had to say to the ledger is said then. */
async function inFlight({ address }: Fleet["workers"][number], wanted: "some" | "none"): Promise<void> {
  for (;;) {
    const series = seriesOf(await (await fetch(`${address}/metrics`)).text());
    const stages = [...series].filter(([name]) => name.startsWith("storewalk_images_in_flight"));
    assert.ok(stages.length > 0);
    if (stages.some(([, images]) => images > 0) === (wanted === "some")) return;
    await sleep(20);
  }
}

/** Sends so much of a submission that some of it is in the ledger, and no more. */
async function aHalfSubmission(address: string, host: string): Promise<{ readonly brokenOff: Promise<unknown> }> {
  const sent = Promise.withResolvers<void>();
  const image_url = Array.from({ length: 1_000 }, (_, no) => `${host}/${no}.png`);
  const line = `${JSON.stringify({ store_id: "S1", visit_time: "2024-05-01", image_url })}\n`;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let visit = 0; visit < 20; visit++) controller.enqueue(new TextEncoder().encode(line));
    },
    pull() {
      sent.resolve();
    },
  });
  const answer = fetch(`${address}/api/submit`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body,
    duplex: "half",
  });
  const brokenOff = assert.rejects(answer);
  await sent.promise;
  return { brokenOff };
}
