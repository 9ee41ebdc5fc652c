import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { StatusReply, SubmitReply } from "../../src/http/schemas.ts";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { aPng } from "../../src/testing/image-bytes.ts";

const IMAGES = 10_000;
const IMAGES_A_VISIT = 20;
const KILLS = Number(process.env.CRASH_KILLS ?? 30);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const GPU_MEAN_S = 0.25;
/** Running time between two kills on average; the GPU is sized so that the job lasts as long as all of them. */
const RUN_S = 0.6;

const ResultLine = Type.Object({
  image: Type.Integer(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
});

async function readStatus(address: string, jobId: number): Promise<StatusReply> {
  const response = await fetch(`${address}/api/status?jobid=${jobId}`);
  return Value.Parse(StatusReply, await response.json());
}

const isMissing = (image: number) => image % 97 === 0;
const widthOf = (image: number) => 1 + (image % 1_000);

/** Serves a PNG of the image's own width, so that a result shows to which image it belongs. */
async function startHost(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const image = Number(request.url?.slice(1, -".png".length));
    if (isMissing(image)) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png" }).end(aPng({ width: widthOf(image), height: 1 }));
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return `http://127.0.0.1:${await listen(server)}`;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  return bound === null || typeof bound === "string" ? 0 : bound.port;
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  return port;
}

function aService(t: TestContext, host: string, port: number) {
  const dataDir = mkdtempSync(join(tmpdir(), "storewalk-crash-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const streams = Math.max(4, Math.round((IMAGES * GPU_MEAN_S) / (KILLS * RUN_S)));
  const env = {
    ...process.env,
    STOREWALK_PORT: String(port),
    STOREWALK_DATA_DIR: dataDir,
    STOREWALK_ALLOW_HOSTS: new URL(host).host,
    STOREWALK_GPU_DEVICES: "1",
    STOREWALK_GPU_STREAMS: String(streams),
    STOREWALK_LOG_LEVEL: "error",
  };
  return {
    dataDir,
    env,
    start: (): ChildProcess =>
      spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "serve"], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      }),
  };
}

/** Resolves when the service says that it is ready; false when it dies before. */
async function isReady(service: ChildProcess): Promise<boolean> {
  if (!service.stdout) return false;
  for await (const line of createInterface({ input: service.stdout })) if (line.includes("ready")) return true;
  return false;
}

/** Looks at the job from outside for as long as it is asked to, through every restart. */
function startPoller(address: string, jobId: number) {
  const stopping = new AbortController();
  let last = 0;
  const falls: string[] = [];
  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const reply = await readStatus(address, jobId).catch(() => null);
      if (reply) {
        const { done, succeeded, failed } = reply.counts;
        if (done < last || succeeded + failed !== done) falls.push(`${last} → ${JSON.stringify(reply.counts)}`);
        last = done;
      }
      await sleep(20);
    }
  }
  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
      return { falls, last };
    },
  };
}

async function submit(address: string, host: string): Promise<number> {
  const visits = Array.from({ length: IMAGES / IMAGES_A_VISIT }, (_, visit) => ({
    store_id: "S1",
    visit_time: "2024-05-01",
    image_url: Array.from({ length: IMAGES_A_VISIT }, (_, no) => `${host}/${visit * IMAGES_A_VISIT + no}.png`),
  }));
  const response = await fetch(`${address}/api/submit`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ count: visits.length, visits }),
  });
  assert.equal(response.status, 201);
  return Value.Parse(SubmitReply, await response.json()).job_id;
}

async function importStore(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "stores", "import", "-"], {
    env,
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin?.end("store_id,store_name,area_code\nS1,Corner shop,1\n");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
}

async function awaitEnd(address: string, jobId: number) {
  for (;;) {
    const status = await readStatus(address, jobId);
    if (status.status !== "ongoing") return status;
    await sleep(100);
  }
}

describe("a service killed again and again", () => {
  it(`finishes a job of ${IMAGES} images over ${KILLS} kills: none lost, none counted twice, progress never falls`, async (t) => {
    t.diagnostic(`seed ${SEED}; repeat with CRASH_SEED=${SEED}`);
    const random = createRandom(SEED);
    const host = await startHost(t);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const { start, env } = aService(t, host, port);
    await importStore(env);
    let service = start();
    t.after(() => service.kill("SIGKILL"));
    assert.ok(await isReady(service));
    const jobId = await submit(address, host);
    const poller = startPoller(address, jobId);

    for (let kill = 0; kill < KILLS; kill++) {
      // Some kills meet the service while it starts; most while it works.
      const starting = kill % 7 === 3;
      if (starting) await sleep(random() * 400);
      else await sleep(random() * 2 * RUN_S * 1_000);
      service.kill("SIGKILL");
      await once(service, "exit");
      service = start();
      if ((kill + 1) % 7 !== 3) assert.ok(await isReady(service));
    }
    const killedAt = (await readStatus(address, jobId)).counts.done;
    const status = await awaitEnd(address, jobId);
    const { falls } = await poller.stop();
    t.diagnostic(`${KILLS} kills, the last at ${killedAt} of ${IMAGES} images`);

    const missing = Array.from({ length: IMAGES }, (_, image) => image).filter(isMissing).length;
    assert.deepEqual(falls, []);
    assert.deepEqual(status.counts, {
      visits: IMAGES / IMAGES_A_VISIT,
      images: IMAGES,
      done: IMAGES,
      succeeded: IMAGES - missing,
      failed: missing,
    });
    assert.deepEqual(status.failures_by_code, { not_found: missing });
    const lines = await fetch(`${address}/api/v1/jobs/${jobId}/results`).then((response) => response.text());
    const rows = lines
      .trimEnd()
      .split("\n")
      .map((line) => Value.Parse(ResultLine, JSON.parse(line)));
    assert.deepEqual(
      rows.map(({ image, width, code }) => [image, width, code]),
      Array.from({ length: IMAGES }, (_, image) =>
        isMissing(image) ? [image, null, "not_found"] : [image, widthOf(image), null],
      ),
    );
  });
});
