import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "../../src/testing/fault-proxy.ts";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "../../src/testing/postgres-server.ts";
import { isWhole, sizeOf } from "../campaigns.ts";
import { createEnding } from "../storewalk-process.ts";
import {
  assertAllRight,
  type RunningJob,
  resumedAfterMs,
  type SmallFleet,
  startJob,
  startSmallFleet,
} from "./running-job.ts";

const IMAGES = sizeOf("postgresFaults");
/** Twice the grace for the work in hand and for the ledger, on a busy machine. */
const STOP_MS = 60_000;
const AWAY_MS = isWhole ? 20_000 : 5_000;

const { skip } = findPostgresServer();
let server: PostgresServer;
before(async () => {
  if (!skip) server = await startPostgresServer();
});
after(async () => {
  if (!skip) await server.dispose();
});

/** Asks until the answer is 503; returns how long that answer took. */
async function refusedAfterMs({ address, jobId }: RunningJob): Promise<number> {
  for (;;) {
    const start = performance.now();
    const response = await fetch(`${address}/api/status?jobid=${jobId}`);
    await response.text();
    if (response.status !== 503) continue;
    assert.ok(Number(response.headers.get("retry-after")) > 0);
    return Math.round(performance.now() - start);
  }
}

const ENDS = {
  "a fast restart": () => server.stop("fast"),
  "an immediate shutdown": () => server.stop("immediate"),
  "kill -9": () => server.kill9(),
} as const;

describe("a fleet whose PostgreSQL ends in the middle of a job", { skip }, () => {
  const ending = createEnding();
  let fleet: SmallFleet;
  before(async () => {
    fleet = await startSmallFleet(ending, server.url, { images: IMAGES });
  });
  after(() => ending.end());

  for (const [name, end] of Object.entries(ENDS)) {
    it(`refuses reads at once and finishes every image once after ${name}`, async (t) => {
      const running = await startJob(t, fleet);
      await end();
      const refused = await refusedAfterMs(running);
      await server.start();
      const resumed = await resumedAfterMs(running);
      await assertAllRight(running);
      t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after its return`);
    });
  }

  it(`goes on by itself after ${AWAY_MS / 1_000} s without it`, async (t) => {
    const running = await startJob(t, fleet);
    await server.stop("fast");
    const refused = await refusedAfterMs(running);
    await sleep(AWAY_MS);
    await server.start();
    const resumed = await resumedAfterMs(running);
    await assertAllRight(running);
    t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after its return`);
  });

  it("lets its processes stop by themselves after a SIGTERM while it is away, and nothing is lost", async (t) => {
    const running = await startJob(t, fleet);
    await server.stop("fast");
    await refusedAfterMs(running);
    const start = performance.now();
    const [worker] = fleet.workers;
    assert.ok(worker);
    worker.process.kill("SIGTERM");
    const [code] = await once(worker.process, "exit");
    const stoppedMs = Math.round(performance.now() - start);
    await server.start();
    await assertAllRight(running);
    assert.equal(code, 0);
    assert.ok(stoppedMs < STOP_MS, `it took ${stoppedMs} ms`);
    t.diagnostic(`stopped ${stoppedMs} ms after SIGTERM`);
  });
});

describe("a fleet with a bad network to its PostgreSQL", { skip }, () => {
  const ending = createEnding();
  let proxy: FaultProxy;
  let fleet: SmallFleet;
  before(async () => {
    proxy = await startFaultProxy({ port: server.port });
    fleet = await startSmallFleet(ending, server.url, { images: IMAGES, through: proxy.port });
    ending.after(() => proxy.close());
  });
  after(() => ending.end());

  it("counts nothing twice when connections are cut right after a commit was sent", async (t) => {
    const running = await startJob(t, fleet);
    const cuts = 20;
    for (let cut = 0; cut < cuts; cut++) {
      await proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), cut % 2 === 0 ? "after" : "before");
    }
    await assertAllRight(running);
    t.diagnostic(`${cuts} connections cut at a commit`);
  });

  it("answers 503 while it looks into a black hole, and goes on afterwards", async (t) => {
    const running = await startJob(t, fleet);
    await proxy.blackHole("to-server", "to-client");
    const refused = await refusedAfterMs(running);
    await sleep(3_000);
    proxy.heal();
    const resumed = await resumedAfterMs(running);
    await assertAllRight(running);
    t.diagnostic(`503 after ${refused} ms, progress ${resumed} ms after the hole closed`);
  });

  it("bears latency, half-closed and cut connections", async (t) => {
    const running = await startJob(t, fleet);
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
