/** Fair dispatch over processes: what one machine promises its jobs and its image hosts, a fleet promises too. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { aPng } from "../src/testing/image-bytes.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { type Fleet, startFleet } from "./faults/fleet.ts";
import { readStatus, submitNumbered } from "./numbered-job.ts";
import type { Environment } from "./storewalk-process.ts";

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);
const skip = postgres.skip || rabbitmq.skip;

async function aFleet(t: TestContext, amqpUrl: string | undefined, settings: Environment, apis = 1): Promise<Fleet> {
  const database = await createTestDatabase(postgres.url);
  const engines = amqpUrl === undefined ? {} : { amqpUrl };
  const fleet = await startFleet(t, { databaseUrl: database.url, ...engines, apis, workers: 2, settings });
  t.after(() => database.drop());
  return fleet;
}

async function ended(address: string, jobId: number): Promise<void> {
  while ((await readStatus(address, jobId)).status === "ongoing") await sleep(50);
}

/** Follows a stream of events until one has this name. */
async function eventOf(address: string, path: string, headers: Record<string, string>, name: string): Promise<void> {
  const { body } = await fetch(address + path, { headers });
  let text = "";
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.includes(`event: ${name}\n`)) return;
  }
  assert.fail(`the stream ended without ${name}: ${text}`);
}

/** An image host that takes its time and counts how many it serves at once. */
async function startCountingHost(t: TestContext) {
  const png = aPng({ width: 3, height: 2 });
  let now = 0;
  let most = 0;
  const server = createServer((_request, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.writeHead(200, { "content-type": "image/png" }).end(png);
    }, 20);
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const host = `127.0.0.1:${bound !== null && typeof bound !== "string" ? bound.port : 0}`;
  return { host, address: `http://${host}`, most: () => most };
}

const SLOW = { STOREWALK_GPU_LATENCY_MS: "100-400", STOREWALK_GPU_DEVICES: "1", STOREWALK_GPU_STREAMS: "32" };

describe("a fleet", { skip }, () => {
  for (const [name, amqpUrl] of [
    ["RabbitMQ", rabbitmq.url],
    ["PostgreSQL alone", undefined],
  ] as const) {
    it(`finishes ten images promptly beside a hundred thousand, dispatched by ${name}`, async (t) => {
      const fleet = await aFleet(t, amqpUrl, { STOREWALK_GPU_LATENCY_MS: "100-400" });
      const [address = ""] = fleet.addresses;
      const large = await submitNumbered(address, fleet.host, 100_000);
      while ((await readStatus(address, large)).counts.done < 200) await sleep(20);
      const start = performance.now();
      const small = await submitNumbered(address, fleet.host, 20);
      await ended(address, small);
      const ms = Math.round(performance.now() - start);
      const { counts } = await readStatus(address, large);
      assert.ok(counts.done < counts.images / 10, `the large job was at ${counts.done}`);
      t.diagnostic(`20 images took ${ms} ms beside a job that was at ${counts.done} of ${counts.images}`);
    });
  }

  it("tells at each API process what happens at another, and what a client missed", async (t) => {
    const fleet = await aFleet(t, undefined, {}, 2);
    const [here = "", there = ""] = fleet.addresses;
    const jobId = await submitNumbered(here, fleet.host, 20);
    await eventOf(there, `/api/v1/jobs/${jobId}/events`, {}, "ended");
    await eventOf(there, "/api/v1/events", { "last-event-id": "0" }, "ended");
  });

  it("takes photos where its processes share a folder, and refuses them where they do not", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const form = new FormData();
    const visits = [{ store_id: "S1", image_url: ["file:1.png"], visit_time: "2026-01-05" }];
    form.append("job", JSON.stringify({ count: 1, visits }));
    form.append("photos", new Blob([Buffer.from(aPng({ width: 3, height: 2 }))]), "1.png");
    const send = (fleet: Fleet) => fetch(`${fleet.addresses[0]}/api/submit`, { method: "POST", body: form });

    const sharing = await aFleet(t, rabbitmq.url, { STOREWALK_UPLOAD_DIR: folder });
    assert.equal((await send(sharing)).status, 201);
    const [address = ""] = sharing.addresses;
    await ended(address, 1);
    const results = await fetch(`${address}/api/v1/jobs/1/results`);
    assert.match(await results.text(), /"perimeter":10,/);

    const apart = await send(await aFleet(t, rabbitmq.url, {}));
    assert.equal(apart.status, 415);
    assert.match(await apart.text(), /STOREWALK_UPLOAD_DIR/);
  });

  it("lets a job go first whose priority is raised while it waits", async (t) => {
    const fleet = await aFleet(t, rabbitmq.url, SLOW);
    const [address = ""] = fleet.addresses;
    const first = await submitNumbered(address, fleet.host, 6_000);
    const second = await submitNumbered(address, fleet.host, 1_000);
    const raised = await fetch(`${address}/api/v1/jobs/${second}/priority`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"priority":9}',
    });
    assert.equal(raised.status, 200);
    await ended(address, second);
    const { counts } = await readStatus(address, first);
    assert.ok(counts.done < counts.images / 2, `the first job was at ${counts.done}`);
  });

  it("keeps to one limit for an image host over all of its processes", async (t) => {
    const host = await startCountingHost(t);
    const limit = 10;
    const fleet = await aFleet(t, rabbitmq.url, {
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_FLEET_CONNECTIONS_PER_HOST: String(limit),
      STOREWALK_WORKER_THREADS: "2",
      STOREWALK_GPU_LATENCY_MS: "0",
    });
    const [address = ""] = fleet.addresses;
    // Both must know of each other; until a heartbeat has passed the shares may overlap.
    while (Number((await fleet.row("select count(*)::int as members from members")).members) < 2) await sleep(50);
    await sleep(2_500);
    const jobId = await submitNumbered(address, host.address, 2_000);
    await ended(address, jobId);
    const share = Math.floor(limit / 4);
    assert.ok(host.most() <= 4 * share && host.most() > share, `the host served ${host.most()} at once`);
    t.diagnostic(`at most ${host.most()} at once, with a limit of ${limit} for four threads`);
  });
});
