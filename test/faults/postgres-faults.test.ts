import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startFaultProxy } from "../../src/testing/fault-proxy.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../src/testing/postgres-server.ts";
import { assertFinishedRight, type Poller, startPoller, submitNumbered } from "../numbered-job.ts";
import { assertTablesAgree, type Fleet, startFleet } from "./fleet.ts";

const IMAGES = 4_000;
/** Long enough for faults in the middle: some 130 images a second and worker. */
const SETTINGS = { STOREWALK_GPU_LATENCY_MS: "200-300", STOREWALK_GPU_DEVICES: "1", STOREWALK_GPU_STREAMS: "64" };
const AWAY_MS = 20_000;

const { skip } = findPostgresServer();
let server: PostgresServer;
before(async () => {
  if (!skip) server = await startPostgresServer();
});
after(async () => {
  if (!skip) await server.dispose();
});

type Running = { readonly fleet: Fleet; readonly address: string; readonly jobId: number; readonly poller: Poller };

/** A fleet with a job that is a quarter done. `through` leads its processes to the database by another port. */
async function aRunningJob(t: TestContext, through?: number): Promise<Running> {
  const database = await createTestDatabase(server.url);
  const shared = { apis: 1, workers: 2, settings: SETTINGS };
  const fleet = await startFleet(t, {
    ...shared,
    databaseUrl: through === undefined ? database.url : withPort(database.url, through),
    directUrl: database.url,
  });
  t.after(() => database.drop());
  const [address = ""] = fleet.addresses;
  const jobId = await submitNumbered(address, fleet.host, IMAGES);
  const poller = startPoller([address], jobId);
  t.after(() => poller.stop());
  await poller.reached(IMAGES / 4);
  return { fleet, address, jobId, poller };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

async function assertAllRight({ fleet, address, jobId, poller }: Running): Promise<void> {
  await assertFinishedRight(address, jobId, IMAGES);
  await assertTablesAgree(fleet, jobId);
  assert.deepEqual(await poller.stop(), []);
}

/** Asks until the answer is 503; returns how long that answer took. */
async function refusedAfterMs({ address, jobId }: Running): Promise<number> {
  for (;;) {
    const start = performance.now();
    const response = await fetch(`${address}/api/status?jobid=${jobId}`);
    await response.text();
    if (response.status !== 503) continue;
    assert.ok(Number(response.headers.get("retry-after")) > 0);
    return Math.round(performance.now() - start);
  }
}

/** Returns after how many ms there is progress. */
async function resumedAfterMs({ poller }: Running): Promise<number> {
  const start = performance.now();
  await poller.reached(poller.last + 1);
  return Math.round(performance.now() - start);
}

const ENDS = {
  "a fast restart": () => server.stop("fast"),
  "an immediate shutdown": () => server.stop("immediate"),
  "kill -9": () => server.kill9(),
} as const;

describe("a fleet whose PostgreSQL ends in the middle of a job", { skip }, () => {
  for (const [name, end] of Object.entries(ENDS)) {
    it(`refuses reads at once and finishes every image once after ${name}`, async (t) => {
      const running = await aRunningJob(t);
      await end();
      const refused = await refusedAfterMs(running);
      await server.start();
      const resumed = await resumedAfterMs(running);
      await assertAllRight(running);
      t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after its return`);
    });
  }

  it(`goes on by itself after ${AWAY_MS / 1_000} s without it`, async (t) => {
    const running = await aRunningJob(t);
    await server.stop("fast");
    const refused = await refusedAfterMs(running);
    await sleep(AWAY_MS);
    await server.start();
    const resumed = await resumedAfterMs(running);
    await assertAllRight(running);
    t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after its return`);
  });
});

describe("a fleet with a bad network to its PostgreSQL", { skip }, () => {
  async function aProxy(t: TestContext) {
    const proxy = await startFaultProxy({ port: server.port });
    t.after(() => proxy.close());
    return proxy;
  }

  it("counts nothing twice when connections are cut right after a commit was sent", async (t) => {
    const proxy = await aProxy(t);
    const running = await aRunningJob(t, proxy.port);
    const cuts = 20;
    for (let cut = 0; cut < cuts; cut++) {
      await proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), cut % 2 === 0 ? "after" : "before");
    }
    await assertAllRight(running);
    t.diagnostic(`${cuts} connections cut at a commit`);
  });

  it("answers 503 while it looks into a black hole, and goes on afterwards", async (t) => {
    const proxy = await aProxy(t);
    const running = await aRunningJob(t, proxy.port);
    await proxy.blackHole("to-server", "to-client");
    const refused = await refusedAfterMs(running);
    await sleep(3_000);
    proxy.heal();
    const resumed = await resumedAfterMs(running);
    await assertAllRight(running);
    t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after the hole closed`);
  });

  it("bears latency, half-closed and cut connections", async (t) => {
    const proxy = await aProxy(t);
    const running = await aRunningJob(t, proxy.port);
    proxy.delay(30);
    await resumedAfterMs(running);
    proxy.halfClose("to-client");
    await resumedAfterMs(running);
    proxy.cut();
    await resumedAfterMs(running);
    proxy.delay(0);
    await assertAllRight(running);
  });
});
