/** Fair dispatch over processes: what one machine promises its jobs and its image hosts, a fleet promises too. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { startFaultProxy } from "../src/testing/fault-proxy.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { sizeOf } from "./campaigns.ts";
import { type Fleet, startFleet } from "./faults/fleet.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { readStatus, submitNumbered } from "./numbered-job.ts";
import { createEnding, type Ending, type Environment } from "./storewalk-process.ts";

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);
const skip = postgres.skip || rabbitmq.skip;

async function aFleet(t: Ending, amqpUrl: string | undefined, settings: Environment, apis = 1): Promise<Fleet> {
  const database = await createTestDatabase(postgres.url);
  const engines = amqpUrl === undefined ? {} : { amqpUrl };
  const fleet = await startFleet(t, { databaseUrl: database.url, ...engines, apis, workers: 2, settings });
  t.after(() => database.drop());
  return fleet;
}

async function ended(address: string, jobId: number): Promise<void> {
  while ((await readStatus(address, jobId)).status === "ongoing") await sleep(50);
}

async function cancel(address: string, jobId: number): Promise<void> {
  const answer = await fetch(`${address}/api/v1/jobs/${jobId}/cancel`, { method: "POST" });
  assert.equal(answer.status, 200, await answer.text());
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

/** Resolves when both workers have read that there are two: each has said twice that it is alive since both were there. */
async function knowOfEachOther(fleet: Fleet): Promise<void> {
  const members = async () =>
    await fleet.row(
      "select count(*)::int as members, min(alive_until)::float as first, max(alive_until)::float as last from members",
    );
  for (let beats = 0, last = 0; beats < 3; ) {
    const now = await members();
    if (now.members === 2 && Number(now.first) > last) {
      beats += 1;
      last = Number(now.last);
    }
    await sleep(50);
  }
}

/** An image host that takes its time and counts how many it serves at once. */
async function startCountingHost(t: TestContext) {
  const png = aPng({ width: 3, height: 2 });
  let now = 0;
  let most = 0;
  const host = await startLoopbackServer(t, (_request, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.writeHead(200, { "content-type": "image/png" }).end(png);
    }, 20);
  });
  return { host, address: `http://${host}`, most: () => most };
}

const SLOW = { STOREWALK_GPU_LATENCY_MS: "100-400", STOREWALK_GPU_DEVICES: "1", STOREWALK_GPU_STREAMS: "32" };

const LARGE = sizeOf("fairness");
/** In one long line the small job would be the last of all. */
const MOST_BEFORE_A_SMALL_ONE = Math.min(LARGE / 2, 10_000);

describe("a fleet", { skip }, () => {
  const ending = createEnding();
  /** Over RabbitMQ, with a folder for photos that its processes share; and over PostgreSQL alone, with two API processes and without one. */
  let sharing: Fleet;
  let apart: Fleet;
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    sharing = await aFleet(ending, rabbitmq.url, { ...SLOW, STOREWALK_UPLOAD_DIR: folder });
    apart = await aFleet(ending, undefined, SLOW, 2);
    ending.after(() => rmSync(folder, { recursive: true, force: true }));
  });
  after(() => ending.end());

  for (const [name, dispatchedBy] of [
    ["RabbitMQ", () => sharing],
    ["PostgreSQL alone", () => apart],
  ] as const) {
    it(`finishes 20 images promptly beside ${LARGE}, dispatched by ${name}`, async (t) => {
      const fleet = dispatchedBy();
      const [address = ""] = fleet.addresses;
      const large = await submitNumbered(address, fleet.host, LARGE);
      while ((await readStatus(address, large)).counts.done < 200) await sleep(20);
      const start = performance.now();
      const small = await submitNumbered(address, fleet.host, 20);
      await ended(address, small);
      const ms = Math.round(performance.now() - start);
      const { counts } = await readStatus(address, large);
      await cancel(address, large);
      assert.ok(counts.done < MOST_BEFORE_A_SMALL_ONE, `the large job was at ${counts.done}`);
      t.diagnostic(`20 images took ${ms} ms beside a job that was at ${counts.done} of ${counts.images}`);
    });
  }

  it("tells at each API process what happens at another, and what a client missed", async () => {
    const [here = "", there = ""] = apart.addresses;
    const jobId = await submitNumbered(here, apart.host, 20);
    await eventOf(there, `/api/v1/jobs/${jobId}/events`, {}, "ended");
    await eventOf(there, "/api/v1/events", { "last-event-id": "0" }, "ended");
  });

  it("takes photos where its processes share a folder, and refuses them where they do not", async () => {
    const form = new FormData();
    const visits = [{ store_id: "S1", image_url: ["file:1.png"], visit_time: "2026-01-05" }];
    form.append("job", JSON.stringify({ count: 1, visits }));
    form.append("photos", new Blob([Buffer.from(aPng({ width: 3, height: 2 }))]), "1.png");
    const send = (fleet: Fleet) => fetch(`${fleet.addresses[0]}/api/submit`, { method: "POST", body: form });

    const taken = await send(sharing);
    assert.equal(taken.status, 201);
    const { job_id: jobId } = Value.Parse(SubmitReply, await taken.json());
    const [address = ""] = sharing.addresses;
    await ended(address, jobId);
    const results = await fetch(`${address}/api/v1/jobs/${jobId}/results`);
    assert.match(await results.text(), /"perimeter":10,/);

    const refused = await send(apart);
    assert.equal(refused.status, 415);
    assert.match(await refused.text(), /STOREWALK_UPLOAD_DIR/);
  });

  it("is joined by a process whose first questions to the ledger fail", async (t) => {
    const database = await createTestDatabase(postgres.url);
    const direct = new URL(database.url);
    const proxy = await startFaultProxy({ host: direct.hostname, port: Number(direct.port || POSTGRESQL.port) });
    const through = new URL(database.url);
    through.host = `127.0.0.1:${proxy.port}`;
    const cuts = ["from members", "from stores", "from api_keys"].map((words) =>
      proxy.cutAt("to-server", (bytes) => bytes.includes(words), "before"),
    );
    const options = { databaseUrl: through.href, directUrl: database.url, apis: 1, workers: 0 };
    const [address = ""] = (await startFleet(t, options)).addresses;
    await Promise.all(cuts);
    assert.equal((await fetch(`${address}/readyz`)).status, 200);
    t.after(() => database.drop());
    t.after(() => proxy.close());
  });

  it("lets a job go first whose priority is raised while it waits", async () => {
    const [address = ""] = sharing.addresses;
    const first = await submitNumbered(address, sharing.host, 6_000);
    const second = await submitNumbered(address, sharing.host, 1_000);
    const raised = await fetch(`${address}/api/v1/jobs/${second}/priority`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"priority":9}',
    });
    assert.equal(raised.status, 200);
    await ended(address, second);
    const { counts } = await readStatus(address, first);
    await cancel(address, first);
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
    await knowOfEachOther(fleet);
    const jobId = await submitNumbered(address, host.address, 600);
    await ended(address, jobId);
    const share = Math.floor(limit / 4);
    assert.ok(host.most() <= 4 * share && host.most() > share, `the host served ${host.most()} at once`);
    t.diagnostic(`at most ${host.most()} at once, with a limit of ${limit} for four threads`);
  });
});
